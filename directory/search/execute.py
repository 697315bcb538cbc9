"""The seam: `execute` answers a SearchQuery. Behind it, for now, the obvious way: Whoosh finds, Python counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from uuid import UUID

from flask import current_app

from directory.clock import today as current_day
from directory.extensions import db
from directory.search.engine.analysis import query_words
from directory.search.engine.query import FACETS, Hit, SearchQuery, SearchResult, Sort
from directory.search.expand import Expander
from directory.search.follower import search_index
from directory.search.rows import LocationRow, Row
from directory.search.store import Generation, IndexDamaged
from directory.vocabulary.catalogue import Vocabulary, vocabulary

MAX_CORRECTED_WORDS = 8
AVAILABLE = frozenset({"open", "limited", "unknown"})
FACTORS = {"full": 0.6, "closed": 0.5, "stale": 0.8, "due": 0.95}
"""What a score is multiplied by: gently, so that a full shelter in the right town stays before one elsewhere."""
_EXTENSION = "directory.expander"
Scored = tuple[float, Row]


def execute(query: SearchQuery, today: date | None = None) -> SearchResult:
    """Answer a search from the open generation of the index. Raises IndexMissing where there is none."""
    generation = search_index().current()
    try:
        return _answer(query, today or current_day(), generation)
    except IndexDamaged as error:
        search_index().mark_damaged(str(error))
        raise


def _answer(query: SearchQuery, on: date, generation: Generation) -> SearchResult:
    expander = _expander(vocabulary(db.session))
    found, facets = _filter(query, on, _matching(query, on, generation, expander))
    ordered = sorted(found, key=_ORDERS[_order_name(query)])
    if query.sort == Sort.RELEVANCE and (partners := query.first):
        ordered.sort(key=lambda item: item[1].id not in partners)  # stable: the order within both parts stays
    first = (query.page - 1) * query.size
    hits = tuple(
        Hit(row.id, _best_location(row, query), round(score, 4)) for score, row in ordered[first : first + query.size]
    )
    suggestion = None if found or not query.text else _suggest(query, generation, expander, on)
    return SearchResult(
        total=len(found),
        hits=hits,
        facets=facets,
        feed_seq=generation.mark.seq if generation.mark else 0,
        suggestion=suggestion,
        today=on,
    )


def _expander(terms: Vocabulary) -> Expander:
    """The expander of the running application's vocabulary, made once."""
    known: tuple[Vocabulary, Expander] | None = current_app.extensions.get(_EXTENSION)
    if known is None or known[0] is not terms:
        known = current_app.extensions[_EXTENSION] = (terms, Expander(terms))
    return known[1]


def _matching(query: SearchQuery, on: date, generation: Generation, expander: Expander) -> list[Scored]:
    """The organizations that hold all words, with scores; all of them where there are no words."""
    parts = expander.parts(query.text)
    if not parts:
        return [(0.0, row) for _, segment, live in generation.live for row in _rows(generation, segment, live)]
    scores = generation.find(parts)
    return [
        (
            scores[offset + number] * _factor(generation.segments[segment][number], on),
            generation.segments[segment][number],
        )
        for offset, segment, live in generation.live
        for number in live
        if offset + number in scores
    ]


def _factor(row: Row, on: date) -> float:
    """How much less a record is worth because it is full, closed or out of date."""
    if row.verified_day is None and not row.availability:
        return 1.0
    return FACTORS.get(row.available(on), 1.0) * FACTORS.get(row.status(on), 1.0)


def _rows(generation: Generation, segment: str, live: Iterable[int]) -> list[Row]:
    rows = generation.segments[segment]
    return [rows[number] for number in live]


def _filter(
    query: SearchQuery, today: date, matching: list[Scored]
) -> tuple[list[Scored], dict[str, tuple[tuple[str, int], ...]]]:
    """The organizations that meet all filters, and the counts of each facet without its own filter."""
    wanted = {name: frozenset(getattr(query, name)) for name in FACETS if getattr(query, name)}
    counts: dict[str, Counter[str]] = {name: Counter() for name in FACETS}
    found: list[Scored] = []
    for score, row in matching:
        if query.consulate and not _is_covered(row, query):
            continue
        if query.available and row.available(today) not in AVAILABLE:
            continue
        status = (row.status(today),)
        failed = [name for name, values in wanted.items() if not _meets(name, values, row, status)]
        if len(failed) > 1:
            continue
        if not failed:
            found.append((score, row))
        for name in failed or FACETS:
            counts[name].update(status if name == "status" else row.values[name])
    return found, {name: _most_frequent(counter) for name, counter in counts.items()}


def _meets(name: str, values: frozenset[str], row: Row, status: tuple[str, ...]) -> bool:
    own = status if name == "status" else row.values[name]
    if name == "nationality" and not own:
        return True
    return not values.isdisjoint(own)


def _is_covered(row: Row, query: SearchQuery) -> bool:
    """Whether an organization is a partner of a chosen consulate, or, unless partners are asked for, in its area."""
    if any(row.id in consulate.partners for consulate in query.consulate):
        return True
    return not query.partner and any(
        consulate.covers(place.country, place.admin1, place.admin2, place.place_id)
        for consulate in query.consulate
        for place in row.locations
    )


def _most_frequent(counter: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counter.items(), key=lambda item: (-item[1], item[0])))


def _order_name(query: SearchQuery) -> str:
    if query.sort == Sort.RELEVANCE and not query.text.strip():
        return Sort.NAME
    return query.sort


_ORDERS: Mapping[str, Callable[[Scored], tuple[float | str, ...]]] = {
    Sort.RELEVANCE: lambda item: (-round(item[0], 6), item[1].sort_key, str(item[1].id)),
    Sort.NAME: lambda item: (item[1].sort_key, str(item[1].id)),
    Sort.VERIFIED: lambda item: (-(item[1].verified_day or 0), item[1].sort_key, str(item[1].id)),
}


def _best_location(row: Row, query: SearchQuery) -> UUID | None:
    """The location that answers best: in the place that was asked for, offering the need, named, with a phone."""
    asked = frozenset(query_words(query.text))

    def worth(place: LocationRow) -> tuple[int, int, bool, bool]:
        is_there = (
            place.country in query.country,
            place.admin1 in query.admin1,
            any(item.covers(place.country, place.admin1, place.admin2, place.place_id) for item in query.consulate),
        )
        offers = not place.areas.isdisjoint(query.area)
        return sum(is_there), len(asked & place.city_words), offers, place.has_phone

    return max(row.locations, key=worth).id if row.locations else None


def _suggest(query: SearchQuery, generation: Generation, expander: Expander, today: date) -> str | None:
    """The query with its unknown words corrected, if that finds anything."""
    asked = query_words(query.text)[:MAX_CORRECTED_WORDS]
    corrected = [word if generation.knows(word) else generation.correct(word) or word for word in asked]
    if corrected == asked:
        return None
    text = " ".join(corrected)
    again = replace(query, text=text)
    return text if _filter(again, today, _matching(again, today, generation, expander))[0] else None
