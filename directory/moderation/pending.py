"""Decisions that can be taken back for some seconds: noted, undone, carried out. Nothing here commits.

Until a decision is carried out nothing is published and no letter is written.
"""

from __future__ import annotations

import logging
import uuid
from datetime import datetime, timedelta

from sqlalchemy import select

from directory.changes.models import Entity
from directory.changes.recording import record_audit
from directory.database import AnySession
from directory.moderation.criteria import criterion
from directory.moderation.decide import AlreadyDecided, NotConfirmed, RecordGone, approve, merge_into, reject, send_back
from directory.moderation.models import Decision, PendingDecision
from directory.organizations.models import Organization
from directory.registration.claims import NotOpen
from directory.registration.models import OPEN_STATES, Submission, SubmissionKind
from directory.registration.risks import Risk
from directory.vocabulary.catalogue import Vocabulary

UNDO_WITHIN = timedelta(seconds=10)
_log = logging.getLogger(__name__)


class TooLate(LookupError):
    """The decision was carried out already, taken back already, or never made."""


def decide_soon(
    session: AnySession,
    submission: Submission,
    decision: Decision,
    version: int,
    actor: str,
    now: datetime,
    *,
    undo_within: timedelta = UNDO_WITHIN,
    note: str | None = None,
    criterion_key: str | None = None,
    into: Organization | None = None,
) -> PendingDecision:
    """Note a decision about a submission that is locked. What cannot be decided is refused now, not later.

    Raises AlreadyDecided, NotConfirmed, RecordGone, NotOpen, LookupError (no such criterion).
    """
    _must_be_possible(session, submission, decision, version)
    pending = PendingDecision(
        submission_id=submission.id,
        decision=decision,
        version=version,
        note=note,
        criterion=criterion(criterion_key or "").key if decision == Decision.REJECT else None,
        into_id=into.id if into else None,
        decided_by=actor,
        due_at=now + undo_within,
    )
    session.add(pending)
    session.flush()
    return pending


def _must_be_possible(session: AnySession, submission: Submission, decision: Decision, version: int) -> None:
    if submission.state not in OPEN_STATES or submission.version != version:
        raise AlreadyDecided(submission.state)
    if session.get(PendingDecision, submission.id) is not None:
        raise AlreadyDecided("a decision about it is on its way")
    if decision != Decision.APPROVE:
        return
    if submission.kind == SubmissionKind.NEW:
        if submission.confirmed_at is None:
            raise NotConfirmed(str(submission.id))
        return
    organization = session.get(Organization, submission.organization_id)
    if organization is None or organization.removed_at is not None:
        raise RecordGone(str(submission.organization_id))
    if submission.kind == SubmissionKind.CLAIM and organization.contacts_suspended_at is not None:
        raise NotOpen(str(submission.id))


def take_back(session: AnySession, submission: Submission, actor: str, now: datetime) -> Decision:
    """Undo a decision that was not carried out yet; which one it was. Raises TooLate."""
    pending = session.get(PendingDecision, submission.id, with_for_update=True, populate_existing=True)
    if pending is None or pending.due_at <= now:
        raise TooLate(str(submission.id))
    decision = pending.decision
    session.delete(pending)
    after = {"submission": str(submission.id), "decision": decision.value}
    record_audit(session, actor, "undo-decision", Entity.ORGANIZATION, submission.organization_id, after=after)
    session.flush()
    return decision


def next_due(session: AnySession, now: datetime) -> uuid.UUID | None:
    """The submission whose decision is to be carried out first; asked without a lock, since mostly there is none."""
    return session.scalar(
        select(PendingDecision.submission_id)
        .where(PendingDecision.due_at <= now)
        .order_by(PendingDecision.due_at, PendingDecision.submission_id)
        .limit(1)
    )


def carry_out(session: AnySession, submission_id: uuid.UUID, terms: Vocabulary, now: datetime) -> None:
    """Do what was decided and is due, and forget the note of it; nothing where another process was faster.

    What became impossible meanwhile stays in the queue as it is, with an audit entry that says why. Locks are taken
    in the order of the pages: the submission, then what hangs on it.
    """
    submission = session.get_one(Submission, submission_id, with_for_update=True, populate_existing=True)
    pending = session.get(PendingDecision, submission_id, with_for_update=True, populate_existing=True)
    if pending is None or pending.due_at > now:
        return
    session.delete(pending)
    session.flush()
    try:
        with session.begin_nested():
            _do(session, submission, pending, terms, now)
    except (AlreadyDecided, NotConfirmed, RecordGone, NotOpen) as reason:
        _note_dropped(session, submission, pending, type(reason).__name__)


def drop(session: AnySession, submission_id: uuid.UUID, why: str) -> None:
    """Put a submission back into the queue whose decision failed for a reason that nobody foresaw."""
    submission = session.get_one(Submission, submission_id, with_for_update=True, populate_existing=True)
    pending = session.get(PendingDecision, submission_id, with_for_update=True, populate_existing=True)
    if pending is not None:
        session.delete(pending)
        _note_dropped(session, submission, pending, why)


def _note_dropped(session: AnySession, submission: Submission, pending: PendingDecision, why: str) -> None:
    """In the audit trail, and as a risk of the submission: so the queue says why it is there again."""
    _log.info("a decision could not be carried out: %s", why)
    submission.risks = {**submission.risks, Risk.DROPPED.value: pending.decision.value}
    after = {"submission": str(submission.id), "decision": pending.decision.value, "why": why}
    about = submission.organization_id
    record_audit(session, pending.decided_by, "decision-dropped", Entity.ORGANIZATION, about, after=after)
    session.flush()


def _do(
    session: AnySession, submission: Submission, pending: PendingDecision, terms: Vocabulary, now: datetime
) -> None:
    actor, version = pending.decided_by, pending.version
    if pending.decision == Decision.APPROVE:
        approve(session, submission, _locked(session, submission.organization_id), version, terms, actor, now)
    elif pending.decision == Decision.RETURN:
        send_back(session, submission, version, pending.note or "", actor, now)
    elif pending.decision == Decision.REJECT:
        reject(session, submission, version, pending.criterion or "", pending.note, actor, now)
    else:
        into = _locked(session, pending.into_id)
        if into is None or into.removed_at is not None or into.contacts_suspended_at is not None:
            raise RecordGone(str(pending.into_id))
        merge_into(session, submission, into, version, terms, actor, now)


def _locked(session: AnySession, organization_id: uuid.UUID | None) -> Organization | None:
    return session.get(Organization, organization_id, with_for_update=True) if organization_id else None


def pending_of(session: AnySession, submission_id: uuid.UUID) -> PendingDecision | None:
    """The decision about a submission that is on its way."""
    return session.get(PendingDecision, submission_id)
