"""The engine's answer to a search: match, count, rank, and say where. Start reading here.

`Asked` is what the text of a query means (see `parts`); `DayView` is the collection on a day. A word's column comes
from the cache or from the store; everything after that is bitmaps and arrays.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from directory.search.engine.collection import Collection
from directory.search.engine.day import DayView
from directory.search.engine.facets import Counts, counts
from directory.search.engine.matching import match
from directory.search.engine.parts import Asked
from directory.search.engine.places import BestLocation
from directory.search.engine.query import Hit, SearchQuery
from directory.search.engine.ranking import page_of
from directory.search.engine.segments import Numbers
from directory.search.engine.spelling import corrected
from directory.search.engine.weights import Floats


@dataclass(frozen=True)
class Answer:
    """What was found. `corrections`: the likeliest spelling of words that nobody wrote, by word."""

    total: int
    hits: tuple[Hit, ...]
    facets: Counts
    asked: Asked
    corrections: Mapping[str, str]


def answer(query: SearchQuery, asked: Asked, view: DayView) -> Answer:
    """Answer a search."""
    meant = corrected(asked, view.collection)
    matches = match(query, meant.asked, view)
    return Answer(
        total=len(matches.found),
        hits=tuple(_hits(query, *page_of(query, matches, view), view.collection)),
        facets=counts(matches, view),
        asked=meant.asked,
        corrections=meant.corrections,
    )


def _hits(query: SearchQuery, found: Numbers, scores: Floats, collection: Collection) -> Iterator[Hit]:
    places, heads = BestLocation(query, collection), collection.shared.heads
    for number, score in zip(found.tolist(), np.round(scores.astype(np.float64), 4).tolist(), strict=True):
        head = heads.get(number) or collection.head(number)
        location_id, distance_km = places.of(head)
        yield Hit(head.identity, location_id, score, distance_km, head.revision, number)
