"""The life of a submission: begun, saved, submitted, confirmed. Nothing here commits."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy import select, update

from directory.accounts.links import close_links, make_link
from directory.accounts.models import LinkPurpose
from directory.changes.models import Entity
from directory.changes.recording import record_audit
from directory.database import AnySession
from directory.mail.outbox import sent_lately
from directory.organizations.differences import Conflict, merge
from directory.organizations.models import VerificationMethod
from directory.organizations.record_data import RecordData
from directory.registration import letters
from directory.registration.models import (
    EDITABLE_STATES,
    OPEN_STATES,
    Origin,
    Submission,
    SubmissionKind,
    SubmissionState,
    SubmissionVersion,
)
from directory.registration.risks import risks_of

LETTERS_TO_STRANGERS = ("draft", "confirm-submission", "claim")
"""Letters that anybody can have sent to any address: few a day to each."""
MAX_LETTERS_A_DAY = 6
DAY = timedelta(days=1)


def request_number(submission_id: uuid.UUID) -> str:
    """The number of a request as it is read out on the phone: `7F3A-21C0`."""
    digits = submission_id.hex[:8].upper()
    return f"{digits[:4]}-{digits[4:]}"


class NotEditable(ValueError):
    """The submission was decided already."""


class NotWaiting(ValueError):
    """The submission does not wait for what was tried."""


def begin(
    session: AnySession,
    data: RecordData,
    *,
    kind: SubmissionKind,
    origin: Origin,
    language: str,
    now: datetime,
    organization_id: uuid.UUID | None = None,
    base_revision: int | None = None,
    email: str | None = None,
) -> Submission:
    """A new draft with its first version."""
    submission = Submission(
        id=uuid.uuid4(),
        kind=kind,
        origin=origin,
        organization_id=organization_id,
        base_revision=base_revision,
        data=data.model_dump(mode="json"),
        version=1,
        language=language,
        country=data.country or None,
        email=email,
        risks={},
        created_at=now,
        updated_at=now,
    )
    submission.versions.append(SubmissionVersion(number=1, data=submission.data, at=now))
    session.add(submission)
    session.flush()
    return submission


def data_of(submission: Submission) -> RecordData:
    """What a submission says now."""
    return RecordData.model_validate(submission.data)


def save(submission: Submission, edited: RecordData, based_on: int, now: datetime) -> list[Conflict]:
    """Save an edit that began from version `based_on`; what another tab saved meanwhile stays.

    Returns the values that both changed differently; nothing is saved then. Raises NotEditable.
    """
    if submission.state not in EDITABLE_STATES:
        raise NotEditable(submission.state)
    if based_on != submission.version:
        base = next((item for item in submission.versions if item.number == based_on), submission.versions[0])
        edited, conflicts = merge(RecordData.model_validate(base.data), edited, data_of(submission))
        if conflicts:
            return conflicts
    put(submission, edited, now)
    return []


def put(submission: Submission, data: RecordData, now: datetime) -> None:
    """Make `data` the next version."""
    dumped = data.model_dump(mode="json")
    if dumped == submission.data:
        return
    submission.version += 1
    submission.data = dumped
    submission.country = data.country or None
    submission.updated_at = now
    submission.versions.append(SubmissionVersion(number=submission.version, data=dumped, at=now))


def draft_link(session: AnySession, submission: Submission, now: datetime) -> str:
    """A link under which the draft can be taken up again for 30 days."""
    return make_link(session, LinkPurpose.DRAFT, now, submission_id=submission.id, email=submission.email)


def submit(session: AnySession, submission: Submission, now: datetime) -> SubmissionState:
    """Hand a new registration in: it waits for its confirmation by e-mail, or for a call where there is none."""
    if submission.state not in EDITABLE_STATES:
        raise NotEditable(submission.state)
    data = data_of(submission)
    submission.phone = next(iter(phone.number for phone in data.all_phones() if phone.number), None)
    submission.submitted_at = submission.submitted_at or now
    submission.risks = risks_of(session, submission, data)
    if submission.confirmed_at:
        submission.state = SubmissionState.PENDING
    elif submission.email:
        submission.state = SubmissionState.UNCONFIRMED
        ask_for_confirmation(session, submission, now)
    else:
        submission.state = SubmissionState.TO_CALL
    record_audit(session, f"submission:{submission.id}", "submit", *_about(submission))
    return submission.state


def ask_for_confirmation(session: AnySession, submission: Submission, now: datetime) -> bool:
    """Send the letter with the link that confirms; False where this address had enough of them today."""
    address = submission.email
    if not address or sent_lately(session, address, LETTERS_TO_STRANGERS, now - DAY) >= MAX_LETTERS_A_DAY:
        return False
    token = make_link(session, LinkPurpose.CONFIRM_SUBMISSION, now, submission_id=submission.id, email=address)
    letters.post_confirmation(session, submission, token, draft_link(session, submission, now))
    return True


def send_draft_link(session: AnySession, submission: Submission, now: datetime) -> str:
    """The link of a draft, also by letter unless this address had enough of them today."""
    token = draft_link(session, submission, now)
    address = submission.email
    if address and sent_lately(session, address, LETTERS_TO_STRANGERS, now - DAY) < MAX_LETTERS_A_DAY:
        letters.post_draft(session, submission, token)
    return token


def after_edit(
    session: AnySession, submission: Submission, before: RecordData, email: str | None, now: datetime
) -> None:
    """What an edit of something that was handed in already means.

    Whoever confirmed did not confirm another name or other contacts: then the question is asked again.
    """
    data = data_of(submission)
    submission.risks = risks_of(session, submission, data)
    if submission.origin == Origin.OFFICER:
        return
    moved = email is not None and email != submission.email
    submission.email = email or submission.email
    if not moved and _identity(before) == _identity(data):
        return
    submission.confirmed_at = submission.confirmation_method = submission.confirmed_by = None
    close_links(session, submission.id, now)
    submit(session, submission, now)


def _identity(data: RecordData) -> tuple[object, ...]:
    """What a confirmation is about: who it is and how they are reached."""
    numbers = sorted(phone.number or phone.text for phone in data.all_phones())
    return data.name, data.website, data.urls, sorted(data.all_emails()), numbers


def confirm(session: AnySession, submission: Submission, method: VerificationMethod, actor: str, now: datetime) -> None:
    """Somebody of the organization confirmed, by link, call or visit. Raises NotWaiting."""
    if submission.state not in (SubmissionState.UNCONFIRMED, SubmissionState.TO_CALL):
        raise NotWaiting(submission.state)
    submission.confirmed_at = now
    submission.confirmation_method = method
    submission.confirmed_by = actor
    submission.state = SubmissionState.PENDING
    record_audit(session, actor, "confirm-submission", *_about(submission), after={"method": method.value})


def withdraw(session: AnySession, submission: Submission, actor: str, now: datetime) -> None:
    """The submitter takes it back."""
    if submission.state not in EDITABLE_STATES:
        raise NotEditable(submission.state)
    submission.state = SubmissionState.WITHDRAWN
    submission.decided_at = now
    submission.decided_by = actor
    record_audit(session, actor, "withdraw-submission", *_about(submission))


def _about(submission: Submission) -> tuple[Entity, uuid.UUID | None]:
    return Entity.ORGANIZATION, submission.organization_id


def hand_over(session: AnySession, former: uuid.UUID, successor: uuid.UUID) -> int:
    """Move the open work of one person to another; returns how many submissions moved."""
    moved = session.scalars(
        update(Submission)
        .where(Submission.assigned_to == former, Submission.state.in_(OPEN_STATES))
        .values(assigned_to=successor)
        .returning(Submission.id)
        .execution_options(synchronize_session=False)
    )
    return len(moved.all())


def open_about(session: AnySession, organization_id: uuid.UUID) -> list[Submission]:
    """What is still open about an organization, oldest first."""
    query = (
        select(Submission)
        .where(Submission.organization_id == organization_id, Submission.state.in_(OPEN_STATES))
        .order_by(Submission.created_at)
    )
    return list(session.scalars(query))
