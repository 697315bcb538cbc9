"""The life of a partnership: proposed by one side, accepted by the other, changed, suspended, ended.

Nothing here commits. Every function writes an event; where the public sees something else afterwards, the feed
learns of it for both records.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from directory.accounts.models import AccessLink, LinkPurpose
from directory.changes.models import ChangeKind, Entity
from directory.changes.recording import record_audit, record_change
from directory.consulates.models import Consulate, ConsulateStatus
from directory.database import AnySession
from directory.organizations.models import Organization
from directory.partnerships.models import (
    STANDING,
    Agreement,
    FocalPoint,
    Partnership,
    PartnershipEvent,
    PartnershipState,
    ReferralChannel,
    Side,
)

LOOK_BACK = timedelta(days=30)


class NotPossible(ValueError):
    """The partnership, or one of its sides, is not in a state for it."""


@dataclass(frozen=True)
class Terms:
    """What both sides agree on. Areas and nationalities that are not named: all, and that of the consulate."""

    agreement: Agreement
    areas: tuple[str, ...] = ()
    nationalities: tuple[str, ...] = ()
    channel: ReferralChannel = ReferralChannel.DIRECTORY
    enters_detention: bool = False
    detention_places: tuple[str, ...] = ()
    is_for_emergencies: bool = False
    valid_from: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True)
class Person:
    """A focal point: whom to ask for."""

    name: str
    role: str | None = None
    phone: str | None = None
    email: str | None = None


def terms_of(partnership: Partnership) -> Terms:
    """The terms as they stand."""
    return Terms(
        agreement=partnership.agreement,
        areas=tuple(partnership.areas),
        nationalities=tuple(partnership.nationalities),
        channel=partnership.channel,
        enters_detention=partnership.enters_detention,
        detention_places=tuple(partnership.detention_places),
        is_for_emergencies=partnership.is_for_emergencies,
        valid_from=partnership.valid_from,
        valid_until=partnership.valid_until,
    )


def standing(session: AnySession, consulate_id: uuid.UUID, organization_id: uuid.UUID) -> Partnership | None:
    """The partnership of the two that is proposed, active or suspended."""
    query = select(Partnership).where(
        Partnership.consulate_id == consulate_id,
        Partnership.organization_id == organization_id,
        Partnership.state.in_(STANDING),
    )
    return session.scalar(query)


def propose_partnership(
    session: AnySession,
    consulate: Consulate,
    organization: Organization,
    side: Side,
    terms: Terms,
    *,
    message: str | None,
    language: str,
    actor: str,
    now: datetime,
) -> Partnership:
    """One side proposes; nothing holds before the other accepts. Raises NotPossible."""
    _must_stand(consulate, organization)
    if standing(session, consulate.id, organization.id):
        raise NotPossible("there is a partnership already")
    partnership = Partnership(
        id=uuid.uuid4(),
        consulate_id=consulate.id,
        organization_id=organization.id,
        state=PartnershipState.PROPOSED,
        proposed_by=side,
        is_public=False,
        wants_public=False,
        message=message,
        language=language,
        proposed_at=now,
        version=1,
    )
    _put(partnership, terms)
    try:
        with session.begin_nested():
            session.add(partnership)
            session.flush()
    except IntegrityError as error:  # the other side was faster
        raise NotPossible("there is a partnership already") from error
    _note(session, partnership, side, actor, "propose", now, changed=_plain(terms))
    return partnership


def _must_stand(consulate: Consulate, organization: Organization) -> None:
    if organization.removed_at or organization.contacts_suspended_at:
        raise NotPossible("the organization cannot be asked")
    if consulate.removed_at or consulate.status == ConsulateStatus.CLOSED:
        raise NotPossible("the consulate is closed")


def _both_must_stand(session: AnySession, partnership: Partnership) -> None:
    _must_stand(
        session.get_one(Consulate, partnership.consulate_id),
        session.get_one(Organization, partnership.organization_id),
    )


def accept(
    session: AnySession,
    partnership: Partnership,
    side: Side,
    how: str,
    actor: str,
    now: datetime,
    note: str | None = None,
) -> None:
    """The other side agrees. Raises NotPossible for the proposing side, and where nothing waits.

    Nor is anything agreed on with somebody who may not be who they say, or once its last day has passed.
    """
    if partnership.state != PartnershipState.PROPOSED or partnership.proposed_by == side:
        raise NotPossible(partnership.state)
    _both_must_stand(session, partnership)
    if partnership.valid_until and partnership.valid_until < now.astimezone().date():
        raise NotPossible("its last day has passed")
    partnership.state = PartnershipState.ACTIVE
    partnership.accepted_at, partnership.accepted_how = now, how
    _note(session, partnership, side, actor, "accept", now, note)
    if side == Side.CONSULATE and partnership.wants_public:
        set_public(session, partnership, f"organization:{partnership.organization_id}", now, is_public=True)


def decline(
    session: AnySession, partnership: Partnership, side: Side, note: str | None, actor: str, now: datetime
) -> None:
    """The other side does not want it, or the proposing side takes it back."""
    if partnership.state != PartnershipState.PROPOSED:
        raise NotPossible(partnership.state)
    partnership.state = PartnershipState.DECLINED
    partnership.closed_at = now
    _close_links_soon(session, partnership, now)
    _note(session, partnership, side, actor, "withdraw" if partnership.proposed_by == side else "decline", now, note)


def suspend(
    session: AnySession, partnership: Partnership, side: Side, note: str | None, actor: str, now: datetime
) -> None:
    """Either side lets it rest; it leaves public sight."""
    if partnership.state != PartnershipState.ACTIVE:
        raise NotPossible(partnership.state)
    _leave_public_sight(session, partnership)
    partnership.state = PartnershipState.SUSPENDED
    _note(session, partnership, side, actor, "suspend", now, note)


def resume(session: AnySession, partnership: Partnership, side: Side, actor: str, now: datetime) -> None:
    """Whoever suspended it takes it up again. Raises NotPossible for the other side."""
    last = session.scalars(
        select(PartnershipEvent.side)
        .where(PartnershipEvent.partnership_id == partnership.id, PartnershipEvent.action == "suspend")
        .order_by(PartnershipEvent.at.desc())
    ).first()
    if partnership.state != PartnershipState.SUSPENDED or last != side:
        raise NotPossible(partnership.state)
    _both_must_stand(session, partnership)
    partnership.state = PartnershipState.ACTIVE
    _note(session, partnership, side, actor, "resume", now)


def end(
    session: AnySession, partnership: Partnership, side: Side | None, note: str | None, actor: str, now: datetime
) -> None:
    """Either side, or the calendar, ends it."""
    if partnership.state not in (PartnershipState.ACTIVE, PartnershipState.SUSPENDED):
        raise NotPossible(partnership.state)
    _leave_public_sight(session, partnership)
    partnership.state = PartnershipState.ENDED
    partnership.closed_at = now
    _close_links_soon(session, partnership, now)
    _note(session, partnership, side, actor, "end" if side else "lapse", now, note)


def set_public(session: AnySession, partnership: Partnership, actor: str, now: datetime, *, is_public: bool) -> None:
    """The organization says whether everyone may know. Raises NotPossible while it is not active."""
    partnership.wants_public = is_public
    if is_public and partnership.state != PartnershipState.ACTIVE:
        raise NotPossible(partnership.state)
    if partnership.is_public != is_public:
        partnership.is_public = is_public
        _tell_the_feed(session, partnership)
        _note(session, partnership, Side.ORGANIZATION, actor, "publish" if is_public else "unpublish", now)


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
    changed = {name: [old, new] for (name, old), new in zip(_plain(before).items(), _plain(terms).values(), strict=True)
               if old != new}  # fmt: skip
    _put(partnership, terms)
    partnership.version += 1
    partnership.reminded_at = None
    if partnership.is_public:
        _tell_the_feed(session, partnership)
    needs_consent = partnership.state == PartnershipState.PROPOSED or set(changed) != {"valid_until"}
    if needs_consent:
        _leave_public_sight(session, partnership)
        partnership.state = PartnershipState.PROPOSED
        partnership.proposed_by = Side.CONSULATE
        partnership.proposed_at = now
        partnership.wants_public = False
    _note(session, partnership, Side.CONSULATE, actor, "change", now, changed=changed)
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
    _note(session, partnership, side, actor, "name-people", now)


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


def _close_links_soon(session: AnySession, partnership: Partnership, now: datetime) -> None:
    """What is over can be looked at for a month, by whoever has its link."""
    session.execute(
        update(AccessLink)
        .where(AccessLink.partnership_id == partnership.id, AccessLink.expires_at > now + LOOK_BACK)
        .values(expires_at=now + LOOK_BACK)
        .execution_options(synchronize_session=False)
    )


def _put(partnership: Partnership, terms: Terms) -> None:
    for name, value in asdict(terms).items():
        setattr(partnership, name, list(value) if isinstance(value, tuple) else value)


def _plain(terms: Terms) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, date) else list(value) if isinstance(value, tuple) else value
        for name, value in asdict(terms).items()
    }


def _leave_public_sight(session: AnySession, partnership: Partnership) -> None:
    if partnership.is_public:
        partnership.is_public = False
        session.flush()
        _tell_the_feed(session, partnership)


def _tell_the_feed(session: AnySession, partnership: Partnership) -> None:
    record_change(session, Entity.ORGANIZATION, partnership.organization_id, ChangeKind.UPDATED)
    record_change(session, Entity.CONSULATE, partnership.consulate_id, ChangeKind.UPDATED)


def _note(
    session: AnySession,
    partnership: Partnership,
    side: Side | None,
    actor: str,
    action: str,
    now: datetime,
    note: str | None = None,
    changed: dict[str, Any] | None = None,
) -> None:
    session.add(
        PartnershipEvent(
            id=uuid.uuid4(),
            partnership_id=partnership.id,
            at=now,
            side=side,
            actor=actor,
            action=action,
            note=note,
            changed=changed,
        )
    )
    session.flush()
    # About the consulate: an audit entry of the organization would show in the directory's own histories.
    record_audit(session, actor, f"partnership-{action}", Entity.CONSULATE, partnership.consulate_id,
                 after={"partnership": str(partnership.id)})  # fmt: skip
