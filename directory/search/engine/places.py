"""Which location of an organization answers a search best, and how far it is."""

from __future__ import annotations

from functools import lru_cache
from math import inf, isnan
from uuid import UUID

from directory.search.engine.analysis import query_words
from directory.search.engine.collection import Collection, Head
from directory.search.engine.geo import distances_km
from directory.search.engine.query import SearchQuery


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


@lru_cache(maxsize=1024)
def _asked_words(text: str) -> frozenset[str]:
    return frozenset(query_words(text))
