"""Asking organizations whether their record is still right, before their confirmation lapses. Nothing here commits."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from directory.accounts.links import make_link
from directory.accounts.models import LinkPurpose
from directory.database import AnySession
from directory.moderation.letters import post_still_right
from directory.moderation.models import ConfirmationRequest
from directory.moderation.standing import standings
from directory.organizations.freshness import Freshness
from directory.organizations.models import Organization
from directory.registration.reach import address_of, language_of

AHEAD = timedelta(days=14)
"""So long before the confirmation lapses the first question goes out."""
AGAIN = timedelta(days=30)


@dataclass(frozen=True)
class Due:
    """An organization that is to be asked, where and in which language."""

    organization_id: uuid.UUID
    name: str
    email: str
    language: str


def due_requests(session: AnySession, now: datetime) -> list[Due]:
    """Who is to be asked now: confirmed once, close to lapsing or beyond, not asked within 30 days, with an address.

    Records that nobody ever confirmed are called first (`first-verification`): an organization that never agreed to
    be listed must not hear of it from a machine.
    """
    today = now.astimezone().date()
    asked = _last_asked(session)
    found = []
    for row in standings(session, today):
        is_close = row.due_on is not None and row.due_on - today <= AHEAD
        if row.verified_on is None or not (is_close or row.status != Freshness.VERIFIED):
            continue
        last = asked.get(row.organization_id)
        if last and now - last < AGAIN:
            continue
        address = address_of(session, row.organization_id)
        if address:
            language = language_of(session, row.organization_id, row.country)
            found.append(Due(row.organization_id, row.name, address, language))
    return sorted(found, key=lambda item: item.name)


def _last_asked(session: AnySession) -> dict[uuid.UUID, datetime]:
    query = select(ConfirmationRequest.organization_id, func.max(ConfirmationRequest.sent_at)).group_by(
        ConfirmationRequest.organization_id
    )
    return {row[0]: row[1] for row in session.execute(query)}


def ask(session: AnySession, due: Due, now: datetime) -> None:
    """Put the question into the outbox."""
    organization = session.get_one(Organization, due.organization_id)
    token = question_link(session, due.organization_id, due.email, now)
    post_still_right(session, organization, due.email, token, due.language)
    session.add(ConfirmationRequest(organization_id=due.organization_id, channel="email", sent_at=now))


def question_link(session: AnySession, organization_id: uuid.UUID, email: str | None, now: datetime) -> str:
    """The token under which the question is answered once: still right, or corrected."""
    return make_link(session, LinkPurpose.STILL_RIGHT, now, organization_id=organization_id, email=email)
