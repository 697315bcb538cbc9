"""How good a result is: predicates over the public record, never a copy of the ranking.

A query has grades: `[grade, predicate]`. Place and need are judged at one location; the highest grade that applies
counts. Predicates: `area`, `population`, `language`, `country`, `admin1`, `city` (any of the listed), `near` [latitude,
longitude, km], `nearest` [latitude, longitude, n] (the n nearest of those that pass the rest), `no_point`, `name`,
`words` (any of the listed, in a name), `phone` (digits at the end of a number), `not` (a predicate that must fail).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from directory.places.distance import great_circle_km
from directory.publication.records import PublicLocation, PublicOrganization
from directory.search.engine.analysis import words
from directory.settings import resource_dir

Predicate = Mapping[str, Any]


@dataclass(frozen=True)
class Judged:
    """A query with what a reader should understand and how results are graded."""

    text: str
    language: str
    kind: str
    understood: Mapping[str, Any]
    grades: Sequence[tuple[int, Predicate]]


def judged_path() -> Path:
    """The queries that come with a release."""
    return resource_dir("seed_data") / "lexicon" / "judged.json"


def queries(path: Path) -> list[Judged]:
    """The queries of a file."""
    listed = json.loads(path.read_text(encoding="utf-8"))
    return [
        Judged(
            item["q"], item["lang"], item["kind"], item["understood"], [(grade, rule) for grade, rule in item["grades"]]
        )
        for item in listed
    ]


@dataclass(frozen=True)
class _Place:
    record: PublicOrganization
    location: PublicLocation | None

    @property
    def areas(self) -> frozenset[str]:
        if self.location is not None and self.location.areas:
            return frozenset(self.location.areas)
        return frozenset(self.record.areas)

    @property
    def point(self) -> tuple[float, float] | None:
        place = self.location
        if place is None or place.latitude is None or place.longitude is None:
            return None
        return place.latitude, place.longitude


class Judge:
    """Grades all records for a query."""

    def __init__(self, records: Iterable[PublicOrganization]) -> None:
        self._places = [_Place(record, location) for record in records for location in (record.locations or (None,))]
        self._known: dict[str, dict[UUID, int]] = {}

    def grades(self, query: Judged) -> dict[UUID, int]:
        """The grade of every record that has one."""
        if query.text in self._known:
            return self._known[query.text]
        found = self._known[query.text] = {}
        for grade, rule in query.grades:
            for record_id in self._holding(rule):
                found[record_id] = max(found.get(record_id, 0), grade)
        return found

    def _holding(self, rule: Predicate) -> set[UUID]:
        plain = {key: value for key, value in rule.items() if key not in ("nearest", "not")}
        held = [place for place in self._places if all(_holds(place, key, value) for key, value in plain.items())]
        if "not" in rule:
            refused = self._holding(rule["not"])
            held = [place for place in held if place.record.id not in refused]
        if "nearest" in rule:
            latitude, longitude, count = rule["nearest"]
            located = [place for place in held if place.point]
            located.sort(key=lambda place: great_circle_km(place.point or (0, 0), (latitude, longitude)))
            held = located[:count]
        return {place.record.id for place in held}


def _holds(place: _Place, key: str, value: Any) -> bool:
    record, location = place.record, place.location
    if key == "area":
        return not place.areas.isdisjoint(value)
    if key == "population":
        return not frozenset(record.populations).isdisjoint(value)
    if key == "language":
        return not frozenset(record.languages).isdisjoint(value)
    if key == "country":
        return (location.country if location else record.country) in value
    if key == "admin1":
        return location is not None and location.admin1 in value
    if key == "city":
        return location is not None and " ".join(words(location.city or "")) in {
            " ".join(words(item)) for item in value
        }
    if key == "near":
        return place.point is not None and great_circle_km(place.point, (value[0], value[1])) <= value[2]
    if key == "no_point":
        return bool((place.point is None) == value)
    if key in ("name", "words"):
        return _is_named(record, value)
    if key == "phone":
        numbers = [phone.number or "" for phone in (*record.phones, *(location.phones if location else ()))]
        return any(number.endswith(str(value)) for number in numbers)
    raise ValueError(f"no predicate {key!r}")


def _is_named(record: PublicOrganization, wanted: Iterable[str]) -> bool:
    names = [" ".join(words(name)) for name in (record.name, record.acronym or "", *record.alternate_names)]
    return any(f" {' '.join(words(item))} " in f" {name} " for item in wanted for name in names)
