"""What keeps the directory true, in figures: confirmed, added, called. They exist before anybody was ever referred."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from directory.changes.models import AuditEntry, Entity
from directory.database import AnySession
from directory.organizations.models import Organization, VerificationMethod
from directory.registration.models import Submission, SubmissionKind, SubmissionState
from directory.statistics.register import bounds


@dataclass(frozen=True)
class Upkeep:
    """What was done for the records of some countries in some months."""

    confirmed: int
    """Different organizations of which somebody said that the record is right."""
    added: int
    """Organizations that registered, or were registered, and were published."""
    calls: int
    """Calls that were noted, whatever came of them."""


def upkeep_of(session: AnySession, countries: Collection[str], since: date, until: date) -> Upkeep:
    """In the months from `since` to `until` (both first days, `until` included); two queries."""
    start, end = bounds(since, until)
    rows = session.execute(
        select(AuditEntry.entity_id, AuditEntry.action, AuditEntry.after)
        .join(Organization, Organization.id == AuditEntry.entity_id)
        .where(
            AuditEntry.entity == Entity.ORGANIZATION,
            AuditEntry.action.in_(("verify", "call")),
            AuditEntry.at >= start,
            AuditEntry.at < end,
            Organization.country.in_(countries),
        )
    ).all()
    confirmed: set[uuid.UUID | None] = {row.entity_id for row in rows if row.action == "verify"}
    added = session.scalar(
        select(func.count()).where(
            Submission.kind == SubmissionKind.NEW,
            Submission.state == SubmissionState.APPROVED,
            Submission.decided_at >= start,
            Submission.decided_at < end,
            Submission.country.in_(countries),
        )
    )
    by_call = VerificationMethod.CALL.value
    calls = sum(row.action == "call" or (row.after or {}).get("method") == by_call for row in rows)
    return Upkeep(len(confirmed), added or 0, calls)
