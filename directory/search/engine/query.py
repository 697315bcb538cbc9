"""What is asked of a search and what comes back: frozen values that page, API and every engine share."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

MAX_QUERY_LENGTH = 500
MAX_QUERY_WORDS = 40
MAX_FILTER_VALUES = 200
MAX_SIZE = 100
FACETS = ("country", "admin1", "area", "population", "language", "nationality", "status")


class Sort(enum.StrEnum):
    """The order of results. Relevance without words is by name."""

    RELEVANCE = "relevance"
    NAME = "name"
    VERIFIED = "verified"


@dataclass(frozen=True)
class PlaceArea:
    """A part of a jurisdiction: a country, a subdivision or a county of one; taken out where `excludes`."""

    country: str
    admin1: str | None
    admin2: str | None
    excludes: bool

    def holds(self, country: str, admin1: str | None, admin2: str | None) -> bool:
        """Whether a place lies in this part."""
        return self.country == country and self.admin1 in (None, admin1) and self.admin2 in (None, admin2)


@dataclass(frozen=True)
class ConsulateFilter:
    """A consulate as search sees it: its slug, and the places that it serves when the query was read."""

    slug: str
    areas: tuple[PlaceArea, ...]

    def covers(self, country: str, admin1: str | None, admin2: str | None) -> bool:
        """Whether a place is within the jurisdiction."""
        holding = [area for area in self.areas if area.holds(country, admin1, admin2)]
        return bool(holding) and not any(area.excludes for area in holding)


@dataclass(frozen=True)
class SearchQuery:
    """One search. Values of one filter are alternatives; different filters must all hold."""

    text: str = ""
    country: tuple[str, ...] = ()
    admin1: tuple[str, ...] = ()
    area: tuple[str, ...] = ()
    population: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    nationality: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    consulate: tuple[ConsulateFilter, ...] = ()
    available: bool = False
    """Only those that can take someone today, or of whom nothing is known."""
    literal: tuple[str, ...] = ()
    sort: Sort = Sort.RELEVANCE
    page: int = 1
    size: int = 20

    def filters(self) -> dict[str, list[str]]:
        """The filters that are set, by parameter name."""
        named = {name: list(getattr(self, name)) for name in FACETS}
        named["consulate"] = [consulate.slug for consulate in self.consulate]
        named["available"] = ["1"] if self.available else []
        return {name: values for name, values in named.items() if values}


@dataclass(frozen=True)
class Hit:
    """One organization found, and its location that answers best (None where it has none)."""

    organization_id: UUID
    location_id: UUID | None
    score: float
    distance_km: float | None = None


@dataclass(frozen=True)
class SearchResult:
    """What a search found. A facet's counts ignore the facet's own filter; values most frequent first."""

    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, tuple[tuple[str, int], ...]]
    feed_seq: int
    suggestion: str | None = None
    understood: tuple[Mapping[str, str], ...] = ()
    today: date = field(default_factory=date.today)

    def pages(self, size: int) -> int:
        """How many pages of `size` results there are."""
        return -(-self.total // size)
