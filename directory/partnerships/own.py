"""Partners of the consulates that somebody works in: what only they see, laid over what everyone sees."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select

from directory.accounts.models import Role
from directory.accounts.policy import Viewer
from directory.clock import day_of
from directory.consulates.models import Consulate, ConsulateStatus
from directory.database import AnySession
from directory.partnerships.models import Partnership, PartnershipState


def consulates_of(session: AnySession, viewer: Viewer) -> list[Consulate]:
    """The consulates that somebody works in or answers for, and that are not closed; by country and city."""
    grants = viewer.granted(Role.CONSULATE)
    if not grants:
        return []
    query = (
        select(Consulate)
        .where(
            Consulate.id.in_([grant.consulate_id for grant in grants if grant.consulate_id])
            | Consulate.sending_country.in_([grant.country for grant in grants if grant.country]),
            Consulate.removed_at.is_(None),
            Consulate.status != ConsulateStatus.CLOSED,
        )
        .order_by(Consulate.sending_country, Consulate.host_country, Consulate.city, Consulate.id)
    )
    return list(session.scalars(query))


def partners_of(session: AnySession, consulate_ids: Collection[uuid.UUID], now: datetime) -> set[uuid.UUID]:
    """The organizations that are partners of any of these consulates now, public or not: by each consulate's day."""
    query = (
        select(Partnership, Consulate.timezone)
        .join(Consulate, Consulate.id == Partnership.consulate_id)
        .where(Partnership.consulate_id.in_(list(consulate_ids)), Partnership.state == PartnershipState.ACTIVE)
    )
    return {item.organization_id for item, zone in session.execute(query) if item.is_in_force(day_of(now, zone))}
