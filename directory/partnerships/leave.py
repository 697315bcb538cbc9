"""What becomes of partnerships when somebody doubts who speaks for an organization, or when it leaves the directory.

Nothing here commits.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import delete, select

from directory.consulates.models import Consulate
from directory.database import AnySession
from directory.organizations.models import Organization
from directory.partnerships.agree import decline, end
from directory.partnerships.letters import post_partnership_news
from directory.partnerships.models import STANDING, FocalPoint, Partnership, PartnershipState, Side
from directory.partnerships.reach import desk_path, officers_of


def distrust(session: AnySession, organization_id: uuid.UUID, actor: str, now: datetime) -> None:
    """Whoever spoke for the organization may be somebody else: nothing that they named or proposed counts any more."""
    partnerships = select(Partnership.id).where(Partnership.organization_id == organization_id)
    session.execute(
        delete(FocalPoint)
        .where(FocalPoint.side == Side.ORGANIZATION, FocalPoint.partnership_id.in_(partnerships))
        .execution_options(synchronize_session=False)
    )
    session.expire_all()
    own = partnerships.with_only_columns(Partnership).where(
        Partnership.state == PartnershipState.PROPOSED, Partnership.proposed_by == Side.ORGANIZATION
    )
    for partnership in session.scalars(own).all():
        decline(session, partnership, Side.ORGANIZATION, None, actor, now)


def end_all(session: AnySession, organization_id: uuid.UUID, actor: str, now: datetime) -> None:
    """The organization leaves the directory: its partnerships end, and the consulates are told."""
    organization = session.get_one(Organization, organization_id)
    standing = select(Partnership).where(
        Partnership.organization_id == organization_id, Partnership.state.in_(STANDING)
    )
    for partnership in session.scalars(standing).all():
        if partnership.state == PartnershipState.PROPOSED:
            decline(session, partnership, Side.ORGANIZATION, None, actor, now)
        else:
            end(session, partnership, None, None, actor, now)
        consulate = session.get_one(Consulate, partnership.consulate_id)
        for reader in officers_of(session, consulate):
            path = desk_path(session, consulate, f"partnerships/{partnership.id}")
            post_partnership_news(session, reader, organization, "gone", path)
