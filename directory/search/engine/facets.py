"""How many of the results hold each value of a facet.

Of few results the values are looked up, sixteen at a time, in the grid; of many, each value's bitmap is intersected.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import compress
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from directory.search.engine.bitmaps import numbers
from directory.search.engine.collection import Collection
from directory.search.engine.day import DayView
from directory.search.engine.matching import Matches
from directory.search.engine.query import FACETS

Counts = Mapping[str, tuple[tuple[str, int], ...]]
FEW = 4_000
"""Results up to which looking up is faster."""


def counts(matches: Matches, view: DayView) -> Counts:
    """The counts by facet, without the facet's own filter; most frequent values first, then by value."""
    collection = view.collection
    looked_up = _looked_up(matches.found, collection) if len(matches.found) <= FEW else None
    found: dict[str, tuple[tuple[str, int], ...]] = {}
    for name in FACETS:
        base = matches.without.get(name, matches.found)
        if name == "status":
            found[name] = _ordered(view.statuses, map(base.intersection_cardinality, view.statuses.values()))
            continue
        values, bitmaps, codes = collection.facet_lists[name]
        if looked_up is not None and name not in matches.without:
            found[name] = _ordered(values, looked_up.take(codes).tolist())
        else:
            found[name] = _ordered(values, map(base.intersection_cardinality, bitmaps))
    return found


def _looked_up(found: BitMap, collection: Collection) -> NDArray[np.intp]:
    """How many of the documents hold the value of each code."""
    own = numbers(found)
    arrays = collection.arrays
    known = len(collection.shared.facet_codes) + 1
    counted = np.bincount(arrays["grid"].take(own, axis=0).ravel(), minlength=known)
    if not found.isdisjoint(collection.with_more):
        held = arrays["more_code"][np.isin(arrays["more_of"], own)]
        counted += np.bincount(held, minlength=known)
    return counted


def _ordered(values: Iterable[str], counted: Iterable[int]) -> tuple[tuple[str, int], ...]:
    """Values that are held; they come in order, and sorting keeps the order of equals, in reverse too."""
    known: Sequence[int] = list(counted)
    return tuple(sorted(compress(zip(values, known, strict=True), known), key=itemgetter(1), reverse=True))
