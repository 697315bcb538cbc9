"""What depends on the day: freshness, availability, and how gently both weigh on rank. Made once a day and commit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from directory.search.engine.bitmaps import bitmap
from directory.search.engine.collection import Collection
from directory.search.engine.columns import AVAILABILITY_ORDER, NO_DAY
from directory.search.engine.geo import distances_km
from directory.search.engine.locations import LocationFacts
from directory.search.engine.weights import Floats

STATUSES = ("verified", "due", "stale", "unverified")
FACTORS: Mapping[str, float] = {"full": 0.6, "closed": 0.5, "stale": 0.8, "due": 0.95}
"""What a score is multiplied by: gently, so that a full shelter in the right town stays before one elsewhere."""
_KEPT_POINTS = 8
_UNKNOWN = AVAILABILITY_ORDER.index("unknown")


def minute_of(instant: datetime) -> int:
    """An instant as the columns count them: minutes since 1970 in UTC."""
    return int(instant.timestamp() // 60)


@dataclass(frozen=True)
class DayView:
    """A collection as it stands on a day (`date.toordinal`), at a minute of it (since 1970 in UTC)."""

    collection: Collection
    day: int
    minute: int

    @cached_property
    def location_facts(self) -> LocationFacts:
        """What no day changes of the collection's locations."""
        return LocationFacts(self.collection)

    @cached_property
    def status_codes(self) -> NDArray[np.int8]:
        """Freshness of each document, as a position in STATUSES."""
        arrays = self.collection.arrays
        age = self.day - arrays["verified_day"]
        interval = arrays["interval_days"]
        asked_again = (arrays["due_since_day"] != NO_DAY) & (arrays["due_since_day"] <= self.day)
        fresh = np.where(asked_again, 1, 0)
        status = np.where(age <= interval, fresh, np.where(age <= 1.5 * interval, 1, 2))
        return np.where(arrays["verified_day"] == NO_DAY, 3, status).astype(np.int8)

    @cached_property
    def availability_codes(self) -> NDArray[np.int8]:
        """The best that any service says, as a position in AVAILABILITY_ORDER; what has lapsed is unknown."""
        arrays = self.collection.arrays
        best = np.full(self.collection.end, _UNKNOWN, np.int8)
        said = np.where(arrays["said_until"] > self.minute, arrays["said_state"], _UNKNOWN).astype(np.int8)
        best[arrays["said_of"]] = len(AVAILABILITY_ORDER)
        np.minimum.at(best, arrays["said_of"], said)
        return best

    @cached_property
    def statuses(self) -> Mapping[str, BitMap]:
        """The live documents by freshness."""
        return {
            name: bitmap(np.flatnonzero(self.status_codes == code).astype(np.uint32)) & self.collection.live
            for code, name in sorted(enumerate(STATUSES), key=itemgetter(1))
        }

    def available(self, states: Iterable[str]) -> BitMap:
        """Those of which one of some states is said today."""
        wanted = [AVAILABILITY_ORDER.index(state) for state in states]
        return bitmap(np.flatnonzero(np.isin(self.availability_codes, wanted)).astype(np.uint32))

    @cached_property
    def factors(self) -> Floats | None:
        """What scores are multiplied by; None where nothing weighs."""
        by_status = np.array([FACTORS.get(name, 1.0) for name in STATUSES], np.float32)
        by_state = np.array([FACTORS.get(name, 1.0) for name in AVAILABILITY_ORDER], np.float32)
        factors = by_status[self.status_codes] * by_state[self.availability_codes]
        return None if bool((factors == 1).all()) else factors

    def distances_km(self, near: tuple[float, float]) -> Floats:
        """Kilometres from a point (degrees) to the nearest public location of each document; infinite without one.

        float32 (end,). The last few are kept: a search asks for them up to three times.
        """
        known = self._distances.get(near)
        if known is not None:
            return known
        arrays = self.collection.arrays
        starts = arrays["location_starts"]
        own = distances_km(arrays["location_radians"], *near)
        own[np.isnan(own)] = np.inf
        nearest = np.full(self.collection.end, np.inf, np.float32)
        located = np.flatnonzero(starts[1:] > starts[:-1])
        if len(located):
            nearest[located] = np.minimum.reduceat(own, starts[located])
        if len(self._distances) >= _KEPT_POINTS:
            self._distances.clear()
        self._distances[near] = nearest
        return nearest

    @cached_property
    def _distances(self) -> dict[tuple[float, float], Floats]:
        return {}
