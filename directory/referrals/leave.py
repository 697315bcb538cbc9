"""What becomes of joint work when an organization leaves the directory. Nothing here commits."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select

from directory.consulates.models import Consulate
from directory.database import AnySession
from directory.organizations.models import Organization
from directory.partnerships.leave import end_all
from directory.partnerships.reach import desk_path, officers_of
from directory.referrals.letters import post_answer
from directory.referrals.models import UNANSWERED, Referral
from directory.referrals.refer import withdraw


def leave(session: AnySession, organization_id: uuid.UUID, actor: str, now: datetime) -> None:
    """Its partnerships end, what was asked of it and not answered is taken back, and the consulates are told."""
    end_all(session, organization_id, actor, now)
    organization = session.get_one(Organization, organization_id)
    waiting = select(Referral).where(Referral.organization_id == organization_id, Referral.state.in_(UNANSWERED))
    for referral in session.scalars(waiting).all():
        withdraw(session, referral, actor, now)
        consulate = session.get_one(Consulate, referral.consulate_id)
        for reader in officers_of(session, consulate, referral.assigned_to):
            path = desk_path(session, consulate, f"referrals/{referral.id}")
            post_answer(session, reader, organization, referral, "gone", path)
