"""How many of the results hold each value of a facet."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import compress
from operator import itemgetter

from pyroaring import BitMap

from directory.search.engine.collection import Facet
from directory.search.engine.day import DayView
from directory.search.engine.matching import Matches
from directory.search.engine.query import FACETS

Counts = Mapping[str, tuple[tuple[str, int], ...]]


def counts(matches: Matches, view: DayView) -> Counts:
    """The counts by facet, without the facet's own filter; most frequent values first, then by value."""
    return {
        name: _of(
            view.statuses if name == "status" else view.collection.facets[name],
            matches.without.get(name, matches.found),
        )
        for name in FACETS
    }


def _of(values: Facet, found: BitMap) -> tuple[tuple[str, int], ...]:
    counted = list(map(found.intersection_cardinality, values.values()))
    # Values come in order, and sorting keeps the order of equals, in reverse too.
    held = compress(zip(values, counted, strict=True), counted)
    return tuple(sorted(held, key=itemgetter(1), reverse=True))
