"""Which location of an organization answers a search best, and how far it is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import inf, isnan
from uuid import UUID

from directory.search.engine.analysis import query_words
from directory.search.engine.collection import Collection
from directory.search.engine.geo import distances_km
from directory.search.engine.query import SearchQuery

_FAR = inf


@dataclass(frozen=True)
class Best:
    """A location, and its distance from where the search is (None without either)."""

    location_id: UUID | None
    distance_km: float | None


class BestLocation:
    """Finds the best location for one search: nearest where a place is given; else in the region that was asked for,
    in the city that was named, offering the need, with a phone; the first of equals."""

    def __init__(self, query: SearchQuery, collection: Collection) -> None:
        self._query = query
        self._collection = collection
        self._words = _asked_words(query.text)
        self._areas = frozenset(query.area)

    def of(self, number: int) -> Best:
        """The best location of a document."""
        head = self._collection.head(number)
        first, last = head.first, head.last
        if first == last:
            return Best(None, None)
        row = first if last - first == 1 else max(range(first, last), key=self._worth)
        distance = self._distance(row)
        return Best(self._collection.location_id(row), round(distance, 1) if distance < _FAR else None)

    def _distance(self, row: int) -> float:
        if self._query.near is None:
            return _FAR
        found = float(
            distances_km(self._collection.arrays["location_radians"][row : row + 1], *self._query.near.point)[0]
        )
        return _FAR if isnan(found) else found

    def _worth(self, row: int) -> tuple[float, int, int, bool, bool]:
        query, strings, arrays = self._query, self._collection.location_strings, self._collection.arrays
        country, admin1, admin2, place_id, city, areas = (
            strings[code] if code >= 0 else None for code in arrays["location_codes"][row].tolist()
        )
        is_there = (country in query.country) + (admin1 in query.admin1)
        if query.consulate:
            is_there += any(item.covers(country or "", admin1, admin2, place_id) for item in query.consulate)
        return (
            -self._distance(row),
            is_there,
            len(self._words & _split(city)) if city and self._words else 0,
            bool(self._areas) and not self._areas.isdisjoint(_split(areas or "")),
            bool(arrays["location_phone"][row]),
        )


@lru_cache(maxsize=16_384)
def _split(text: str) -> frozenset[str]:
    return frozenset(text.split())


@lru_cache(maxsize=1024)
def _asked_words(text: str) -> frozenset[str]:
    return frozenset(query_words(text))
