"""Edits of a record that exists: what goes live at once, and what waits for the old channel or a moderator."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from directory.accounts.links import LIFETIMES, make_link, revoke_links
from directory.accounts.models import LinkPurpose
from directory.changes.models import Entity
from directory.changes.recording import record_audit
from directory.database import AnySession
from directory.organizations.differences import Conflict, Difference, Path, differences, merge, only
from directory.organizations.edit import change_record, current_revision, record_data, revision_data
from directory.organizations.models import Organization
from directory.organizations.record_data import RecordData, public_view
from directory.organizations.verify import verify
from directory.registration import letters
from directory.registration.models import Origin, Submission, SubmissionKind, SubmissionState
from directory.registration.protection import revealing, with_private_places
from directory.registration.risks import Risk, is_risky, risks_of
from directory.registration.submissions import begin, data_of
from directory.vocabulary.catalogue import Vocabulary

TRUSTED = frozenset({Origin.LINK, Origin.ACCOUNT, Origin.OFFICER})
"""Doors through which whoever comes has proved to speak for the organization, or to work for the network."""


@dataclass(frozen=True)
class Outcome:
    """What became of an edit: what is live, what waits, and what two people changed differently."""

    live: tuple[Difference, ...] = ()
    waiting: tuple[Difference, ...] = ()
    conflicts: tuple[Conflict, ...] = ()


def begin_change(
    session: AnySession,
    organization: Organization,
    terms: Vocabulary,
    origin: Origin,
    language: str,
    now: datetime,
    *,
    email: str | None = None,
    author_id: uuid.UUID | None = None,
) -> Submission:
    """A draft that starts from the record as it stands; a stranger's shows what the public sees."""
    data = record_data(session, organization.id, terms)
    submission = begin(
        session,
        data if origin in TRUSTED else public_view(data),
        kind=SubmissionKind.CHANGE,
        origin=origin,
        language=language,
        now=now,
        organization_id=organization.id,
        base_revision=current_revision(session, organization.id),
        email=email,
    )
    submission.author_id = author_id
    return submission


def unfinished_change(
    session: AnySession, organization_id: uuid.UUID, email: str | None, now: datetime
) -> Submission | None:
    """What was begun through a link to the same address and not sent yet, the newest; None where nothing was."""
    return session.scalar(
        select(Submission)
        .where(
            Submission.organization_id == organization_id,
            Submission.kind == SubmissionKind.CHANGE,
            Submission.origin == Origin.LINK,
            Submission.email.is_not_distinct_from(email),
            Submission.state.in_((SubmissionState.DRAFT, SubmissionState.RETURNED)),
            Submission.updated_at > now - LIFETIMES[LinkPurpose.DRAFT],
        )
        .order_by(Submission.updated_at.desc())
        .limit(1)
    )


def waiting_changes(session: AnySession, organization_id: uuid.UUID) -> list[Submission]:
    """What the organization itself sent in and that waits for the old address or a moderator, the newest first."""
    query = select(Submission).where(
        Submission.organization_id == organization_id,
        Submission.kind == SubmissionKind.CHANGE,
        Submission.origin.in_((Origin.LINK, Origin.ACCOUNT)),
        Submission.state.in_((SubmissionState.OLD_CHANNEL, SubmissionState.PENDING)),
    )
    return list(session.scalars(query.order_by(Submission.submitted_at.desc())))


def base_of(session: AnySession, submission: Submission, terms: Vocabulary) -> RecordData:
    """The record that an edit started from, as whoever edits could see it."""
    data = revision_data(session, _about(submission), submission.base_revision or 0, terms)
    if submission.origin not in TRUSTED:
        return public_view(data)
    # What was taken out of the past since stands in the first version: the record as the edit began.
    return with_private_places(data, RecordData.model_validate(submission.versions[0].data))


def _about(submission: Submission) -> uuid.UUID:
    if submission.organization_id is None:
        raise ValueError("this submission is about no organization yet")
    return submission.organization_id


def on_current(
    session: AnySession, submission: Submission, terms: Vocabulary
) -> tuple[RecordData, RecordData, list[Conflict]]:
    """The record as it stands, the record with this edit on top of it, and what collides."""
    base = base_of(session, submission, terms)
    theirs = record_data(session, _about(submission), terms)
    merged, conflicts = merge(base, data_of(submission), theirs)
    return theirs, merged, conflicts


def submit_change(
    session: AnySession,
    submission: Submission,
    organization: Organization,
    terms: Vocabulary,
    actor: str,
    now: datetime,
) -> Outcome:
    """Hand an edit in. Nothing is written where two people changed the same value: they decide first.

    A stranger hears nothing of what the record says now beyond what everybody sees: their edit always waits.
    """
    if submission.origin not in TRUSTED:
        return _suggest(session, submission, terms, now)
    current, merged, conflicts = on_current(session, submission, terms)
    if conflicts:
        return Outcome(conflicts=tuple(conflicts))
    changed, telling = differences(current, merged), revealing(current, merged)
    if submission.origin == Origin.LINK and submission.confirmed_at and submission.confirmation_method:
        verify(session, organization, submission.confirmation_method, actor, now.astimezone().date())
        revoke_links(session, organization.id, now, LinkPurpose.STILL_RIGHT)
    if not changed:
        submission.state = SubmissionState.WITHDRAWN
        return Outcome()
    submission.submitted_at = now
    submission.risks = risks_of(session, submission, merged)
    if organization.contacts_suspended_at:
        # Somebody may be speaking for the organization who does not: nothing goes live, and nobody is asked.
        _wait(submission, changed, telling)
        return Outcome(waiting=tuple(changed))
    risky = [] if submission.origin == Origin.OFFICER else _risky(changed, telling)
    safe = {item.path for item in changed} - {item.path for item in risky}
    live = change_record(session, organization, only(current, merged, safe), terms, actor, "edit") if safe else []
    if not risky:
        submission.state = SubmissionState.APPROVED
        submission.decided_at, submission.decided_by = now, actor
        return Outcome(live=tuple(live))
    _hold(session, submission, organization, current, risky, telling, now)
    held = {"submission": str(submission.id), "fields": [".".join(item.path) for item in risky]}
    record_audit(session, actor, "hold-change", Entity.ORGANIZATION, organization.id, after=held)
    return Outcome(live=tuple(live), waiting=tuple(risky))


def _suggest(session: AnySession, submission: Submission, terms: Vocabulary, now: datetime) -> Outcome:
    changed = differences(base_of(session, submission, terms), data_of(submission))
    if not changed:
        submission.state = SubmissionState.WITHDRAWN
        return Outcome()
    submission.submitted_at = now
    submission.risks = risks_of(session, submission, data_of(submission))
    _wait(submission, changed, revealing(record_data(session, _about(submission), terms), data_of(submission)))
    return Outcome(waiting=tuple(changed))


def _wait(submission: Submission, changed: list[Difference], telling: set[Path]) -> None:
    submission.state = SubmissionState.PENDING
    _note_contact_risk(submission, _risky(changed, telling), telling)


def _risky(changed: list[Difference], telling: set[Path]) -> list[Difference]:
    """What must be confirmed; a place or service that goes with a contact of its own waits as a whole.

    `telling`: places and texts that would say where somebody hides.
    """
    risky = [item for item in changed if is_risky(item)]
    whole = {item.path[:2] for item in risky if len(item.path) > 2 and item.after is None}
    return risky + [item for item in changed if {item.path, item.path[:2]} & (whole | telling) and item not in risky]


def _note_contact_risk(submission: Submission, risky: list[Difference], telling: set[Path]) -> None:
    opened = [
        item
        for item in risky
        if item.path[-1] in ("visibility", "is_email_private") or {item.path, item.path[:2]} & telling
    ]
    contacts = [".".join(item.path) for item in risky if item not in opened]
    found = {Risk.CONTACT.value: contacts, Risk.PROTECTION.value: [".".join(item.path) for item in opened]}
    submission.risks = {**submission.risks, **{risk: paths for risk, paths in found.items() if paths}}


def _hold(
    session: AnySession,
    submission: Submission,
    organization: Organization,
    current: RecordData,
    risky: list[Difference],
    telling: set[Path],
    now: datetime,
) -> None:
    """Ask the old channel; where there is none, a moderator calls."""
    _note_contact_risk(submission, risky, telling)
    submission.state = SubmissionState.PENDING
    address = next(iter(current.all_emails()), None)
    if address:
        submission.state = SubmissionState.OLD_CHANNEL
        token = make_link(
            session,
            LinkPurpose.OLD_CHANNEL,
            now,
            organization_id=organization.id,
            submission_id=submission.id,
            email=address,
        )
        letters.post_old_channel(session, organization, address, risky, token, submission.language)


def apply_change(
    session: AnySession, submission: Submission, organization: Organization, terms: Vocabulary, actor: str
) -> list[Difference]:
    """Make an accepted edit live on top of what the record says now; where both changed a value, the edit wins."""
    _, merged, conflicts = on_current(session, submission, terms)
    if conflicts:
        merged = only(merged, data_of(submission), {item.path for item in conflicts})
    return change_record(session, organization, merged, terms, actor, "edit")


def decide_by_old_channel(
    session: AnySession,
    submission: Submission,
    organization: Organization,
    terms: Vocabulary,
    now: datetime,
    *,
    agrees: bool,
) -> list[Difference]:
    """The address on record said whether a change of contacts is theirs."""
    actor = f"old-channel:{submission.id}"
    submission.decided_at, submission.decided_by = now, actor
    if agrees:
        submission.state = SubmissionState.APPROVED
        return apply_change(session, submission, organization, terms, actor)
    submission.state = SubmissionState.WITHDRAWN
    record_audit(session, actor, "refuse-change", Entity.ORGANIZATION, organization.id,
                 after={"submission": str(submission.id)})  # fmt: skip
    return []
