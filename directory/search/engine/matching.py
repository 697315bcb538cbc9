"""Which documents answer a search: bitmaps, intersected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from operator import and_

import numpy as np
from pyroaring import BitMap

from directory.search.engine.bitmaps import bitmap
from directory.search.engine.collection import Collection
from directory.search.engine.columns import AVAILABILITY_ORDER
from directory.search.engine.day import DayView
from directory.search.engine.part_columns import Column
from directory.search.engine.parts import Asked
from directory.search.engine.query import FACETS, ConsulateFilter, PlaceArea, SearchQuery

AVAILABLE = frozenset({"open", "limited", "unknown"})


@dataclass(frozen=True)
class Matches:
    """What was found. `without` holds, for each facet that is filtered, what all other conditions leave."""

    found: BitMap
    without: Mapping[str, BitMap]
    columns: tuple[Column, ...]
    """The columns of the parts that had to be found, for ranking."""


def match(query: SearchQuery, asked: Asked, view: DayView) -> Matches:
    """The documents that hold all parts, none of those excluded, and meet all filters."""
    collection = view.collection
    columns = tuple(collection.column(part) for part in asked.required)
    base = reduce(and_, (column.documents for column in columns), collection.live)
    for part in asked.excluded:
        base = base - collection.column(part).documents
    for condition in _conditions(query, collection, view):
        base = base & condition
    filters = {name: _holding(name, getattr(query, name), collection, view) for name in FACETS if getattr(query, name)}
    found = reduce(and_, filters.values(), base)
    without = {name: reduce(and_, (other for key, other in filters.items() if key != name), base) for name in filters}
    return Matches(found, without, columns)


def _conditions(query: SearchQuery, collection: Collection, view: DayView) -> list[BitMap]:
    """The filters that are no facet."""
    conditions = []
    if query.consulate and (query.partner or not query.anywhere):
        conditions.append(_within_reach(query, collection))
    if query.available:
        conditions.append(view.available(AVAILABLE))
    if query.near is not None and query.within_km is not None:
        distances = view.distances_km(query.near.point)
        conditions.append(bitmap(np.flatnonzero(distances <= query.within_km).astype(np.uint32)))
    return conditions


def _holding(name: str, values: tuple[str, ...], collection: Collection, view: DayView) -> BitMap:
    """Those that hold any of a facet's values; a nationality is also served by those that name none."""
    known = view.statuses if name == "status" else collection.facets[name]
    found = BitMap.union(BitMap(), *(known[value] for value in values if value in known))
    return found | (collection.live - collection.any_nationality) if name == "nationality" else found


def _within_reach(query: SearchQuery, collection: Collection) -> BitMap:
    """Partners of the chosen consulates and, unless only partners are asked for, what lies in their areas."""
    partners = frozenset().union(*(consulate.partners for consulate in query.consulate))
    found = collection.numbers_of(partners)
    if query.partner:
        return found
    return BitMap.union(found, *(covered(consulate, collection) for consulate in query.consulate))


def covered(consulate: ConsulateFilter, collection: Collection) -> BitMap:
    """The documents with a location within a consulate's jurisdiction."""
    return bitmap(np.unique(collection.arrays["location_of"][rows_within(consulate, collection)]))


def rows_within(consulate: ConsulateFilter, collection: Collection) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """The locations within a consulate's jurisdiction, bool (locations,)."""
    held = np.zeros(len(collection.arrays["location_of"]), np.bool_)
    taken_out = held.copy()
    for area in consulate.areas:
        rows = _rows_in(area, collection)
        if area.excludes:
            taken_out |= rows
        else:
            held |= rows
    return np.asarray(held & ~taken_out)


def _rows_in(area: PlaceArea, collection: Collection) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    codes = collection.arrays["location_codes"]
    rows = np.ones(len(codes), np.bool_)
    for at, value in enumerate((area.country, area.admin1, area.admin2, area.place_id)):
        if value is not None:
            rows &= codes[:, at] == collection.code(value)
    return rows


def state_names(codes: np.ndarray[tuple[int], np.dtype[np.int8]]) -> list[str]:
    """Availability in words."""
    return [AVAILABILITY_ORDER[code] for code in codes.tolist()]
