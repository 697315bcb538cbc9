"""The order of results: BM25F with live idf, then name, then id; the best few are found without sorting the rest.

Every order becomes one int64 key a document, smaller is earlier: what is ordered by in the upper half, the place by
name and id in the lower. A positive float32 keeps its order when its bits are read as an integer.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from directory.search.engine.bitmaps import numbers
from directory.search.engine.day import DayView
from directory.search.engine.matching import Matches
from directory.search.engine.part_columns import Column
from directory.search.engine.query import SearchQuery, Sort
from directory.search.engine.rungs import Found
from directory.search.engine.weights import Floats, idf

Numbers = NDArray[np.uint32]
_BLOCK = 32
_LAST = np.int64(1) << np.int64(62)
_METRES = 1000
_NOWHERE = 2**29
"""Metres: farther than any place on Earth, and few enough to leave room for `_LAST` in 63 bits."""


def scores(matches: Matches, found: Numbers, view: DayView) -> Floats:
    """The score of each number in `found` (ascending): Σ idf × saturated weighted frequency × the day's factors."""
    collection = view.collection
    total = np.zeros(len(found), np.float32)
    for column in matches.columns:
        held = column.documents.intersection_cardinality(collection.live)
        total += idf(held, collection.live_count) * _worth(column, found)
    factors = view.factors
    return total if factors is None else total * factors.take(found)


def _worth(column: Column, found: Numbers) -> Floats:
    """The column's values at `found`, all of which it holds."""
    if len(found) == len(column.numbers):
        return column.worth
    if column.is_dense:
        return column.everywhere.take(found)
    return column.worth.take(np.searchsorted(column.numbers, found))


def order(query: SearchQuery) -> Sort:
    """The order that is meant: without words relevance is by distance where a place is given, else by name."""
    if query.sort == Sort.RELEVANCE and not query.text.strip():
        return Sort.DISTANCE if query.near is not None else Sort.NAME
    return query.sort


def page_of(query: SearchQuery, matches: Matches, view: DayView) -> tuple[Numbers, Floats]:
    """The numbers of the page that is asked for, in order, and their scores."""
    found = numbers(matches.found)
    first = (query.page - 1) * query.size
    score = scores(matches, found, view) if matches.columns else np.zeros(len(found), np.float32)
    if first >= len(found):
        return found[:0], score[:0]
    keys = _keys(query, found, score, view)
    chosen = smallest(keys, min(first + query.size, len(found)))[first:]
    return found.take(chosen), score.take(chosen)


_SCORE_BITS = 18
_MOST = (1 << 26) - 1
"""Scores are compared to about four millionths, and up to 255."""


def page_of_rungs(query: SearchQuery, found: Found, view: DayView) -> tuple[NDArray[np.int64], Floats]:
    """The positions in `found` of the page that is asked for, in order; and the scores of all, with the day's factors.

    By relevance a wider rung comes after every narrower one; within a rung partners come first, and who cannot be
    reached comes last.
    """
    factors = view.factors
    score = found.score if factors is None else found.score * factors.take(found.numbers)
    first = (query.page - 1) * query.size
    count = len(found.numbers)
    if first >= count:
        return np.empty(0, np.int64), score
    if query.sort == Sort.RELEVANCE:
        keys = view.collection.rank.take(found.numbers).astype(np.int64)
        steps = np.minimum(np.rint(score.astype(np.float64) * (1 << _SCORE_BITS)), _MOST).astype(np.int64)
        keys += (np.int64(_MOST) - steps) << np.int64(32)
        if query.first:
            is_partner = _is_in(view.collection.numbers_of(query.first), found.numbers)
            keys += np.where(is_partner, np.int64(0), np.int64(1) << np.int64(58))
        keys += view.collection.arrays["is_mute"].take(found.numbers).astype(np.int64) << np.int64(59)
        keys += found.rung.astype(np.int64) << np.int64(60)
    else:
        keys = _keys(query, found.numbers, score, view)
    return smallest(keys, min(first + query.size, count))[first:], score


def smallest(keys: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """The positions of the `count` smallest of distinct keys, in order.

    They lie in the `count` blocks whose smallest key is smallest: only those are looked into.
    """
    if count == len(keys):
        return np.argsort(keys)
    if count * _BLOCK * 4 > len(keys):
        best = np.argpartition(keys, count - 1)[:count]
        return np.asarray(best.take(np.argsort(keys.take(best))))
    whole = len(keys) // _BLOCK * _BLOCK
    minima = keys[:whole].reshape(-1, _BLOCK).min(axis=1)
    blocks = np.argpartition(minima, count - 1)[:count]
    positions = np.append((blocks[:, None] * _BLOCK + np.arange(_BLOCK)).ravel(), np.arange(whole, len(keys)))
    return np.asarray(positions.take(smallest(keys.take(positions), count)))


def _keys(query: SearchQuery, found: Numbers, score: Floats, view: DayView) -> NDArray[np.int64]:
    collection = view.collection
    keys = collection.rank.take(found).astype(np.int64)
    by = order(query)
    if by == Sort.RELEVANCE:
        keys -= score.view(np.int32).astype(np.int64) << np.int64(32)
    elif by == Sort.VERIFIED:
        keys -= collection.arrays["verified_day"].take(found).astype(np.int64) << np.int64(32)
    elif by == Sort.DISTANCE and query.near is not None:
        metres = np.minimum(view.distances_km(query.near.point).take(found).astype(np.float64) * _METRES, _NOWHERE)
        keys += np.rint(metres).astype(np.int64) << np.int64(32)
    if query.sort == Sort.RELEVANCE and query.first:
        keys += np.where(_is_in(collection.numbers_of(query.first), found), np.int64(0), _LAST)
    return keys


def _is_in(some: BitMap, found: Numbers) -> NDArray[np.bool_]:
    return np.isin(found, numbers(some), assume_unique=True)
