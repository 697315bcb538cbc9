"""Who helps with what, where: a matrix of service areas and places, and its empty cells."""

from __future__ import annotations

import enum
import uuid
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select

from directory.consulates.jurisdiction import Spot
from directory.database import AnySession
from directory.organizations.freshness import Freshness
from directory.organizations.models import Location, Organization, Visibility
from directory.organizations.services import (
    AreaAtLocation,
    Availability,
    AvailabilityState,
    Service,
    ServiceAreaOf,
    ServiceCoverage,
)
from directory.vocabulary.catalogue import Vocabulary

ColumnOf = Callable[[Spot], str | None]
"""In which column of the matrix a place falls; None: in none."""
_CAN_TAKE = (AvailabilityState.OPEN, AvailabilityState.LIMITED)


class Figure(enum.StrEnum):
    """What is counted in a cell."""

    TOTAL = "total"
    OPEN = "open"
    """Said that they can take someone today."""
    FRESH = "fresh"
    """Confirmed within their interval."""
    PARTNER = "partner"
    STALE = "stale"
    """Confirmed once, and out of date since; or never confirmed."""


@dataclass
class Cell:
    """The organizations that offer a service area in a place, by figure."""

    organizations: dict[Figure, set[uuid.UUID]] = field(default_factory=lambda: {figure: set() for figure in Figure})

    def count(self, figure: Figure = Figure.TOTAL) -> int:
        """How many organizations."""
        return len(self.organizations[figure])


@dataclass(frozen=True)
class Matrix:
    """Cells by service area and column. What is missing from `cells` is empty."""

    areas: tuple[str, ...]
    columns: tuple[str, ...]
    cells: Mapping[tuple[str, str], Cell]

    def count(self, area: str, column: str, figure: Figure = Figure.TOTAL) -> int:
        """How many organizations offer `area` in `column`."""
        cell = self.cells.get((area, column))
        return cell.count(figure) if cell else 0

    def gaps(self, column: str) -> list[str]:
        """The service areas that nobody on record offers there."""
        return [area for area in self.areas if not self.count(area, column)]

    def thin(self, column: str) -> list[str]:
        """The service areas that somebody offers, but of whom nobody was confirmed lately."""
        return [area for area in self.areas if self.count(area, column) and not self.count(area, column, Figure.FRESH)]

    def total(self, column: str, figure: Figure = Figure.TOTAL) -> int:
        """How many different organizations help there with anything."""
        found: set[uuid.UUID] = set()
        for (_, place), cell in self.cells.items():
            if place == column:
                found |= cell.organizations[figure]
        return len(found)


@dataclass(frozen=True)
class Offer:
    """One organization offers one service area in one place."""

    organization_id: uuid.UUID
    area: str
    spot: Spot
    can_take: bool


def offers(session: AnySession, terms: Vocabulary, countries: Collection[str], on: date) -> list[Offer]:
    """Everything that public organizations offer in some countries (three queries). Protected places by their town."""
    slugs = {term.id: term.slug for term in terms.areas.values()}
    openness = {
        row.service_id: row.until is None or row.until >= on
        for row in session.execute(
            select(Availability.service_id, Availability.until).where(Availability.state.in_(_CAN_TAKE))
        )
    }
    at_places = (
        select(
            Location.organization_id,
            AreaAtLocation.service_id,
            AreaAtLocation.term_id,
            Location.country,
            Location.admin1,
            Location.admin2,
            Location.place_id,
        )
        .join(Location, Location.id == AreaAtLocation.location_id)
        .join(Organization, Organization.id == Location.organization_id)
        .where(
            Organization.removed_at.is_(None),
            Location.visibility != Visibility.HIDDEN,
            Location.country.in_(countries),
        )
    )
    by_coverage = (
        select(Service.organization_id, Service.id, ServiceAreaOf.term_id, ServiceCoverage.code)
        .join(ServiceCoverage, ServiceCoverage.service_id == Service.id)
        .join(ServiceAreaOf, ServiceAreaOf.service_id == Service.id)
        .join(Organization, Organization.id == Service.organization_id)
        .where(Organization.removed_at.is_(None))
    )
    found = [
        Offer(row[0], slugs[row[2]], Spot(row[3], row[4], row[5], row[6]), openness.get(row[1], False))
        for row in session.execute(at_places)
    ]
    found += [
        Offer(row[0], slugs[row[2]], _spot(row[3]), openness.get(row[1], False))
        for row in session.execute(by_coverage)
        if row[3][:2] in countries
    ]
    return found


def _spot(code: str) -> Spot:
    return Spot(code[:2], code if len(code) > 2 else None)


def matrix(
    found: Collection[Offer],
    terms: Vocabulary,
    columns: Collection[str],
    column_of: ColumnOf,
    standing: Mapping[uuid.UUID, Freshness],
    partners: Collection[uuid.UUID],
) -> Matrix:
    """Count offers into cells. `standing` tells how fresh records are, `partners` whose partner they are."""
    cells: dict[tuple[str, str], Cell] = defaultdict(Cell)
    wanted = set(columns)
    for offer in found:
        column = column_of(offer.spot)
        if column is None or column not in wanted:
            continue
        figures = cells[(offer.area, column)].organizations
        figures[Figure.TOTAL].add(offer.organization_id)
        if offer.can_take:
            figures[Figure.OPEN].add(offer.organization_id)
        if offer.organization_id in partners:
            figures[Figure.PARTNER].add(offer.organization_id)
        fresh = standing.get(offer.organization_id) in (Freshness.VERIFIED, Freshness.DUE)
        figures[Figure.FRESH if fresh else Figure.STALE].add(offer.organization_id)
    return Matrix(tuple(terms.areas), tuple(columns), cells)
