"""Which location offers what, and whose it is: what no query changes, made once a generation."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from directory.search.engine.bitmaps import numbers
from directory.search.engine.collection import Collection
from directory.search.engine.weights import Floats

Flags = NDArray[np.bool_]


class LocationFacts:
    """Columns over the locations of a collection, each made when it is first asked for."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection
        arrays = collection.arrays
        self.owner: NDArray[np.uint32] = arrays["location_of"]
        self.codes = arrays["location_codes"]
        self.has_point: Flags = ~np.isnan(arrays["location_radians"][:, 0])
        starts = arrays["location_starts"]
        self.located: NDArray[np.int64] = np.flatnonzero(starts[1:] > starts[:-1])
        self.starts = starts[self.located]
        self._areas: dict[str, Flags] = {}
        self._facets: dict[tuple[str, str], Flags] = {}

    def __len__(self) -> int:
        return len(self.owner)

    @cached_property
    def _area_strings(self) -> tuple[NDArray[np.intp], list[frozenset[str]]]:
        unique, inverse = np.unique(self.codes[:, 5], return_inverse=True)
        strings = self._collection.location_strings
        return inverse, [frozenset(strings[code].split()) if code >= 0 else frozenset() for code in unique.tolist()]

    @cached_property
    def names_areas(self) -> Flags:
        """The locations of which is known what they offer; the others offer what their organization does."""
        inverse, listed = self._area_strings
        return np.array([bool(item) for item in listed], np.bool_)[inverse] if listed else np.empty(0, np.bool_)

    def offers(self, area: str) -> Flags:
        """The locations that offer a service area."""
        known = self._areas.get(area)
        if known is None:
            inverse, listed = self._area_strings
            own = np.array([area in item for item in listed], np.bool_)[inverse] if listed else np.empty(0, np.bool_)
            by_owner = self.holds("area", area)[self.owner] if len(self) else own
            known = self._areas[area] = own | (by_owner & ~self.names_areas)
        return known

    def holds(self, facet: str, value: str) -> Flags:
        """The documents that hold a facet's value, bool (end,)."""
        known = self._facets.get((facet, value))
        if known is None:
            known = np.zeros(self._collection.end, np.bool_)
            bitmap = self._collection.facets[facet].get(value)
            if bitmap is not None:
                known[numbers(bitmap)] = True
            self._facets[facet, value] = known
        return known

    def within(self, code: str) -> Flags:
        """The locations in a country, subdivision or `county:FIPS`."""
        at, text = (
            (2, code.removeprefix("county:")) if code.startswith("county:") else (0 if len(code) == 2 else 1, code)
        )
        return np.asarray(self.codes[:, at] == self._collection.code(text))

    def best(self, values: Floats, empty: float = 0.0) -> Floats:
        """For each document the best of its locations, float32 (end,); `empty` without any."""
        found = np.full(self._collection.end, empty, np.float32)
        if len(self.located):
            found[self.located] = np.maximum.reduceat(values, self.starts)
        return found
