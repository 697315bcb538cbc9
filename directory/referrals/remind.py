"""What time does to referrals: reminders, escalations, an end where nobody ever answers. Nothing here commits.

An organization that does not answer is never shamed: only the consulate learns of it, so that it can call.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from sqlalchemy import select

from directory.accounts.links import make_link
from directory.accounts.models import LinkPurpose
from directory.consulates.models import Consulate
from directory.consulates.naming import NameOf, names_of
from directory.database import AnySession
from directory.organizations.models import Organization
from directory.partnerships.reach import desk_path, officers_of, referral_readers
from directory.partnerships.remind import SYSTEM
from directory.referrals.letters import post_answer, post_referral
from directory.referrals.models import OPEN_REFERRALS, UNANSWERED, Outcome, Referral, ReferralState, Urgency
from directory.referrals.refer import close, withdraw
from directory.vocabulary.catalogue import vocabulary

REMIND_AFTER = {
    Urgency.NOW: timedelta(minutes=30),
    Urgency.TODAY: timedelta(hours=3),
    Urgency.WEEK: timedelta(hours=48),
}
ESCALATE_AFTER = {
    Urgency.NOW: timedelta(hours=1),
    Urgency.TODAY: timedelta(hours=6),
    Urgency.WEEK: timedelta(hours=96),
}
UNFINISHED_AFTER = timedelta(days=30)
GIVE_UP_AFTER = timedelta(days=180)
"""An accepted referral of which nobody ever said what became of it is closed as unknown."""
ABANDONED_AFTER = timedelta(days=60)
_log = logging.getLogger(__name__)


def due_work(session: AnySession, now: datetime) -> int:
    """Send the reminders that are due; returns how many referrals were touched."""
    count = 0
    for referral in _open_referrals(session, lock=True):
        what = _what_is_due(referral, now)
        if what is None:
            continue
        try:
            with session.begin_nested():
                _do(session, referral, what, now)
        except Exception:  # noqa: BLE001  (one that fails must not silence all others)
            _log.exception("a referral could not be reminded of; the others are")
            continue
        count += 1
    return count


def is_due(session: AnySession, now: datetime) -> bool:
    """Whether there is anything to do: asked without a write transaction, since mostly there is not."""
    return any(_what_is_due(item, now) for item in _open_referrals(session))


def _open_referrals(session: AnySession, *, lock: bool = False) -> list[Referral]:
    query = select(Referral).where(Referral.state.in_(OPEN_REFERRALS)).order_by(Referral.sent_at)
    return list(session.scalars(query.with_for_update(key_share=True) if lock else query))


def _is_to_remind(referral: Referral, now: datetime) -> bool:
    return (
        referral.state == ReferralState.SENT
        and referral.reminded_at is None
        and now - referral.waiting_since >= REMIND_AFTER[referral.urgency]
    )


def _is_to_escalate(referral: Referral, now: datetime) -> bool:
    return (
        referral.state == ReferralState.SENT  # where the organization asked, the consulate owes the answer
        and referral.escalated_at is None
        and now - referral.waiting_since >= ESCALATE_AFTER[referral.urgency]
    )


def _is_abandoned(referral: Referral, now: datetime) -> bool:
    """Nobody answered as long as the link worked."""
    return referral.state in UNANSWERED and now - referral.waiting_since >= ABANDONED_AFTER


def _is_unfinished(referral: Referral, now: datetime) -> bool:
    if referral.state != ReferralState.ACCEPTED or referral.answered_at is None:
        return False
    age = now - referral.answered_at
    asked_lately = referral.escalated_at is not None and referral.escalated_at >= referral.answered_at
    return age >= GIVE_UP_AFTER or (age >= UNFINISHED_AFTER and not asked_lately)


def _what_is_due(referral: Referral, now: datetime) -> str | None:
    """What is to be done about a referral: `abandoned`, `unfinished`, `silent`, `remind`; None: nothing."""
    due = (
        ("abandoned", _is_abandoned(referral, now)),
        ("unfinished", _is_unfinished(referral, now)),
        ("silent", _is_to_escalate(referral, now)),
        ("remind", _is_to_remind(referral, now)),
    )
    return next((name for name, holds in due if holds), None)


def _do(session: AnySession, referral: Referral, what: str, now: datetime) -> None:
    consulate = session.get_one(Consulate, referral.consulate_id)
    organization = session.get_one(Organization, referral.organization_id)
    if what == "remind":
        write_referral(session, referral, consulate, organization, now, is_reminder=True)
        referral.reminded_at = now
    elif what == "abandoned":
        withdraw(session, referral, SYSTEM, now)
        _tell_officers(session, referral, consulate, organization, what)
    elif what == "unfinished" and referral.answered_at and now - referral.answered_at >= GIVE_UP_AFTER:
        close(session, referral, Outcome.UNKNOWN, SYSTEM, now)
    else:
        _tell_officers(session, referral, consulate, organization, what)
        referral.escalated_at = now
    session.flush()


def write_referral(
    session: AnySession,
    referral: Referral,
    consulate: Consulate,
    organization: Organization,
    now: datetime,
    *,
    is_reminder: bool = False,
) -> int:
    """Letters with the link to answer; returns how many went out (none: somebody has to call)."""
    readers = referral_readers(session, organization, consulate.id)
    for reader in readers:
        post_referral(
            session,
            reader,
            organization,
            referral,
            names_of(session, consulate),
            need_name(session, referral.need),
            referral_link(session, referral, reader.email, now),
            office=_office(organization, referral),
            is_reminder=is_reminder,
        )
    return len(readers)


def _office(organization: Organization, referral: Referral) -> str | None:
    """The town of the office that is asked, where the organization has several."""
    place = next((item for item in organization.locations if item.id == referral.location_id), None)
    return place.city if place and len(organization.locations) > 1 else None


def referral_link(session: AnySession, referral: Referral, email: str | None, now: datetime) -> str:
    """The token under which the organization answers."""
    return make_link(
        session,
        LinkPurpose.REFERRAL,
        now,
        organization_id=referral.organization_id,
        referral_id=referral.id,
        email=email,
    )


def need_name(session: AnySession, slug: str) -> NameOf:
    """What a service area is called in each language."""
    term = vocabulary(session).areas.get(slug)
    return lambda language: term.labels[language] if term else slug


def _tell_officers(
    session: AnySession, referral: Referral, consulate: Consulate, organization: Organization, news: str
) -> None:
    for reader in officers_of(session, consulate, referral.assigned_to):
        post_answer(
            session, reader, organization, referral, news, desk_path(session, consulate, f"referrals/{referral.id}")
        )


def tell_officers(session: AnySession, referral: Referral, news: str) -> None:
    """Tell the consulate what the organization said."""
    consulate = session.get_one(Consulate, referral.consulate_id)
    organization = session.get_one(Organization, referral.organization_id)
    _tell_officers(session, referral, consulate, organization, news)
