"""Carrying mail out of the outbox, one message at a time. Its two short transactions end here: see decisions.md."""

from __future__ import annotations

import logging

from flask import current_app
from sqlalchemy import select

from directory.clock import now
from directory.database import AnySession, begin_write
from directory.mail.deliver import deliver
from directory.mail.letters import in_language
from directory.mail.models import OutboxMessage
from directory.mail.outbox import note, take_due
from directory.settings import Settings

_log = logging.getLogger(__name__)


def carry_one(session: AnySession) -> bool:
    """Send one message that is due; False where none is. No transaction is open while the server is asked."""
    if not _has_due(session):
        return False
    settings: Settings = current_app.extensions["directory.settings"]
    begin_write(session)
    message = take_due(session, now())
    if message is None:
        session.rollback()
        return False
    message_id, language = message.id, message.language
    session.commit()
    message = session.get(OutboxMessage, message_id)
    if message is None:  # taken back since
        session.rollback()
        return True
    session.expunge(message)
    session.rollback()
    with in_language(language):
        attempt = deliver(message, settings)
    begin_write(session)
    sent = session.get(OutboxMessage, message_id)
    if sent is not None:  # None: taken back while it was on its way
        note(session, sent, attempt, now())
    session.commit()
    _log.info("mail %s: %s%s", message.kind, attempt.outcome.name, f" ({attempt.error})" if attempt.error else "")
    return True


def _has_due(session: AnySession) -> bool:
    """Whether anything waits; reads only, so that an empty outbox takes no write lock."""
    query = select(OutboxMessage.id).where(
        OutboxMessage.sent_at.is_(None), OutboxMessage.refused_at.is_(None), OutboxMessage.not_before <= now()
    )
    found = session.execute(query.limit(1)).first() is not None
    session.rollback()
    return found
