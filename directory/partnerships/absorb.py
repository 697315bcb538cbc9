"""What becomes of partnerships when two records of one organization are made one. Nothing here commits."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import delete, select, update

from directory.database import AnySession
from directory.partnerships.agree import decline, end, standing
from directory.partnerships.models import STANDING, ConsulateNote, Partnership, PartnershipState, Vouch

_STRENGTH = (PartnershipState.PROPOSED, PartnershipState.SUSPENDED, PartnershipState.ACTIVE)


def move_partnerships(session: AnySession, merged_id: uuid.UUID, kept_id: uuid.UUID, actor: str, now: datetime) -> None:
    """Partnerships, vouches and notes go to the record that stays; of two the stronger one."""
    query = select(Partnership).where(Partnership.organization_id == merged_id, Partnership.state.in_(STANDING))
    for partnership in session.scalars(query).all():
        other = standing(session, partnership.consulate_id, kept_id)
        if other is None:
            continue
        weaker = min(partnership, other, key=lambda item: (_STRENGTH.index(item.state), item is partnership))
        if weaker.state == PartnershipState.PROPOSED:
            decline(session, weaker, weaker.proposed_by, None, actor, now)
        else:
            end(session, weaker, None, None, actor, now)
    public = select(Vouch.consulate_id).where(Vouch.organization_id == merged_id, Vouch.is_public)
    session.execute(
        update(Vouch)
        .where(Vouch.organization_id == kept_id, Vouch.consulate_id.in_(public))
        .values(is_public=True)
        .execution_options(synchronize_session=False)
    )
    kept_vouches = select(Vouch.consulate_id).where(Vouch.organization_id == kept_id)
    session.execute(
        delete(Vouch)
        .where(Vouch.organization_id == merged_id, Vouch.consulate_id.in_(kept_vouches))
        .execution_options(synchronize_session=False)
    )
    for table in (Partnership, Vouch, ConsulateNote):
        session.execute(
            update(table)
            .where(table.organization_id == merged_id)
            .values(organization_id=kept_id)
            .execution_options(synchronize_session=False)
        )
