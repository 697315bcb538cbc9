"""What is forgotten, and when; the table of docs/privacy.md."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import and_, delete, func, null, or_, update

from directory.accounts.models import AccessLink, SignIn
from directory.changes.models import AuditEntry
from directory.database import AnySession
from directory.mail.models import OutboxMessage
from directory.registration.models import Report, Submission, SubmissionKind, SubmissionState

DRAFTS = timedelta(days=45)
"""A draft's link works for 30 days; after some grace what was typed, with its addresses, is nobody's any more."""
UNANSWERED = timedelta(days=90)
"""What nobody confirmed, mended or went on with."""
DECIDED = timedelta(days=180)
"""What did not become a record of its own, and claims: afterwards the audit trail alone says that it was decided."""
REPORTS = timedelta(days=365)
"""After somebody looked into it."""
WORDS = timedelta(days=730)
"""Names of visitors, reasons in words and former contacts in the audit trail; who did what, and when, stays."""
WORDED = ("state-contacts", "visit-link", "suspend-contacts", "write-note", "propose-assistance")
LINKS = timedelta(days=30)
LETTERS = timedelta(days=180)
SESSIONS = timedelta(days=180)


def forget(session: AnySession, now: datetime) -> int:
    """Delete what has had its time; returns how many rows. Needs a write transaction; nothing here commits."""
    last_touched = func.coalesce(Submission.decided_at, Submission.updated_at)
    is_ended = Submission.state.in_((SubmissionState.REJECTED, SubmissionState.MERGED))
    is_claim = and_(Submission.kind == SubmissionKind.CLAIM, Submission.state == SubmissionState.APPROVED)
    is_left = Submission.state.in_((SubmissionState.UNCONFIRMED, SubmissionState.WITHDRAWN, SubmissionState.RETURNED))
    statements = (
        delete(Submission).where(is_left, last_touched < now - UNANSWERED),
        delete(Submission).where(or_(is_ended, is_claim), last_touched < now - DECIDED),
        delete(Report).where(Report.resolved_at < now - REPORTS),
        update(AuditEntry)
        .where(
            AuditEntry.at < now - WORDS,
            AuditEntry.action.in_(WORDED),
            or_(AuditEntry.before.is_not(None), AuditEntry.after.is_not(None)),
        )
        .values(before=null(), after=null()),
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
