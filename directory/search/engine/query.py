"""What is asked of a search and what comes back: frozen values that page, API and every engine share."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

MAX_QUERY_LENGTH = 2_000
MAX_FILTER_VALUES = 200
MAX_SIZE = 100
FACETS = ("country", "admin1", "area", "population", "language", "nationality", "status")


class Sort(enum.StrEnum):
    """The order of results. Relevance without words is by name."""

    RELEVANCE = "relevance"
    NAME = "name"
    VERIFIED = "verified"
    DISTANCE = "distance"


@dataclass(frozen=True)
class PlaceArea:
    """A part of a jurisdiction: a country, a subdivision, a county or town of one; taken out where `excludes`."""

    country: str
    admin1: str | None
    admin2: str | None
    excludes: bool
    place_id: str | None = None

    def holds(self, country: str, admin1: str | None, admin2: str | None, place_id: str | None = None) -> bool:
        """Whether a place lies in this part."""
        return (
            self.country == country
            and self.admin1 in (None, admin1)
            and self.admin2 in (None, admin2)
            and self.place_id in (None, place_id)
        )


@dataclass(frozen=True)
class ConsulateFilter:
    """A consulate as search sees it: its slug, the places that it serves and its partners when the query was read."""

    slug: str
    areas: tuple[PlaceArea, ...]
    partners: frozenset[UUID] = frozenset()

    def covers(self, country: str, admin1: str | None, admin2: str | None, place_id: str | None = None) -> bool:
        """Whether a place is within the jurisdiction."""
        holding = [area for area in self.areas if area.holds(country, admin1, admin2, place_id)]
        return bool(holding) and not any(area.excludes for area in holding)

    def overlaps(self, code: str) -> bool:
        """Whether a country or subdivision (`US`, `US-TX`) shares any place with the jurisdiction."""
        country, admin1 = code[:2], code if len(code) > 2 else None
        if any(area.excludes and area.admin2 is None and area.holds(country, admin1, None) for area in self.areas):
            return False
        return any(
            area.country == country and not area.excludes and (admin1 is None or area.admin1 in (None, admin1))
            for area in self.areas
        )


@dataclass(frozen=True)
class Near:
    """Where a search is: a point in degrees, what was asked for, and how that is called, by language."""

    point: tuple[float, float]
    asked: str
    labels: tuple[tuple[str, str], ...] = ()
    country: str | None = None

    def label(self, language: str) -> str:
        """The place in a language; what was asked for where it is a bare point."""
        return dict(self.labels).get(language, self.asked)


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
    partner: bool = False
    """Only partners of the chosen consulates."""
    preferred: frozenset[UUID] = frozenset()
    """Partners of whoever searches, who come first; they are no filter, and no part of an address."""
    literal: tuple[str, ...] = ()
    near: Near | None = None
    within_km: float | None = None
    """Only organizations with a public location within so many kilometres of `near`."""
    strict: bool = False
    """Without the rungs that leave the wider area: what is asked for, or nothing."""
    own: tuple[ConsulateFilter, ...] = ()
    """The consulate of whoever searches: its area is here where the text names no place. No filter, and no part of an
    address."""
    anywhere: bool = False
    """The area of one's own consulate, or of a chosen one, is no part of the question."""
    explain: bool = False
    """With the terms of every score."""
    sort: Sort = Sort.RELEVANCE
    page: int = 1
    size: int = 20

    @property
    def first(self) -> frozenset[UUID]:
        """The organizations that come first by relevance: partners of the chosen consulates and of who searches."""
        return self.preferred.union(*(consulate.partners for consulate in self.consulate))

    def filters(self) -> dict[str, list[str]]:
        """The filters that are set, by parameter name."""
        named = {name: list(getattr(self, name)) for name in FACETS}
        named["consulate"] = [consulate.slug for consulate in self.consulate]
        named["available"] = ["1"] if self.available else []
        named["partner"] = ["1"] if self.partner else []
        named["near"] = [self.near.asked] if self.near else []
        named["within"] = [f"{self.within_km:g}"] if self.within_km else []
        return {name: values for name, values in named.items() if values}


class Hit(NamedTuple):
    """One organization found, and its location that answers best (None where it has none)."""

    organization_id: UUID
    location_id: UUID | None
    score: float
    distance_km: float | None = None
    revision: int = 0
    """The revision of the record that the index holds."""
    number: int = -1
    """The document's number in the generation that answered: what its snippet is asked by."""
    need: str | None = None
    """`yes`, `related` or `no`; None where no need was understood."""
    place: str | None = None
    """`here`, `near`, `region`, `country` or `elsewhere`; None where no place was understood."""
    lacks: tuple[str, ...] = ()
    """What was asked about people and it does not say: `population:women`."""
    rung: int = 0
    terms: tuple[tuple[str, float], ...] = ()
    """What the score is the sum of, and the day's `factor` by which that is taken; only where it was asked for."""


@dataclass(frozen=True, slots=True)
class Relaxed:
    """From which result on (0 is the first of all) what was given up: `place`, `country`, `related` or `words`."""

    start: int
    step: str
    rung: int
    count: int


@dataclass(frozen=True)
class SearchResult:
    """What a search found. A facet's counts ignore the facet's own filter; values most frequent first."""

    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, tuple[tuple[str, int], ...]]
    feed_seq: int
    at: datetime
    """The instant at which freshness and availability were judged."""
    epoch: str = ""
    """Of the change feed that the index has followed up to `feed_seq`."""
    suggestion: str | None = None
    relaxed: tuple[Relaxed, ...] = ()

    def pages(self, size: int) -> int:
        """How many pages of `size` results there are."""
        return -(-self.total // size)
