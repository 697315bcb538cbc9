"""What the index stores of each organization, as Python values that filters and counts read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from directory.organizations.freshness import freshness

AVAILABILITY_ORDER = ("open", "limited", "unknown", "full", "closed")


@dataclass(frozen=True, slots=True)
class LocationRow:
    """A location of an organization: where it is, what is offered there, whether it can be called."""

    id: UUID
    country: str
    admin1: str | None
    admin2: str | None
    place_id: str | None
    city_words: frozenset[str]
    areas: frozenset[str]
    has_phone: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One organization of the index."""

    id: UUID
    sort_key: str
    values: dict[str, tuple[str, ...]]
    """Facet values by facet; `status` is derived with the day."""
    verified_day: int | None
    interval_days: int
    due_since_day: int | None
    availability: tuple[tuple[str, int | None], ...]
    """What was said of each service, and the last day of it (a day number); empty where nothing was said of any."""
    locations: tuple[LocationRow, ...]

    def status(self, today: date) -> str:
        """Freshness on a day."""
        verified_on = date.fromordinal(self.verified_day) if self.verified_day else None
        due_since = date.fromordinal(self.due_since_day) if self.due_since_day else None
        return freshness(verified_on, self.interval_days, today, due_since).value

    def available(self, today: date) -> str:
        """The best that any service says on a day; what has lapsed is unknown."""
        day = today.toordinal()
        said = [state if until is None or until >= day else "unknown" for state, until in self.availability]
        return min(said, key=AVAILABILITY_ORDER.index, default="unknown")


def read_row(item: dict[str, Any]) -> Row:
    """The row that a stored document spells."""
    data = item["data"]
    return Row(
        id=UUID(item["id"]),
        sort_key=data["sort"],
        values={
            "country": tuple(data["countries"]),
            "admin1": tuple(data["admin1s"]),
            "area": tuple(data["areas"]),
            "population": tuple(data["populations"]),
            "language": tuple(data["languages"]),
            "nationality": tuple(data["nationalities"]),
        },
        verified_day=data["verified"],
        interval_days=data["interval"],
        due_since_day=data["due_since"],
        availability=_said(data["availability"]),
        locations=tuple(_locations(data["locations"])),
    )


def _said(stored: list[list[Any]]) -> tuple[tuple[str, int | None], ...]:
    if all(state == "unknown" for state, _ in stored):
        return ()
    return tuple((state, until) for state, until in stored)


def _locations(stored: list[list[Any]]) -> Iterator[LocationRow]:
    for location_id, country, admin1, admin2, place_id, city_words, areas, has_phone in stored:
        yield LocationRow(
            UUID(location_id), country, admin1, admin2, place_id, frozenset(city_words), frozenset(areas), has_phone
        )
