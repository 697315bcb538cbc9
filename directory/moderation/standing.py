"""Where records stand today: freshness by risk, read for many records at once from plain columns."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from directory.database import AnySession
from directory.moderation.models import RecordUse
from directory.organizations.freshness import Freshness, freshness, review_due_on, review_interval_days
from directory.organizations.models import Organization
from directory.organizations.services import Service, ServiceAreaOf
from directory.registration.models import Report, ReportKind
from directory.vocabulary.models import TaxonomyTerm

USE_MONTHS_DAYS = 92
UNVERIFIED_AGE = 3.0
"""A record that nobody ever confirmed counts as three intervals old."""


@dataclass(frozen=True)
class Standing:
    """What the order of calls needs to know of a record. `age` is in intervals."""

    organization_id: uuid.UUID
    name: str
    country: str
    areas: frozenset[str]
    interval_days: int
    verified_on: date | None
    status: Freshness
    due_on: date | None
    age: float
    uses: int
    reports: int

    @property
    def worth(self) -> float:
        """Risk × use × age: which call does most good."""
        risk = 365 / self.interval_days
        return risk * (1 + self.uses / 10) * self.age * (1 + self.reports)


def standings(session: AnySession, today: date, countries: Collection[str] | None = None) -> list[Standing]:
    """Every public record's standing (five queries for any number)."""
    query = select(
        Organization.id, Organization.name, Organization.country, Organization.verified_on, Organization.due_since
    ).where(Organization.removed_at.is_(None))
    if countries is not None:
        query = query.where(Organization.country.in_(countries))
    areas, groups, emergencies = _services(session)
    uses = _uses(session, today)
    reports = _reports(session)
    found = []
    for row in session.execute(query):
        interval = review_interval_days(areas[row.id], groups[row.id], row.id in emergencies)
        age = (today - row.verified_on).days / interval if row.verified_on else UNVERIFIED_AGE
        found.append(
            Standing(
                organization_id=row.id,
                name=row.name,
                country=row.country,
                areas=frozenset(areas[row.id]),
                interval_days=interval,
                verified_on=row.verified_on,
                status=freshness(row.verified_on, interval, today, row.due_since),
                due_on=review_due_on(row.verified_on, interval),
                age=max(age, 1.0) if row.due_since else age,
                uses=uses.get(row.id, 0),
                reports=reports.get(row.id, 0),
            )
        )
    return found


def _services(
    session: AnySession,
) -> tuple[dict[uuid.UUID, set[str]], dict[uuid.UUID, set[str]], set[uuid.UUID]]:
    areas: dict[uuid.UUID, set[str]] = defaultdict(set)
    groups: dict[uuid.UUID, set[str]] = defaultdict(set)
    slugs = {row.id: row.slug for row in session.execute(select(TaxonomyTerm.id, TaxonomyTerm.slug))}
    emergencies = set()
    for row in session.execute(select(Service.organization_id, Service.group_id, Service.is_emergency)):
        groups[row.organization_id].add(slugs[row.group_id])
        if row.is_emergency:
            emergencies.add(row.organization_id)
    ties = select(Service.organization_id, ServiceAreaOf.term_id).join(
        ServiceAreaOf, ServiceAreaOf.service_id == Service.id
    )
    for organization_id, term_id in session.execute(ties):
        areas[organization_id].add(slugs[term_id])
    return areas, groups, emergencies


def _uses(session: AnySession, today: date) -> dict[uuid.UUID, int]:
    since = date.fromordinal(today.toordinal() - USE_MONTHS_DAYS).replace(day=1)
    query = (
        select(RecordUse.organization_id, func.sum(RecordUse.count))
        .where(RecordUse.month >= since)
        .group_by(RecordUse.organization_id)
    )
    return {row[0]: int(row[1]) for row in session.execute(query)}


def _reports(session: AnySession) -> dict[uuid.UUID, int]:
    query = (
        select(Report.organization_id, func.count())
        .where(Report.resolved_at.is_(None), Report.kind != ReportKind.REACHED)
        .group_by(Report.organization_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def freshness_by_country(rows: Collection[Standing]) -> dict[str, dict[Freshness, int]]:
    """How many records of each country are fresh, due, stale or were never confirmed."""
    table: dict[str, dict[Freshness, int]] = {}
    for row in rows:
        counts = table.setdefault(row.country, dict.fromkeys(Freshness, 0))
        counts[row.status] += 1
    return dict(sorted(table.items()))
