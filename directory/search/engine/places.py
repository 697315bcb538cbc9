"""Which location of an organization answers a search best, and how far it is."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from math import inf, isnan
from uuid import UUID

from directory.search.engine.analysis import query_words
from directory.search.engine.collection import Collection, Head
from directory.search.engine.day import DayView
from directory.search.engine.geo import distances_km
from directory.search.engine.intent import Intent
from directory.search.engine.query import Hit, SearchQuery
from directory.search.engine.worth import Worth


class BestLocation:
    """Finds the best location for one search: nearest where a place is given; else in the region that was asked for,
    in the city that was named, offering the need, with a phone; the first of equals."""

    def __init__(self, query: SearchQuery, collection: Collection) -> None:
        self._query = query
        self._collection = collection
        self._words = _asked_words(query.text)
        self._areas = frozenset(query.area)

    def of(self, head: Head) -> tuple[UUID | None, float | None]:
        """The best location of a document, and its distance in kilometres from where the search is."""
        rows = head.rows
        if not rows:
            return None, None
        row = rows[0] if len(rows) == 1 else max(rows, key=self._worth)
        distance = inf if self._query.near is None else self._distance(row)
        return head.location_ids[row - rows[0]], round(distance, 1) if distance < inf else None

    def _distance(self, row: int) -> float:
        if self._query.near is None:
            return inf
        own = self._collection.arrays["location_radians"][row : row + 1]
        found = float(distances_km(own, *self._query.near.point)[0])
        return inf if isnan(found) else found

    def _worth(self, row: int) -> tuple[float, int, int, bool, bool]:
        query, place = self._query, self._collection.location(row)
        is_there = (place.country in query.country) + (place.admin1 in query.admin1)
        if query.consulate:
            is_there += any(item.covers(*place[:4]) for item in query.consulate)
        return (
            -self._distance(row),
            is_there,
            len(self._words & place.city_words),
            not self._areas.isdisjoint(place.areas),
            place.has_phone,
        )


_PLACE_WORDS = ("elsewhere", "country", "region", "near", "here")
_NEED_WORDS = ("no", "related", "yes")


class MeantLocation:
    """The location that answers what was understood: the one that the rank rests on; of equals one with a phone."""

    def __init__(self, intent: Intent, worth: Worth, view: DayView) -> None:
        self._intent = intent
        self._worth = worth
        self._view = view

    def of(self, hit: Hit) -> Hit:
        """A hit with its location, distance, and what of the question it answers."""
        collection = self._view.collection
        head = collection.shared.heads.get(hit.number) or collection.head(hit.number)
        row = self._best(head)
        return hit._replace(
            location_id=None if row is None else head.location_ids[row - head.rows[0]],
            distance_km=None if row is None else self._km(row),
            need=self._need(hit.number, row) if self._intent.needs else None,
            place=self._place(row) if self._intent.places else None,
            lacks=tuple(self._lacks(hit.number)),
        )

    def _best(self, head: Head) -> int | None:
        if not head.rows:
            return None
        worth, phones = self._worth, self._view.collection.arrays["location_phone"]
        return max(
            head.rows,
            key=lambda row: (
                round(float(worth.location[row]), 4), int(worth.need[row]), int(worth.here[row]),
                bool(phones[row]), -row,
            ),
        )  # fmt: skip

    def _km(self, row: int) -> float | None:
        if self._worth.km is None:
            return None
        km = float(self._worth.km[row])
        return round(km, 1) if km < inf else None

    def _need(self, number: int, row: int | None) -> str:
        if row is not None:
            return _NEED_WORDS[int(self._worth.need[row])]
        facts = self._view.location_facts
        return "yes" if any(facts.holds("area", area)[number] for area, _ in self._intent.needs) else "no"

    def _place(self, row: int | None) -> str:
        return _PLACE_WORDS[int(self._worth.here[row])] if row is not None else "country"

    def _lacks(self, number: int) -> Iterator[str]:
        facts = self._view.location_facts
        asked = (("population", self._intent.populations), ("language", self._intent.languages))
        for facet, values in asked:
            for value, weight in values:
                if weight > IMPLIED and not facts.holds(facet, value)[number]:
                    yield f"{facet}:{value}"


IMPLIED = 0.45
"""Weights up to this were only suggested: nobody is told that they are lacking."""


@lru_cache(maxsize=1024)
def _asked_words(text: str) -> frozenset[str]:
    return frozenset(query_words(text))
