"""The engine's answer to a search: match, count, rank, and say where. Start reading here.

`Asked` is what the text of a query means (see `parts`); `DayView` is the collection on a day. A word's column comes
from the cache or from the store; everything after that is bitmaps and arrays.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from directory.search.engine.collection import Collection
from directory.search.engine.day import DayView
from directory.search.engine.facets import Counts, counts
from directory.search.engine.intent import Intent, Meaning
from directory.search.engine.matching import match
from directory.search.engine.parts import Asked
from directory.search.engine.places import BestLocation, MeantLocation
from directory.search.engine.query import Hit, Relaxed, SearchQuery
from directory.search.engine.ranking import page_of, page_of_rungs
from directory.search.engine.rungs import Found, by_words, understood
from directory.search.engine.segments import Numbers
from directory.search.engine.spelling import Corrected, corrected
from directory.search.engine.weights import Floats


@dataclass(frozen=True)
class Answer:
    """What was found. `corrections`: the likeliest spelling of words that nobody wrote, by word."""

    total: int
    hits: tuple[Hit, ...]
    facets: Counts
    asked: Asked
    corrections: Mapping[str, str]
    relaxed: tuple[Relaxed, ...] = ()


def answer(query: SearchQuery, asked: Asked, view: DayView, meaning: Meaning | None = None) -> Answer:
    """Answer a search: by what its text means, where that is known; else by its words, all of which must be found."""
    if meaning is not None and not meaning.intent.is_empty:
        found = understood(query, meaning, view)
        if len(found.numbers):
            return _answer(query, found, Corrected(asked, {}), view, meaning.intent)
    meant = corrected(asked, view.collection)
    if meaning is not None and asked.required:
        return _answer(query, by_words(query, meant.asked, meaning.fixed, view), meant, view, meaning.intent)
    matches = match(query, meant.asked, view)
    page = page_of(query, matches, view)
    return Answer(
        total=len(matches.found),
        hits=tuple(_hits(query, *page, view.collection)),
        facets=counts(matches, view),
        asked=meant.asked,
        corrections=meant.corrections,
    )


def _answer(query: SearchQuery, found: Found, meant: Corrected, view: DayView, intent: Intent) -> Answer:
    chosen, scores = page_of_rungs(query, found, view)
    hits = _hits(query, found.numbers.take(chosen), scores.take(chosen), view.collection)
    if found.worth is not None:
        own = MeantLocation(intent, found.worth, view)
        hits = (own.of(hit) for hit in hits)
    rungs = found.rung.take(chosen).tolist()
    hits = (hit._replace(rung=rung) for hit, rung in zip(hits, rungs, strict=True))
    if query.explain:
        told = _terms(found, chosen, view)
        hits = (hit._replace(terms=own) for hit, own in zip(hits, told, strict=True))
    return Answer(
        total=len(found.numbers),
        hits=tuple(hits),
        facets=counts(found.matches, view),
        asked=meant.asked,
        corrections=meant.corrections,
        relaxed=found.relaxed,
    )


def _terms(found: Found, chosen: NDArray[np.int64], view: DayView) -> Iterator[tuple[tuple[str, float], ...]]:
    """For each of the chosen what its score is made of."""
    factors = view.factors
    columns = {name: values.take(chosen) for name, values in sorted(found.terms.items())}
    columns["factor"] = (
        np.ones(len(chosen), np.float32) if factors is None else factors.take(found.numbers.take(chosen))
    )
    for at in range(len(chosen)):
        yield tuple((name, round(float(values[at]), 4)) for name, values in columns.items())


def _hits(query: SearchQuery, found: Numbers, scores: Floats, collection: Collection) -> Iterator[Hit]:
    places, heads = BestLocation(query, collection), collection.shared.heads
    for number, score in zip(found.tolist(), np.round(scores.astype(np.float64), 4).tolist(), strict=True):
        head = heads.get(number) or collection.head(number)
        location_id, distance_km = places.of(head)
        yield Hit(head.identity, location_id, score, distance_km, head.revision, number)
