"""The engine's answer to a search: match, count, rank, and say where. Start reading here.

`Asked` is what the text of a query means (see `parts`); `DayView` is the collection on a day. A word's column comes
from the cache or from the store; everything after that is bitmaps and arrays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from directory.search.engine.day import DayView
from directory.search.engine.facets import Counts, counts
from directory.search.engine.matching import match
from directory.search.engine.parts import Asked
from directory.search.engine.places import BestLocation
from directory.search.engine.query import Hit, SearchQuery
from directory.search.engine.ranking import page_of
from directory.search.engine.spelling import corrected


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
    found, scores = page_of(query, matches, view)
    places = BestLocation(query, view.collection)
    return Answer(
        total=len(matches.found),
        hits=tuple(
            _hit(number, score, places, view) for number, score in zip(found.tolist(), scores.tolist(), strict=True)
        ),
        facets=counts(matches, view),
        asked=meant.asked,
        corrections=meant.corrections,
    )


def _hit(number: int, score: float, places: BestLocation, view: DayView) -> Hit:
    best = places.of(number)
    head = view.collection.head(number)
    return Hit(
        organization_id=head.identity,
        location_id=best.location_id,
        score=round(score, 4),
        distance_km=best.distance_km,
        revision=head.revision,
        number=number,
    )
