"""“This is my organization”: proof by mail at its own address, by a call to the number on record, or by a moderator."""

from __future__ import annotations

from datetime import datetime

from directory.accounts.links import make_link
from directory.accounts.models import LinkPurpose, Role, User
from directory.accounts.people import Scope, invite
from directory.changes.models import Entity
from directory.changes.recording import record_audit
from directory.database import AnySession
from directory.mail.outbox import sent_lately
from directory.organizations.models import Organization, VerificationMethod
from directory.organizations.record_data import RecordData
from directory.registration import letters
from directory.registration.models import OPEN_STATES, Origin, Submission, SubmissionKind, SubmissionState
from directory.registration.proof import proves
from directory.registration.submissions import DAY, LETTERS_TO_STRANGERS, MAX_LETTERS_A_DAY


class NotOpen(ValueError):
    """The claim was decided already, or the record is being looked into."""


def claim(
    session: AnySession,
    organization: Organization,
    record: RecordData,
    email: str,
    note: str | None,
    language: str,
    now: datetime,
) -> Submission:
    """Somebody says that the organization is theirs. A proving address gets a link; all others wait for a call."""
    submission = Submission(
        kind=SubmissionKind.CLAIM,
        origin=Origin.PUBLIC,
        organization_id=organization.id,
        data={"name": organization.name},
        language=language,
        country=organization.country,
        email=email.lower(),
        note=note,
        risks={},
        created_at=now,
        updated_at=now,
        submitted_at=now,
        state=SubmissionState.TO_CALL,
    )
    session.add(submission)
    session.flush()
    if organization.contacts_suspended_at is None and proves(session, organization, record, email):
        submission.state = SubmissionState.UNCONFIRMED
        if sent_lately(session, email.lower(), LETTERS_TO_STRANGERS, now - DAY) >= MAX_LETTERS_A_DAY:
            return submission
        token = make_link(
            session, LinkPurpose.CLAIM, now, organization_id=organization.id, submission_id=submission.id, email=email
        )
        letters.post_claim(session, organization, email, token, language)
    record_audit(session, "public", "claim", Entity.ORGANIZATION, organization.id,
                 after={"submission": str(submission.id)})  # fmt: skip
    return submission


def accept_claim(
    session: AnySession,
    submission: Submission,
    organization: Organization,
    method: VerificationMethod,
    actor: str,
    now: datetime,
) -> User:
    """Proved: the claimant edits the record from now on. Raises NotOpen."""
    if submission.state not in OPEN_STATES or organization.contacts_suspended_at:
        raise NotOpen(submission.state)
    submission.state = SubmissionState.APPROVED
    submission.confirmed_at, submission.confirmation_method, submission.confirmed_by = now, method, actor
    submission.decided_at, submission.decided_by = now, actor
    user = invite(
        session,
        submission.email or "",
        Role.EDITOR,
        Scope(organization_id=organization.id),
        submission.language,
        actor,
    )
    if user.password is not None:
        letters.post_access(session, organization, user.email, user.language)
    record_audit(session, actor, "accept-claim", Entity.ORGANIZATION, organization.id,
                 after={"submission": str(submission.id), "user": str(user.id)})  # fmt: skip
    return user
