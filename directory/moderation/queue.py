"""What waits for a moderator, the riskiest and oldest first."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, or_, select

from directory.database import AnySession
from directory.moderation.models import PendingDecision
from directory.organizations.models import Organization
from directory.registration.models import OPEN_STATES, Report, ReportKind, Submission, SubmissionKind, SubmissionState
from directory.registration.risks import Risk

RISK_WEIGHTS = {
    Risk.MONEY: 40, Risk.CONTACT: 30, Risk.PROTECTION: 30, Risk.LINKS: 15, Risk.DUPLICATE: 10, Risk.DROPPED: 20,
}  # fmt: skip
"""Points of a risk; a day of waiting is worth three."""
DAY_POINTS = 3
_UNDECIDED = ~exists().where(PendingDecision.submission_id == Submission.id)


@dataclass(frozen=True)
class QueueFilter:
    """What to show of the queue. `countries` None: all."""

    states: frozenset[SubmissionState] = OPEN_STATES
    kinds: frozenset[SubmissionKind] = frozenset(SubmissionKind)
    countries: frozenset[str] | None = None
    assigned_to: uuid.UUID | None = None
    risk: str | None = None


@dataclass(frozen=True)
class Waiting:
    """A submission in the queue: how long it has waited and how much it weighs."""

    submission: Submission
    name: str
    days: int
    weight: int


def waiting(session: AnySession, wanted: QueueFilter, now: datetime) -> list[Waiting]:
    """The queue in its order, without what a decision is on its way for."""
    query = select(Submission, Organization.name).outerjoin(Organization, Organization.id == Submission.organization_id)
    query = query.where(Submission.state.in_(wanted.states), Submission.kind.in_(wanted.kinds), _UNDECIDED)
    if wanted.countries is not None:
        query = query.where(or_(Submission.country.in_(wanted.countries), Submission.country.is_(None)))
    if wanted.assigned_to:
        query = query.where(Submission.assigned_to == wanted.assigned_to)
    found = [_weighed(submission, name, now) for submission, name in session.execute(query)]
    if wanted.risk:
        found = [item for item in found if wanted.risk in item.submission.risks]
    return sorted(found, key=lambda item: (-item.weight, item.submission.created_at, str(item.submission.id)))


def _weighed(submission: Submission, name: str | None, now: datetime) -> Waiting:
    since = submission.submitted_at or submission.created_at
    days = max(0, (now - since).days)
    risk = sum(weight for risk, weight in RISK_WEIGHTS.items() if risk.value in submission.risks)
    return Waiting(submission, name or str(submission.data.get("name") or "—"), days, risk + DAY_POINTS * days)


def counts_by_state(session: AnySession, countries: Collection[str] | None) -> dict[SubmissionState, int]:
    """How many submissions wait in each open state."""
    query = (
        select(Submission.state, func.count())
        .where(Submission.state.in_(OPEN_STATES), _UNDECIDED)
        .group_by(Submission.state)
    )
    if countries is not None:
        query = query.where(or_(Submission.country.in_(countries), Submission.country.is_(None)))
    return {row[0]: row[1] for row in session.execute(query)}


@dataclass(frozen=True)
class Reported:
    """A record that people reported: how often, of which kinds, since when."""

    organization: Organization
    kinds: dict[ReportKind, int]
    last_at: datetime

    @property
    def weight(self) -> int:
        """Somebody who asks for money comes first."""
        return 100 * self.kinds.get(ReportKind.ASKS_FOR_MONEY, 0) + sum(self.kinds.values())


def reported(session: AnySession, countries: Collection[str] | None) -> list[Reported]:
    """The records with open reports that are not just good news, the gravest first."""
    query = (
        select(Organization, Report.kind, func.count(), func.max(Report.at))
        .join(Report, Report.organization_id == Organization.id)
        .where(Report.resolved_at.is_(None), Report.kind != ReportKind.REACHED, Organization.removed_at.is_(None))
        .group_by(Organization.id, Report.kind)
    )
    if countries is not None:
        query = query.where(Organization.country.in_(countries))
    kinds: dict[uuid.UUID, dict[ReportKind, int]] = {}
    last: dict[uuid.UUID, datetime] = {}
    records: dict[uuid.UUID, Organization] = {}
    for organization, kind, count, at in session.execute(query):
        records[organization.id] = organization
        kinds.setdefault(organization.id, {})[kind] = count
        last[organization.id] = max(at, last.get(organization.id, at))
    found = [Reported(records[key], kinds[key], last[key]) for key in records]
    return sorted(found, key=lambda item: (-item.weight, item.organization.name))
