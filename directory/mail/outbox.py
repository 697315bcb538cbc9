"""Taking due messages from the outbox: each by one sender at a time, again later where the server does not answer."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select

from directory.database import AnySession
from directory.mail.deliver import Attempt, Outcome
from directory.mail.models import OutboxMessage

LEASE = timedelta(minutes=5)
"""How long a sender may take; after that another one tries."""
DELAYS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720, 1440, 1440))
"""Waits between attempts; after the last one the message is given up."""


def take_due(session: AnySession, now: datetime) -> OutboxMessage | None:
    """The oldest message that is due, leased to the caller; None where there is none. Needs a write transaction."""
    waiting = (OutboxMessage.sent_at.is_(None), OutboxMessage.refused_at.is_(None), OutboxMessage.not_before <= now)
    query = select(OutboxMessage).where(*waiting).order_by(OutboxMessage.not_before).limit(1)
    message = session.scalar(query.with_for_update(skip_locked=True))
    if message:
        message.not_before = now + LEASE
        message.attempts += 1
    return message


def note(session: AnySession, message: OutboxMessage, attempt: Attempt, now: datetime) -> None:
    """Write down what became of an attempt."""
    message.last_error = attempt.error
    if attempt.outcome == Outcome.LATER and message.attempts <= len(DELAYS):
        message.not_before = now + DELAYS[message.attempts - 1]
        return
    if attempt.outcome == Outcome.SENT:
        message.sent_at = now
    else:
        message.refused_at = now
    message.text = message.html = None
    session.flush()


def sent_lately(session: AnySession, recipient: str, kinds: Collection[str], since: datetime) -> int:
    """How many letters of these kinds were addressed to somebody since an instant."""
    query = select(func.count()).where(
        OutboxMessage.recipient == recipient, OutboxMessage.kind.in_(kinds), OutboxMessage.created_at >= since
    )
    return session.scalar(query) or 0


def refused_addresses(session: AnySession, organization_id: uuid.UUID) -> dict[str, datetime]:
    """The addresses that refused mail about an organization and accepted none since: address → last refusal."""
    refused: dict[str, datetime] = {}
    query = (
        select(OutboxMessage)
        .where(
            OutboxMessage.organization_id == organization_id,
            or_(OutboxMessage.refused_at.is_not(None), OutboxMessage.sent_at.is_not(None)),
        )
        .order_by(OutboxMessage.created_at)
    )
    for message in session.scalars(query):
        if message.refused_at:
            refused[message.recipient] = message.refused_at
        else:
            refused.pop(message.recipient, None)
    return refused
