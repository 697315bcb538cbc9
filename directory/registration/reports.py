"""What people say about records: reached, no answer, wrong number, closed, asks for money."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy import func, select, update

from directory.changes.models import ChangeKind, Entity
from directory.changes.recording import record_audit, record_change
from directory.database import AnySession
from directory.organizations.models import Organization
from directory.registration.models import Report, ReportKind

WRONG_NUMBERS_UNTIL_DUE = 2
WITHIN = timedelta(days=30)
URGENT = frozenset({ReportKind.ASKS_FOR_MONEY})


def report(
    session: AnySession,
    organization: Organization,
    kind: ReportKind,
    note: str | None,
    user_id: uuid.UUID | None,
    now: datetime,
) -> Report:
    """Keep a report. Two people who are signed in and found a wrong number within 30 days make a record due."""
    found = Report(organization_id=organization.id, kind=kind, note=note, user_id=user_id, at=now)
    session.add(found)
    session.flush()
    if kind == ReportKind.WRONG_NUMBER and user_id and not organization.due_since:
        reporters = session.scalar(
            select(func.count(func.distinct(Report.user_id))).where(
                Report.organization_id == organization.id,
                Report.kind == ReportKind.WRONG_NUMBER,
                Report.user_id.is_not(None),
                Report.resolved_at.is_(None),
                Report.at > now - WITHIN,
            )
        )
        if (reporters or 0) >= WRONG_NUMBERS_UNTIL_DUE:
            organization.due_since = now.astimezone().date()
            record_change(session, Entity.ORGANIZATION, organization.id, ChangeKind.UPDATED)
            record_audit(session, "reports", "make-due", Entity.ORGANIZATION, organization.id)
    return found


def open_reports(session: AnySession, organization_id: uuid.UUID) -> list[Report]:
    """What nobody has looked into yet, the last one first."""
    query = select(Report).where(Report.organization_id == organization_id, Report.resolved_at.is_(None))
    return list(session.scalars(query.order_by(Report.at.desc())))


def resolve_reports(session: AnySession, organization_id: uuid.UUID, actor: str, now: datetime) -> None:
    """Somebody looked into everything that was reported."""
    session.execute(
        update(Report)
        .where(Report.organization_id == organization_id, Report.resolved_at.is_(None))
        .values(resolved_at=now, resolved_by=actor)
        .execution_options(synchronize_session="fetch")
    )
