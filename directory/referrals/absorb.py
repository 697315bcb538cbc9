"""What becomes of joint work when two records of one organization are made one. Nothing here commits."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import update

from directory.database import AnySession
from directory.partnerships.absorb import move_partnerships
from directory.referrals.models import Referral


def move_joint_work(session: AnySession, merged_id: uuid.UUID, kept_id: uuid.UUID, actor: str, now: datetime) -> None:
    """Partnerships, referrals, vouches and notes go to the record that stays; of two partnerships the stronger one."""
    move_partnerships(session, merged_id, kept_id, actor, now)
    session.execute(
        update(Referral)
        .where(Referral.organization_id == merged_id)
        .values(organization_id=kept_id)
        .execution_options(synchronize_session=False)
    )
