"""Changing what a partnership rests on, and who answers for either side. Nothing here commits."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select, update

from directory.accounts.models import AccessLink, LinkPurpose
from directory.database import AnySession
from directory.organizations.models import Organization
from directory.partnerships.agree import NotPossible, leave_public_sight, note_event, tell_the_feed
from directory.partnerships.models import (
    STANDING,
    FocalPoint,
    Partnership,
    PartnershipState,
    Side,
)
from directory.partnerships.terms import Person, Terms, plain_terms, put_terms, terms_of


def change_terms(session: AnySession, partnership: Partnership, terms: Terms, actor: str, now: datetime) -> bool:
    """The consulate writes other terms: whatever state it is in, the organization is asked (again).

    Only another last day of what both agreed on needs no consent. An organization's own proposal becomes one of the
    consulate, and what the organization had said of publicity counts no more. Returns whether it must be asked.
    """
    if partnership.state not in STANDING:
        raise NotPossible(partnership.state)
    before = terms_of(partnership)
    if before == terms:
        return False
    pairs = zip(plain_terms(before).items(), plain_terms(terms).values(), strict=True)
    changed = {name: [old, new] for (name, old), new in pairs if old != new}
    put_terms(partnership, terms)
    partnership.version += 1
    partnership.reminded_at = None
    if partnership.is_public:
        tell_the_feed(session, partnership)
    needs_consent = partnership.state == PartnershipState.PROPOSED or set(changed) != {"valid_until"}
    if needs_consent:
        leave_public_sight(session, partnership)
        partnership.state = PartnershipState.PROPOSED
        partnership.proposed_by = Side.CONSULATE
        partnership.proposed_at = now
        partnership.wants_public = False
    note_event(session, partnership, Side.CONSULATE, actor, "change", now, changed=changed)
    return needs_consent


def name_people(
    session: AnySession, partnership: Partnership, side: Side, people: Sequence[Person], actor: str, now: datetime
) -> None:
    """Put these focal points in place of those that a side had. The history does not repeat their names."""
    others = [item for item in partnership.focal_points if item.side != side]
    known = [
        Person(item.name, item.role, item.phone, item.email) for item in partnership.focal_points if item.side == side
    ]
    if known == list(people):
        return
    dropped = {item.email for item in known if item.email} - {item.email for item in people}
    if side == Side.ORGANIZATION and dropped:
        _close_referral_links_of(session, partnership, dropped, now)
    partnership.focal_points = [
        *others,
        *(FocalPoint(id=uuid.uuid4(), side=side, position=position, **asdict(person))
          for position, person in enumerate(people)),
    ]  # fmt: skip
    note_event(session, partnership, side, actor, "name-people", now)


def _close_referral_links_of(
    session: AnySession, partnership: Partnership, addresses: Collection[str], now: datetime
) -> None:
    """Whoever is no focal point any more answers nothing any more; the organization's own address keeps its links."""
    own = session.scalar(select(Organization.email).where(Organization.id == partnership.organization_id))
    session.execute(
        update(AccessLink)
        .where(
            AccessLink.organization_id == partnership.organization_id,
            AccessLink.purpose == LinkPurpose.REFERRAL,
            AccessLink.email.in_(set(addresses) - {own}),
            AccessLink.used_at.is_(None),
        )
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )
