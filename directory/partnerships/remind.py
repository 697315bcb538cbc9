"""What time does to partnerships: the letter before the last day, and the end. Nothing here commits."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy import select

from directory.accounts.links import make_link
from directory.accounts.models import LinkPurpose
from directory.clock import day_of, latest_day
from directory.consulates.models import Consulate
from directory.consulates.naming import names_of
from directory.database import AnySession
from directory.mail.letters import absolute
from directory.organizations.models import Organization
from directory.partnerships.agree import decline, end
from directory.partnerships.letters import post_ending, post_partnership_news
from directory.partnerships.models import STANDING, Partnership, PartnershipState
from directory.partnerships.reach import desk_path, officers_of, organization_reader

ENDS_WITHIN = timedelta(days=30)
SYSTEM = "calendar"
"""How the audit trail names what nobody did but time."""


def due_work(session: AnySession, now: datetime) -> int:
    """Announce and end what the calendar ends; returns how many partnerships were touched."""
    return _endings(session, now) + _lapsed(session, now)


def is_due(session: AnySession, now: datetime) -> bool:
    """Whether there is anything to do: asked without a write transaction, since mostly there is not."""
    ending = select(Partnership.id).where(
        Partnership.state == PartnershipState.ACTIVE,
        Partnership.reminded_at.is_(None),
        Partnership.valid_until <= day_of(now) + ENDS_WITHIN,
    )
    return bool(_over(session, now)) or session.execute(ending.limit(1)).first() is not None


def partnership_link(session: AnySession, partnership: Partnership, email: str | None, now: datetime) -> str:
    """The token under which the organization answers, and later sees and ends the partnership."""
    return make_link(
        session,
        LinkPurpose.PARTNERSHIP,
        now,
        organization_id=partnership.organization_id,
        partnership_id=partnership.id,
        email=email,
    )


def _endings(session: AnySession, now: datetime) -> int:
    """Tell both sides a month before the last day; once, unless the days are changed."""
    today = day_of(now)
    query = select(Partnership).where(
        Partnership.state == PartnershipState.ACTIVE,
        Partnership.valid_until.between(today, today + ENDS_WITHIN),
        Partnership.reminded_at.is_(None),
    )
    found = session.scalars(query.with_for_update(key_share=True)).all()
    for partnership in found:
        consulate = session.get_one(Consulate, partnership.consulate_id)
        organization = session.get_one(Organization, partnership.organization_id)
        partnership.reminded_at = now
        for reader in officers_of(session, consulate):
            path = desk_path(session, consulate, f"partnerships/{partnership.id}")
            post_ending(session, reader, partnership, organization.name, absolute(f"/{reader.language}{path}"))
        if own := organization_reader(session, organization):
            token = partnership_link(session, partnership, own.email, now)
            name = names_of(session, consulate)(own.language)
            post_ending(session, own, partnership, name, absolute(f"/{own.language}/partnership/{token}"))
    return len(found)


def _over(session: AnySession, now: datetime) -> list[uuid.UUID]:
    """Those whose last day has ended where their consulate is."""
    query = (
        select(Partnership.id, Partnership.valid_until, Consulate.timezone)
        .join(Consulate, Consulate.id == Partnership.consulate_id)
        .where(Partnership.state.in_(STANDING), Partnership.valid_until <= latest_day(now))
    )
    return [row_id for row_id, until, zone in session.execute(query) if until and until < day_of(now, zone)]


def _lapsed(session: AnySession, now: datetime) -> int:
    query = select(Partnership).where(Partnership.id.in_(_over(session, now)), Partnership.state.in_(STANDING))
    found = session.scalars(query.with_for_update(key_share=True)).all()
    for partnership in found:
        if partnership.state == PartnershipState.PROPOSED:
            decline(session, partnership, partnership.proposed_by, None, SYSTEM, now)
            continue
        end(session, partnership, None, None, SYSTEM, now)
        consulate = session.get_one(Consulate, partnership.consulate_id)
        organization = session.get_one(Organization, partnership.organization_id)
        for reader in officers_of(session, consulate):
            path = desk_path(session, consulate, f"partnerships/{partnership.id}")
            post_partnership_news(session, reader, organization, "lapse", path)
    return len(found)
