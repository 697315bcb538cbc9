"""How good a result is: predicates over the public record, never a copy of the ranking.

A query has grades: `[grade, predicate]`. Place and need are judged at one location; the highest grade that applies
counts. Predicates: `area`, `population`, `language`, `country`, `admin1`, `city` (any of the listed), `near` [latitude,
longitude, km], `nearest` [latitude, longitude, n] (the n nearest of those that pass the rest), `no_point`, `name`,
`words` (any of the listed, in a name), `phone` (digits at the end of a number), `not` (a predicate that must fail).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
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
    names: tuple[str, ...]
    """The record's names, folded, with a space at both ends."""
    number: tuple[str, int]
    """Places of a name stand together, in the order of the record."""

    @classmethod
    def of(cls, record: PublicOrganization) -> list[_Place]:
        """The places of a record; one without a location where it has none."""
        names = (record.name, record.acronym or "", *record.alternate_names)
        folded = tuple(f" {' '.join(words(name))} " for name in names)
        locations = record.locations or (None,)
        return [
            cls(record, location, folded, (f"{record.name} {record.id}", at)) for at, location in enumerate(locations)
        ]

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
        self._places: dict[UUID, list[_Place]] = {}
        self._known: dict[str, dict[UUID, int]] = {}
        self._by_value: dict[str, dict[str, list[_Place]]] = {}
        self.replace({record.id: record for record in records})

    def replace(self, records: Mapping[UUID, PublicOrganization | None]) -> None:
        """Take records as they are now; None: it is in public sight no more."""
        for record_id, record in records.items():
            self._places.pop(record_id, None)
            if record is not None:
                self._places[record_id] = _Place.of(record)
        self._known.clear()
        self._by_value = {key: {} for key in _VALUES}
        for place in (place for places in self._places.values() for place in places):
            for key, values_of in _VALUES.items():
                for value in values_of(place):
                    self._by_value[key].setdefault(value, []).append(place)

    def grades(self, query: Judged) -> dict[UUID, int]:
        """The grade of every record that has one."""
        if query.text in self._known:
            return self._known[query.text]
        found: dict[UUID, int] = {}
        for grade, rule in query.grades:
            for record_id in self._holding(rule):
                found[record_id] = max(found.get(record_id, 0), grade)
        self._known[query.text] = found
        return found

    def _holding(self, rule: Predicate) -> set[UUID]:
        others = [(key, value) for key, value in rule.items() if key not in (*_VALUES, "nearest", "not")]
        held = [place for place in self._with_values(rule) if all(_holds(place, key, value) for key, value in others)]
        if "not" in rule:
            refused = self._holding(rule["not"])
            held = [place for place in held if place.record.id not in refused]
        if "nearest" in rule:
            latitude, longitude, count = rule["nearest"]
            located = [place for place in held if place.point]
            located.sort(key=lambda place: great_circle_km(place.point or (0, 0), (latitude, longitude)))
            held = located[:count]
        return {place.record.id for place in held}

    def _with_values(self, rule: Predicate) -> Iterable[_Place]:
        """The places that have one of the values of every key that lists some."""
        held: dict[int, _Place] | None = None
        for key in self._by_value.keys() & rule.keys():
            known = self._by_value[key]
            own = {id(place): place for value in rule[key] for place in known.get(value, ())}
            held = own if held is None else {key: held[key] for key in held.keys() & own.keys()}
        if held is None:
            return (place for places in self._places.values() for place in places)
        # In the order of the records: where two are equally near, the first counts.
        return sorted(held.values(), key=lambda place: place.number)


_VALUES: Mapping[str, Callable[[_Place], Iterable[str]]] = {
    "area": lambda place: place.areas,
    "population": lambda place: place.record.populations,
    "language": lambda place: place.record.languages,
    "country": lambda place: (place.location.country if place.location else place.record.country,),
    "admin1": lambda place: (place.location.admin1,) if place.location and place.location.admin1 else (),
}
"""Predicates that ask for one of some values, and which a place has."""


def _holds(place: _Place, key: str, value: Any) -> bool:
    record, location = place.record, place.location
    if key == "city":
        return location is not None and " ".join(words(location.city or "")) in {
            " ".join(words(item)) for item in value
        }
    if key == "near":
        return place.point is not None and great_circle_km(place.point, (value[0], value[1])) <= value[2]
    if key == "no_point":
        return bool((place.point is None) == value)
    if key in ("name", "words"):
        return _is_named(place, value)
    if key == "phone":
        numbers = [phone.number or "" for phone in (*record.phones, *(location.phones if location else ()))]
        return any(number.endswith(str(value)) for number in numbers)
    raise ValueError(f"no predicate {key!r}")


def _is_named(place: _Place, wanted: Iterable[str]) -> bool:
    return any(f" {' '.join(words(item))} " in name for item in wanted for name in place.names)
