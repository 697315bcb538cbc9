"""Closing every door about a record that is doubted, removed or merged, in the transaction that does so."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import delete, or_, select, update

from directory.accounts.links import close_where
from directory.accounts.models import AccessLink, LinkPurpose
from directory.database import AnySession
from directory.mail.models import OutboxMessage
from directory.registration.models import EDITABLE_STATES, OPEN_STATES, Origin, Submission, SubmissionState
from directory.registration.redaction import redact

_NOT_IN_HAND = (EDITABLE_STATES | OPEN_STATES) - {SubmissionState.PENDING, SubmissionState.TO_CALL}
"""What nobody of the network has before them yet: it goes on only through a door."""


def close_doors(session: AnySession, organization_id: uuid.UUID, actor: str, now: datetime) -> None:
    """Nothing that was given out about an organization works a minute longer.

    Links of every purpose are used up; what was begun and not handed to a moderator is withdrawn; letters that have
    not left are taken out of the outbox. What waits for a moderator stays, since only a moderator acts on it, and so do
    drafts of the network's own people.
    """
    about = select(Submission.id).where(Submission.organization_id == organization_id)
    ours = about.where(Submission.origin == Origin.OFFICER)
    quietly = {"synchronize_session": False}
    session.flush()
    close_where(
        session,
        now,
        or_(AccessLink.organization_id == organization_id, AccessLink.submission_id.in_(about)),
        # It opens only with the account of whoever began.
        or_(
            AccessLink.purpose != LinkPurpose.DRAFT,
            AccessLink.submission_id.is_(None),
            AccessLink.submission_id.not_in(ours),
        ),
    )
    session.execute(
        update(Submission)
        .where(
            Submission.organization_id == organization_id,
            Submission.state.in_(_NOT_IN_HAND),
            Submission.origin != Origin.OFFICER,
        )
        .values(
            state=SubmissionState.WITHDRAWN,
            decided_at=now,
            decided_by=actor,
            updated_at=now,
        )
        .execution_options(**quietly)
    )
    session.execute(
        delete(OutboxMessage)
        .where(
            OutboxMessage.organization_id == organization_id,
            OutboxMessage.sent_at.is_(None),
            OutboxMessage.refused_at.is_(None),
        )
        .execution_options(**quietly)
    )
    session.expire_all()
    redact(session, [organization_id])
