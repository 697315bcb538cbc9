"""The column of a part of a query: the documents that hold it and what that is worth, kept while there is room.

A word's column is the union of its terms' postings, decoded once a segment: no query loops over fields or stems.
Columns outlive commits: what a new segment adds is appended.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from directory.search.engine.bitmaps import bitmap
from directory.search.engine.parts import Alternatives, Part, Phrase, Word, word
from directory.search.engine.segments import Numbers, Placed, Source
from directory.search.engine.weights import PREFIX_SHARE, Floats, saturated

MAX_PREFIX_TERMS = 1_000
"""Terms of one segment's dictionary that a prefix stands for, in each namespace; the first in order."""
_LEAST = np.float32(0.1)
"""What a phrase counts at least."""
_OVERHEAD_BYTES = 600
_DENSE = 4


@dataclass(frozen=True)
class Column:
    """Documents that hold a part: ascending uint32 numbers, and what a match is worth before idf (float32, 0 to 1)."""

    numbers: Numbers
    worth: Floats
    documents: BitMap
    """The numbers as a bitmap."""
    bases: frozenset[int]
    """The segments that were read, by the number of their first document."""
    end: int

    @property
    def is_dense(self) -> bool:
        """Whether so many documents hold it that a value for each takes no more room than the pairs do."""
        return _DENSE * len(self.numbers) > self.end

    @cached_property
    def everywhere(self) -> Floats:
        """The worth of each number; what does not hold it has any value."""
        values = np.empty(self.end, np.float32)
        values[self.numbers] = self.worth
        return values

    @property
    def size_bytes(self) -> int:
        """Memory that the column takes, about."""
        return 10 * len(self.numbers) + (4 * self.end if self.is_dense else 0) + _OVERHEAD_BYTES

    def until(self, end: int) -> Column:
        """The column without the numbers from `end` on."""
        at = int(np.searchsorted(self.numbers, end))
        if at == len(self.numbers):
            return self
        return Column(self.numbers[:at], self.worth[:at], bitmap(self.numbers[:at]), self.bases, end)


class PartColumns:
    """Columns by part, at most `limit_bytes` of them; the one that was not asked for the longest goes first."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit = limit_bytes
        self._known: OrderedDict[Part, Column] = OrderedDict()
        self._lock = threading.Lock()
        self.size_bytes = 0

    def __len__(self) -> int:
        return len(self._known)

    def column(self, part: Part, placed: Sequence[Placed], end: int) -> Column:
        """The column of a part over all segments of a collection, whose numbers end before `end`."""
        with self._lock:
            known = self._known.get(part)
            if known is not None:
                self._known.move_to_end(part)
        if known is None:
            return self._keep(part, _read(part, placed, None))
        missing = [item for item in placed if item.base not in known.bases]
        if any(item.base < known.end for item in missing):
            # A search that began before the last commit: its segments are read for it alone.
            return _read(part, placed, None)
        if missing:
            known = self._keep(part, _read(part, missing, known))
        return known if known.end <= end else known.until(end)

    def _keep(self, part: Part, column: Column) -> Column:
        with self._lock:
            former = self._known.pop(part, None)
            if former is not None:
                self.size_bytes -= former.size_bytes
            self._known[part] = column
            self.size_bytes += column.size_bytes
            while self.size_bytes > self._limit and len(self._known) > 1:
                self.size_bytes -= self._known.popitem(last=False)[1].size_bytes
        return column


def _read(part: Part, placed: Sequence[Placed], former: Column | None) -> Column:
    found = [(former.numbers, former.worth)] if former else []
    for item in placed:
        weights = _weights(part, item.source)
        holding = np.flatnonzero(weights)
        found.append((holding.astype(np.uint32) + np.uint32(item.base), saturated(weights[holding])))
    bases = frozenset(item.base for item in placed) | (former.bases if former else frozenset())
    if not found:
        return Column(np.empty(0, np.uint32), np.empty(0, np.float32), BitMap(), bases, 0)
    numbers = np.concatenate([own for own, _ in found])
    worth = np.concatenate([own for _, own in found])
    added = bitmap(numbers[len(former.numbers) :]) if former else bitmap(numbers)
    documents = former.documents | added if former else added
    return Column(numbers, worth, documents, bases, max(item.end for item in placed))


def _weights(part: Part, source: Source) -> Floats:
    """The weighted frequency of a part in every document of a segment; 0 where it is not held."""
    if isinstance(part, Word):
        return _of_word(part, source)
    if isinstance(part, Phrase):
        return _of_phrase(part, source)
    return _of_alternatives(part, source)


def _nothing(source: Source) -> Floats:
    return np.zeros(source.columns.count, np.float32)


def _add(weights: Floats, source: Source, term: str) -> None:
    numbers, own = source.postings(term)
    weights[numbers] += own


def _of_word(part: Word, source: Source) -> Floats:
    """As it is written, plus the best of its stems; plus a share of what begins with it, where it is a prefix."""
    weights = _nothing(source)
    for term in part.stems:
        numbers, own = source.postings(term)
        weights[numbers] = np.maximum(weights[numbers], own)
    _add(weights, source, part.plain)
    if part.is_prefix:
        begun = _nothing(source)
        for begin in (part.plain, part.stems[0][:1] + part.plain[1:]):
            for term in source.terms_with_prefix(begin, MAX_PREFIX_TERMS):
                if term != part.plain and term not in part.stems:
                    _add(begun, source, term)
        weights += PREFIX_SHARE * begun
    return weights


def _of_alternatives(part: Alternatives, source: Source) -> Floats:
    """The best of the alternatives; a set of words counts their average, where all of them are held."""
    best = _nothing(source)
    for term in part.terms:
        numbers, own = source.postings(term)
        best[numbers] = np.maximum(best[numbers], own)
    for words in part.sets:
        found = [_of_word(item, source) for item in words]
        average = np.sum(found, axis=0, dtype=np.float32) / np.float32(len(found))
        for weights in found:
            average = np.where(weights == 0, np.float32(0), average)
        best = np.maximum(best, average)
    return best if part.share == 1.0 else best * np.float32(part.share)


def _of_phrase(part: Phrase, source: Source) -> Floats:
    """The sum of its words, where they follow one another in the text of a document."""
    holding = _containing(part.words, source)
    weights = _nothing(source)
    if len(holding):
        for item in dict.fromkeys(part.words):
            weights[holding] += _of_word(word(item), source)[holding]
        weights[holding] = np.maximum(weights[holding], _LEAST)
    return weights


def _containing(words: Sequence[str], source: Source) -> NDArray[np.int64]:
    """The documents whose folded text holds some words in a row."""
    sought = f" {' '.join(words)} ".encode()
    places = []
    at = source.text.find(sought)
    while at >= 0:
        document = int(np.searchsorted(source.text_starts, at, side="right")) - 1
        places.append(document)
        at = source.text.find(sought, int(source.text_starts[document + 1]))
    return np.array(places, np.int64)
