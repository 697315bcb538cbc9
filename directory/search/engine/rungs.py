"""No dead ends: rungs that widen place, then need, then words, each taken only while fewer than ten are found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from directory.search.engine.bitmaps import bitmap, numbers
from directory.search.engine.day import DayView
from directory.search.engine.intent import Intent, Meaning
from directory.search.engine.matching import Matches, match
from directory.search.engine.part_columns import Column
from directory.search.engine.parts import Asked, Part
from directory.search.engine.query import Relaxed, SearchQuery
from directory.search.engine.weights import Floats, idf
from directory.search.engine.worth import (
    ANYTHING,
    COUNTRY,
    ELSEWHERE,
    HERE,
    NAME_WORD,
    NOTHING,
    RELATED_HERE,
    ROOT,
    WIDER,
    WORDS,
    Worth,
    worth,
)

ENOUGH = 10
"""Results below which the next rung is taken."""
STRICT = WIDER
TEXT_SHARE = np.float32(0.35)
EXPLAINED_SHARE = np.float32(0.05)
HALF = 0.5
STEPS = {
    WIDER: "place", COUNTRY: "country", RELATED_HERE: "related", ANYTHING: "related", ELSEWHERE: "place",
    WORDS: "words",
}  # fmt: skip


@dataclass(frozen=True)
class Found:
    """What a search found: `numbers` ascending, their scores (before the day's factors) and rungs."""

    matches: Matches
    numbers: NDArray[np.uint32]
    score: Floats
    rung: NDArray[np.int8]
    relaxed: tuple[Relaxed, ...]
    worth: Worth | None = None
    terms: Mapping[str, Floats] = field(default_factory=dict)
    """What the scores are the sum of, where that was asked for."""


def understood(query: SearchQuery, meaning: Meaning, view: DayView) -> Found:
    """Answer by what was understood. Words only rank, or find where nothing else does."""
    intent = meaning.intent
    matches = match(query, meaning.fixed, view)
    base = reduce(lambda left, item: left - view.collection.facets[item[0]].get(item[1], BitMap()), intent.without,
                  matches.found)  # fmt: skip
    own = worth(intent, view)
    found = numbers(base)
    text, holds_words = _text(meaning.words, TEXT_SHARE, found, view)
    explained, _ = _text(meaning.explained, EXPLAINED_SHARE, found, view)
    name_words = _name_words(intent, found, view)
    score = own.score.take(found) + text + explained + name_words
    rung = own.rung.take(found)
    rung = np.where((rung == NOTHING) & holds_words, WORDS, rung).astype(np.int8)
    last = _last(rung, is_strict=query.strict)
    kept = rung <= last
    found, score, rung = found[kept], score[kept], rung[kept]
    terms = {}
    if query.explain:
        people, named = own.people.take(found), own.named.take(found)
        terms = {
            "need_and_place": own.score.take(found) - people - named,
            "people": people,
            "named": named,
            "name_words": name_words[kept],
            "words": text[kept],
            "understood_words": explained[kept],
        }
    narrowed = _narrowed(matches, own.rung, last, found)
    return Found(narrowed, found, score, rung, _relaxed(rung), own, terms)


def by_words(query: SearchQuery, asked: Asked, fixed: Asked, view: DayView) -> Found:
    """Answer by words alone: all of them; then those that hold half of their weight; then any. `fixed` always holds."""
    strict = match(query, asked, view)
    if len(strict.found) >= ENOUGH or len(asked.required) <= len(fixed.required) + 1 or query.strict:
        found = numbers(strict.found)
        score = _sum(strict.columns, found, view)
        return Found(strict, found, score, np.full(len(found), HERE, np.int8), (), terms={"words": score})
    matches = match(query, fixed, view)
    found = numbers(matches.found)
    columns = tuple(view.collection.column(part) for part in asked.required)
    mass = np.zeros(len(found), np.float32)
    score = np.zeros(len(found), np.float32)
    whole = np.float32(0)
    for column in columns:
        weight = _rarity(column, view)
        at, values = _held(column, found)
        mass[at] += weight
        score[at] += weight * values
        whole += weight
    rung = np.select([mass >= whole * np.float32(0.999), mass >= HALF * whole, mass > 0], [HERE, WIDER, WORDS], NOTHING)
    rung = rung.astype(np.int8)
    kept = rung <= min(_last(rung, is_strict=False), WORDS)
    found, score, rung = found[kept], score[kept], rung[kept]
    relaxed = tuple(replace(item, step="words") for item in _relaxed(rung))
    return Found(_only(matches, found), found, score, rung, relaxed, terms={"words": score})


def _last(rung: NDArray[np.int8], *, is_strict: bool) -> int:
    """The last rung that is taken."""
    counts = np.bincount(rung, minlength=NOTHING + 1)[:NOTHING]
    total = 0
    for number in range(NOTHING):
        total += int(counts[number])
        if number >= HERE and (total >= ENOUGH or (is_strict and number >= STRICT)):
            return number
    return WORDS


def _relaxed(rung: NDArray[np.int8]) -> tuple[Relaxed, ...]:
    """Where each wider rung begins."""
    counts = np.bincount(rung, minlength=NOTHING + 1)
    found = []
    start = int(counts[ROOT] + counts[HERE])
    for number in range(WIDER, NOTHING):
        if counts[number]:
            found.append(Relaxed(start, STEPS[number], number, int(counts[number])))
            start += int(counts[number])
    return tuple(found)


def _narrowed(matches: Matches, rung: NDArray[np.int8], last: int, found: NDArray[np.uint32]) -> Matches:
    """The matches of the rungs that are taken: facets count what the page holds."""
    if last >= WORDS:
        allowed = BitMap.union(bitmap(found), bitmap(np.flatnonzero(rung <= ELSEWHERE).astype(np.uint32)))
    else:
        allowed = bitmap(np.flatnonzero(rung <= last).astype(np.uint32))
    without = {name: other & allowed for name, other in matches.without.items()}
    return Matches(bitmap(found), without, matches.columns)


def _only(matches: Matches, found: NDArray[np.uint32]) -> Matches:
    return Matches(bitmap(found), {}, matches.columns)


def _text(
    words: tuple[Part, ...], share: np.float32, found: NDArray[np.uint32], view: DayView
) -> tuple[Floats, NDArray[np.bool_]]:
    """The share of the best BM25F that each document has by words that nothing else explains."""
    total = _sum(map(view.collection.column, words), found, view)
    best = total.max(initial=np.float32(0))
    return (share * total / best if best > 0 else total), total > 0


def _name_words(intent: Intent, found: NDArray[np.uint32], view: DayView) -> Floats:
    total = np.zeros(len(found), np.float32)
    for part in intent.name_words:
        at, _ = _held(view.collection.column(part), found)
        total[at] += np.float32(NAME_WORD)
    return total


def _sum(columns: Iterable[Column], found: NDArray[np.uint32], view: DayView) -> Floats:
    """BM25F of the columns together."""
    total = np.zeros(len(found), np.float32)
    for column in columns:
        at, values = _held(column, found)
        total[at] += _rarity(column, view) * values
    return total


def _rarity(column: Column, view: DayView) -> np.float32:
    """How much a part tells among the live documents."""
    return idf(column.documents.intersection_cardinality(view.collection.live), view.collection.live_count)


def _held(column: Column, found: NDArray[np.uint32]) -> tuple[NDArray[np.intp], Floats]:
    """Where in `found` (ascending) the column has documents, and what they are worth there."""
    if not len(column.numbers) or not len(found):
        return np.empty(0, np.intp), np.empty(0, np.float32)
    at = np.searchsorted(found, column.numbers)
    at[at == len(found)] = 0
    is_there = found[at] == column.numbers
    return at[is_there], column.worth[is_there]
