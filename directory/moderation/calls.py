"""My next ten calls: the records whose confirmation does most good, each on one list at a time."""

from __future__ import annotations

import enum
import uuid
from collections.abc import Collection
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select

from directory.changes.models import Entity
from directory.changes.recording import record_audit
from directory.database import AnySession, take_turns
from directory.moderation.models import CallClaim, CallNote
from directory.moderation.standing import Standing, standings
from directory.organizations.freshness import Freshness
from directory.organizations.models import Location, Organization, OrganizationUrl, Phone, VerificationMethod
from directory.organizations.verify import verify
from directory.registration.models import ReportKind
from directory.registration.reports import report, resolve_reports

LIST_LENGTH = 10
HOLD = timedelta(minutes=15)
_TURN = 6_007_201_612
REST = timedelta(days=3)
"""A record that somebody called without success rests before it comes up again."""
LONG_REST = timedelta(days=60)
"""So does, for longer, one whose number nobody found."""


class CallOutcome(enum.StrEnum):
    """What came of a call."""

    CONFIRMED = "confirmed"
    NO_ANSWER = "no-answer"
    WRONG_NUMBER = "wrong-number"
    CLOSED = "closed"
    NOT_FOUND = "not-found"
    """Nobody knows how to reach it: looked for, without success."""


class NotYours(ValueError):
    """The record is not on this list any more: the time was up and somebody else has it."""


def take_list(
    session: AnySession, user_id: uuid.UUID, now: datetime, countries: Collection[str] | None
) -> list[uuid.UUID]:
    """Give a person ten records to call and hold them for 15 minutes. Needs a write transaction."""
    today = now.astimezone().date()
    take_turns(session, _TURN)
    session.execute(delete(CallClaim).where((CallClaim.until <= now) | (CallClaim.user_id == user_id)))
    held = set(session.scalars(select(CallClaim.organization_id)))
    resting = set(session.scalars(select(CallNote.organization_id).where(CallNote.at > now - REST)))
    resting |= set(
        session.scalars(
            select(CallNote.organization_id).where(
                CallNote.at > now - LONG_REST, CallNote.outcome == CallOutcome.NOT_FOUND.value
            )
        )
    )
    callable_ids = _callable(session)
    unreachable_ids = _unreachable(session)
    worth_a_call = [
        row
        for row in standings(session, today, countries)
        if (row.organization_id in callable_ids or row.organization_id in unreachable_ids)
        and row.organization_id not in held
        and row.organization_id not in resting
        and _needs_a_call(row, today)
    ]
    chosen = sorted(
        worth_a_call,
        key=lambda row: (
            row.organization_id not in unreachable_ids, -row.worth, row.name, str(row.organization_id)
        ),
    )[:LIST_LENGTH]  # fmt: skip
    for rank, row in enumerate(chosen):
        session.add(CallClaim(organization_id=row.organization_id, user_id=user_id, until=now + HOLD, rank=rank))
    session.flush()
    return [row.organization_id for row in chosen]


def _needs_a_call(row: Standing, today: date) -> bool:
    soon = row.due_on is not None and (row.due_on - today).days <= 14
    return row.status != Freshness.VERIFIED or soon or bool(row.reports)


def _callable(session: AnySession) -> set[uuid.UUID]:
    """Organizations with a number that can be dialled."""
    query = select(Phone.organization_id).where(Phone.number.is_not(None)).distinct()
    return set(session.scalars(query))


def _unreachable(session: AnySession) -> set[uuid.UUID]:
    """Organizations without phone, e-mail or address on the web: somebody has to find their number first."""
    has_phone = select(Phone.organization_id)
    has_mail = select(Location.organization_id).where(Location.email.is_not(None))
    query = select(Organization.id).where(
        Organization.removed_at.is_(None),
        Organization.contacts_suspended_at.is_(None),
        Organization.email.is_(None),
        Organization.website.is_(None),
        Organization.id.not_in(has_phone),
        Organization.id.not_in(has_mail),
        Organization.id.not_in(select(OrganizationUrl.organization_id)),
    )
    return set(session.scalars(query))


def my_list(session: AnySession, user_id: uuid.UUID, now: datetime) -> list[uuid.UUID]:
    """What is on a person's list now, in its order."""
    query = select(CallClaim.organization_id).where(CallClaim.user_id == user_id, CallClaim.until > now)
    return list(session.scalars(query.order_by(CallClaim.rank)))


def close_call(
    session: AnySession,
    organization: Organization,
    outcome: CallOutcome,
    user_id: uuid.UUID,
    actor: str,
    now: datetime,
    note: str | None = None,
) -> None:
    """Note what came of a call and take the record off the list. Raises NotYours."""
    claim = session.get(CallClaim, organization.id)
    if claim is None or claim.user_id != user_id:
        raise NotYours(str(organization.id))
    session.delete(claim)
    note_call(session, organization, outcome, user_id, actor, now, note)


def note_call(
    session: AnySession,
    organization: Organization,
    outcome: CallOutcome,
    user_id: uuid.UUID | None,
    actor: str,
    now: datetime,
    note: str | None = None,
    method: VerificationMethod = VerificationMethod.CALL,
    on: date | None = None,
) -> None:
    """What a call or visit of a day found out: a confirmation, or a report for a moderator."""
    session.add(CallNote(organization_id=organization.id, outcome=outcome.value, by=actor, at=now))
    if outcome == CallOutcome.CONFIRMED:
        verify(session, organization, method, actor, on or now.astimezone().date())
        resolve_reports(session, organization.id, actor, now)
    elif outcome == CallOutcome.NOT_FOUND:
        record_audit(session, actor, "call", Entity.ORGANIZATION, organization.id, after={"outcome": outcome.value})
    else:
        report(session, organization, ReportKind(outcome.value), note, user_id, now)
        record_audit(session, actor, "call", Entity.ORGANIZATION, organization.id, after={"outcome": outcome.value})


def hand_back_calls(session: AnySession, former: uuid.UUID) -> None:
    """Put what a person who leaves has in hand back on the pile."""
    session.execute(delete(CallClaim).where(CallClaim.user_id == former))


def numbers_of(session: AnySession, organization_id: uuid.UUID) -> list[Phone]:
    """Every number on record, also those of places."""
    query = (
        select(Phone)
        .outerjoin(Location, Location.id == Phone.location_id)
        .where(Phone.organization_id == organization_id, Phone.number.is_not(None))
        .order_by(Phone.position)
    )
    return list(session.scalars(query))


def number_to_write_to(session: AnySession, organization_id: uuid.UUID) -> str | None:
    """The number a message goes to, in E.164: one that is said to have WhatsApp, else the first on record."""
    phones = numbers_of(session, organization_id)
    return next((phone.number for phone in (*(p for p in phones if p.kind == "whatsapp"), *phones)), None)
