"""Decisions about submissions: each an audit entry with who, when, and what stood there. Nothing here commits."""

from __future__ import annotations

import uuid
from datetime import datetime

from directory.accounts.links import close_links, make_link
from directory.accounts.models import LinkPurpose
from directory.changes.models import Entity
from directory.changes.recording import record_audit
from directory.changes.slugs import current_slugs
from directory.database import AnySession
from directory.moderation import letters
from directory.moderation.criteria import criterion
from directory.moderation.merging import absorb
from directory.organizations.edit import create_record
from directory.organizations.models import Organization, VerificationMethod
from directory.organizations.verify import verify
from directory.registration.changes import apply_change
from directory.registration.claims import accept_claim
from directory.registration.models import OPEN_STATES, Submission, SubmissionKind, SubmissionState
from directory.registration.submissions import data_of, draft_link
from directory.vocabulary.catalogue import Vocabulary


class AlreadyDecided(ValueError):
    """Somebody else decided meanwhile; nothing was changed."""


class NotConfirmed(ValueError):
    """Nobody of the organization has confirmed the registration yet: by letter, call or visit."""


class RecordGone(ValueError):
    """The record was removed, or merged into another one, since."""


def _must_be_open(submission: Submission, version: int) -> None:
    if submission.state not in OPEN_STATES or submission.version != version:
        raise AlreadyDecided(submission.state)


def _close(
    session: AnySession, submission: Submission, state: SubmissionState, actor: str, now: datetime, note: str | None
) -> None:
    before = {"state": submission.state.value}
    submission.state = state
    submission.decided_at, submission.decided_by = now, actor
    submission.decision_note = note or submission.decision_note
    close_links(session, submission.id, now)
    after = {"submission": str(submission.id), "state": state.value, "criterion": submission.criterion}
    record_audit(session, actor, state.value, Entity.ORGANIZATION, submission.organization_id, before, after)


def approve(
    session: AnySession,
    submission: Submission,
    organization: Organization | None,
    version: int,
    terms: Vocabulary,
    actor: str,
    now: datetime,
) -> Organization:
    """Publish what a submission says. `version` is the one that the moderator saw.

    Raises AlreadyDecided, NotConfirmed, RecordGone.
    """
    _must_be_open(submission, version)
    today = now.astimezone().date()
    if submission.kind == SubmissionKind.NEW and submission.confirmed_at is None:
        raise NotConfirmed(str(submission.id))
    if organization is not None and organization.removed_at is not None:
        raise RecordGone(str(organization.id))
    if submission.kind == SubmissionKind.NEW:
        organization = create_record(session, data_of(submission), terms, actor, today)
        submission.organization_id = organization.id
        if submission.confirmation_method:
            verify(session, organization, submission.confirmation_method, actor, today)
    elif organization is None:
        raise ValueError("a change is about an organization")
    elif submission.kind == SubmissionKind.CLAIM:
        accept_claim(session, submission, organization, VerificationMethod.CALL, actor, now)
        return organization
    else:
        apply_change(session, submission, organization, terms, actor)
    _close(session, submission, SubmissionState.APPROVED, actor, now, None)
    slug = current_slugs(session, Entity.ORGANIZATION, [organization.id])[organization.id]
    token = None
    if submission.kind == SubmissionKind.NEW and submission.email:
        token = make_link(session, LinkPurpose.MANAGE, now, organization_id=organization.id, email=submission.email)
    letters.post_approved(session, submission, organization, slug, token)
    return organization


def send_back(session: AnySession, submission: Submission, version: int, note: str, actor: str, now: datetime) -> None:
    """Ask the submitter to mend something. Raises AlreadyDecided."""
    _must_be_open(submission, version)
    _close(session, submission, SubmissionState.RETURNED, actor, now, note)
    letters.post_returned(session, submission, draft_link(session, submission, now))


def reject(
    session: AnySession,
    submission: Submission,
    version: int,
    criterion_key: str,
    note: str | None,
    actor: str,
    now: datetime,
) -> None:
    """Do not publish, by a criterion of the published list. Raises AlreadyDecided, LookupError."""
    _must_be_open(submission, version)
    submission.criterion = criterion(criterion_key).key
    _close(session, submission, SubmissionState.REJECTED, actor, now, note)
    letters.post_rejected(session, submission)


def merge_into(
    session: AnySession,
    submission: Submission,
    organization: Organization,
    version: int,
    terms: Vocabulary,
    actor: str,
    now: datetime,
) -> None:
    """Put into a record that exists what a registration says and the record lacks. Raises AlreadyDecided."""
    _must_be_open(submission, version)
    submission.organization_id = organization.id
    absorb(session, organization, data_of(submission), terms, actor)
    _close(session, submission, SubmissionState.MERGED, actor, now, None)
    slug = current_slugs(session, Entity.ORGANIZATION, [organization.id])[organization.id]
    letters.post_merged(session, submission, slug)


def assign(session: AnySession, submission: Submission, user_id: uuid.UUID | None, actor: str) -> None:
    """Put a submission on somebody's desk, or back on the pile."""
    before = {"assigned_to": str(submission.assigned_to) if submission.assigned_to else None}
    submission.assigned_to = user_id
    after = {"submission": str(submission.id), "assigned_to": str(user_id) if user_id else None}
    record_audit(session, actor, "assign", Entity.ORGANIZATION, submission.organization_id, before, after)
