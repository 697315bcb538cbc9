"""The life of a referral after it was sent: answered by an organization, closed with what became of it.

Nothing here commits, and nothing here is told to the public or the change feed.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from sqlalchemy import update

from directory.accounts.models import AccessLink, LinkPurpose
from directory.changes.models import Entity
from directory.changes.recording import record_audit
from directory.clock import earliest_day, latest_day
from directory.database import AnySession
from directory.partnerships.models import Side
from directory.personal_data.free_text import PersonalData, check_text
from directory.referrals.models import (
    OPEN_REFERRALS,
    UNANSWERED,
    DeclineReason,
    Outcome,
    Referral,
    ReferralNote,
    ReferralState,
)


class NotPossible(ValueError):
    """The referral, or one of its sides, is not in a state for it."""


@dataclass(frozen=True)
class Called:
    """An answer that an officer heard on the phone: on which day, and from whom (their task, no name)."""

    on: date
    who: str


def accept(
    session: AnySession, referral: Referral, how: str, actor: str, now: datetime, called: Called | None = None
) -> None:
    """The organization takes it on."""
    _must_be(referral, *UNANSWERED)
    referral.state = ReferralState.ACCEPTED
    _answered(session, referral, how, now, called)
    audit_referral(session, referral, actor, "accept")


def _answered(session: AnySession, referral: Referral, how: str, now: datetime, called: Called | None) -> None:
    """Note the answer; one that was heard on another day counts from noon of that day."""
    at = now
    if called and not earliest_day(now) <= called.on <= latest_day(now):
        at = max(referral.sent_at, min(now, datetime.combine(called.on, time(12), UTC)))
    referral.answered_at, referral.answered_how = at, how
    if called:
        _write(session, referral, Side.CONSULATE, f"☎ {called.on.isoformat()}: {called.who}", now)


def decline(
    session: AnySession,
    referral: Referral,
    reason: DeclineReason,
    how: str,
    actor: str,
    now: datetime,
    note: str | None = None,
    override_reason: str | None = None,
    called: Called | None = None,
) -> None:
    """The organization cannot, and says why. Raises HoldsPersonalData."""
    _must_be(referral, *UNANSWERED)
    overridden = check_text(note, override_reason)
    referral.state = ReferralState.DECLINED
    referral.decline_reason = reason
    _answered(session, referral, how, now, called)
    referral.closed_at = now
    if note:
        _write(session, referral, Side.ORGANIZATION, note, now)
    close_referral_links(session, referral, now)
    audit_referral(session, referral, actor, "decline", overridden, override_reason)


def ask(
    session: AnySession, referral: Referral, text: str, actor: str, now: datetime, override_reason: str | None = None
) -> None:
    """The organization wants to know more before it answers. Raises HoldsPersonalData."""
    _must_be(referral, *OPEN_REFERRALS)
    overridden = check_text(text, override_reason)
    if referral.state == ReferralState.SENT:
        referral.state = ReferralState.ASKED
    _write(session, referral, Side.ORGANIZATION, text, now)
    audit_referral(session, referral, actor, "ask", overridden, override_reason)


def reply(
    session: AnySession, referral: Referral, text: str, actor: str, now: datetime, override_reason: str | None = None
) -> None:
    """The consulate answers, or adds something. Raises HoldsPersonalData."""
    _must_be(referral, *OPEN_REFERRALS)
    overridden = check_text(text, override_reason)
    if referral.state == ReferralState.ASKED:
        referral.state = ReferralState.SENT
        referral.waiting_since = now
        referral.reminded_at = referral.escalated_at = None
    _write(session, referral, Side.CONSULATE, text, now)
    audit_referral(session, referral, actor, "reply", overridden, override_reason)


def close(session: AnySession, referral: Referral, outcome: Outcome, actor: str, now: datetime) -> None:
    """What became of it; an accepted one only, since the others have their end."""
    _must_be(referral, ReferralState.ACCEPTED)
    referral.state = ReferralState.CLOSED
    referral.outcome = outcome
    referral.closed_at = now
    close_referral_links(session, referral, now)
    audit_referral(session, referral, actor, "close")


def withdraw(session: AnySession, referral: Referral, actor: str, now: datetime) -> None:
    """The consulate takes back what was not answered yet."""
    _must_be(referral, *UNANSWERED)
    referral.state = ReferralState.WITHDRAWN
    referral.closed_at = now
    close_referral_links(session, referral, now)
    audit_referral(session, referral, actor, "withdraw")


def close_referral_links(session: AnySession, referral: Referral, now: datetime) -> None:
    """Nobody needs a door to what is over."""
    session.execute(
        update(AccessLink)
        .where(
            AccessLink.referral_id == referral.id,
            AccessLink.purpose == LinkPurpose.REFERRAL,
            AccessLink.used_at.is_(None),
        )
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )


def hand_over_referrals(session: AnySession, former: uuid.UUID, successor: uuid.UUID) -> int:
    """Move the open referrals of one officer to another; returns how many."""
    moved = session.scalars(
        update(Referral)
        .where(Referral.assigned_to == former, Referral.state.in_(OPEN_REFERRALS))
        .values(assigned_to=successor)
        .returning(Referral.id)
        .execution_options(synchronize_session=False)
    )
    return len(moved.all())


def _must_be(referral: Referral, *states: ReferralState) -> None:
    if referral.state not in states:
        raise NotPossible(referral.state)


def _write(session: AnySession, referral: Referral, side: Side, text: str, now: datetime) -> None:
    session.add(ReferralNote(id=uuid.uuid4(), referral_id=referral.id, at=now, side=side, text=text))
    session.flush()


def audit_referral(
    session: AnySession,
    referral: Referral,
    actor: str,
    action: str,
    overridden: tuple[PersonalData, ...] = (),
    override_reason: str | None = None,
) -> None:
    """Who did what. Of a text that was taken for personal data: the kind and the reason, never the text."""
    after: dict[str, object] = {"referral": str(referral.id)}
    if overridden:
        after |= {"overrode": [kind.value for kind in overridden], "reason": override_reason}
    record_audit(session, actor, f"referral-{action}", Entity.CONSULATE, referral.consulate_id, after=after)
