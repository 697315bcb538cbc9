"""What is forgotten, and when: drafts that nobody took up again, links that are long dead, old letters and sessions."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, or_

from directory.accounts.models import AccessLink, SignIn
from directory.database import AnySession
from directory.mail.models import OutboxMessage
from directory.registration.models import Submission, SubmissionState

DRAFTS = timedelta(days=45)
"""A draft's link works for 30 days; after some grace what was typed, with its addresses, is nobody's any more."""
LINKS = timedelta(days=30)
LETTERS = timedelta(days=180)
SESSIONS = timedelta(days=180)


def forget(session: AnySession, now: datetime) -> int:
    """Delete what has had its time; returns how many rows. Needs a write transaction; nothing here commits."""
    statements = (
        delete(Submission).where(Submission.state == SubmissionState.DRAFT, Submission.updated_at < now - DRAFTS),
        delete(AccessLink).where(AccessLink.expires_at < now - LINKS),
        delete(OutboxMessage).where(
            or_(OutboxMessage.sent_at < now - LETTERS, OutboxMessage.refused_at < now - 2 * LETTERS)
        ),
        delete(SignIn).where(or_(SignIn.ended_at < now - SESSIONS, SignIn.seen_on < now - 2 * SESSIONS)),
    )
    forgotten = 0
    for statement in statements:
        result = session.execute(statement.execution_options(synchronize_session=False))
        forgotten += result.rowcount  # type: ignore[attr-defined]  # a DML result has it
    return forgotten
