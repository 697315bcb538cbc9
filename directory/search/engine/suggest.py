"""What somebody may mean who typed the beginning of some words: names by prefix of any word, forgiving typing errors.

An index is immutable. A word's entries stand in one run of numbers, the words are sorted, so that a prefix is one
slice: 45,000 places with 142,000 names take about 4 MB and answer in a fraction of a millisecond.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from directory.search.engine.analysis import words
from directory.search.engine.wordlist import WordList

MAX_TYPED_WORDS = 12
OTHER, OTHER_FIRST, OWN, OWN_FIRST = range(4)
"""Where a word stands: in another name or in an own one, and whether it is the first word of it."""
POINTS: NDArray[np.uint8] = np.array([2, 4, 8, 12], np.uint8)
EXACT, AROUND, MISTYPED = 4, 2, 3
"""Points for a whole word of an own name; for a word of what lies around; how much less a mistyped word is worth."""

_MISTYPED_POINTS = POINTS - np.minimum(MISTYPED, POINTS - 1).astype(np.uint8)
_EXACT_POINTS = np.where(np.arange(4) >= OWN, POINTS + EXACT, POINTS).astype(np.uint8)
OWN_NAMES = 2
"""A segment's first names of a document are its own: name and acronym."""

Numbers = NDArray[np.uint32]
Mask = NDArray[np.bool_]
Points = NDArray[np.uint8]


@dataclass(frozen=True)
class Match:
    """An entry by its number, and how well it answers: mean points of the words, and the entry's weight."""

    number: int
    score: float


class NamedSegment(Protocol):
    """A segment of the search index as suggestions see it: it never changes, save for which documents live."""

    @property
    def segment_id(self) -> str:
        """Names the segment; another content has another id."""

    def names(self) -> Iterable[Sequence[str]]:
        """For each document its name, its acronym (or blank) and further names; empty for what is no record."""

    def live(self) -> Mask:
        """Which documents may be shown."""


class PrefixIndex:
    """Entries by prefix of any of their words; built by `PrefixIndexBuilder`."""

    def __init__(
        self,
        dictionary: WordList,
        starts: Numbers,
        postings: Numbers,
        weights: NDArray[np.float32],
        around: tuple[PrefixIndex, Numbers] | None,
    ) -> None:
        self._dictionary = dictionary
        self._starts = starts
        self._postings = postings
        self._weights = weights
        self._around = around

    def __len__(self) -> int:
        return len(self._weights)

    @property
    def nbytes(self) -> int:
        """Bytes held, without those of what lies around."""
        own = self._dictionary.nbytes + self._starts.nbytes + self._postings.nbytes + self._weights.nbytes
        return own + (self._around[1].nbytes if self._around else 0)

    def find(
        self, typed: Sequence[str], limit: int, *, tolerant: bool = False, allowed: Mask | None = None
    ) -> list[Match]:
        """The best entries of which every folded word in `typed` begins some word, in any order.

        One word at least must be the entry's own, the rest may name what lies around. With `tolerant` a word of five
        letters and more may be mistyped. Best first; of equals the lower number. Nothing for more than 12 words.
        """
        if not 0 < len(typed) <= MAX_TYPED_WORDS:
            return []
        total: NDArray[np.uint16] = np.zeros(len(self), np.uint16)
        is_found = np.ones(len(self), bool) if allowed is None else allowed.copy()
        has_own = np.zeros(len(self), bool)
        for word in dict.fromkeys(typed):
            own = self._points(word, tolerant)
            has_own |= own > 0
            found = np.maximum(own, AROUND * self._lies_in(word, tolerant).view(np.uint8))
            is_found &= found > 0
            if not is_found.any():
                return []
            total += found
        numbers = np.flatnonzero(is_found & has_own)
        return self._best(numbers, total[numbers] / len(set(typed)) + self._weights[numbers], limit)

    def reaches(self, word: str, tolerant: bool) -> Mask:
        """Which entries have a word that begins with `word`, or lie in something that has."""
        reached: Mask = (self._points(word, tolerant) > 0) | self._lies_in(word, tolerant)
        return reached

    def _best(self, numbers: NDArray[np.intp], scores: NDArray[np.float64], limit: int) -> list[Match]:
        if len(numbers) > limit:
            least = np.partition(scores, len(scores) - limit)[len(scores) - limit]
            numbers, scores = numbers[scores >= least], scores[scores >= least]
        order = np.lexsort((numbers, -scores))[:limit]
        return [Match(int(numbers[at]), float(scores[at])) for at in order]

    def _points(self, word: str, tolerant: bool) -> Points:
        """For each entry what the best of its own words is worth; 0 where none begins like the one typed."""
        points: Points = np.zeros(len(self), np.uint8)
        first, end = self._dictionary.starting_with(word)
        if tolerant and (similar := self._dictionary.beginning_like(word)):
            _give(points, np.concatenate([self._entries(number, number + 1) for number in similar]), _MISTYPED_POINTS)
        _give(points, self._entries(first, end), POINTS)
        if first < end and self._dictionary[first] == word:
            _give(points, self._entries(first, first + 1), _EXACT_POINTS)
        return points

    def _entries(self, first: int, end: int) -> Numbers:
        """The postings of the words from `first` to before `end`."""
        return self._postings[self._starts[first] : self._starts[end]]

    def _lies_in(self, word: str, tolerant: bool) -> Mask:
        if self._around is None:
            return np.zeros(len(self), bool)
        index, numbers = self._around
        reached = index.reaches(word, tolerant)
        return reached[numbers] if reached.any() else np.zeros(len(self), bool)


def _give(points: Points, postings: Numbers, worth: Points) -> None:
    """Raise the points of the entries of some postings to what each is worth."""
    np.maximum.at(points, postings >> 2, worth[postings & 3])


class PrefixIndexBuilder:
    """Collects names of numbered entries, in any order, and builds the index of them."""

    def __init__(self) -> None:
        self._ids: dict[str, int] = {}
        self._words = array("I")
        self._postings = array("I")

    def add(self, number: int, name: Iterable[str], *, is_own: bool = True) -> None:
        """Add the folded words of one name of entry `number`."""
        rank = OWN_FIRST if is_own else OTHER_FIRST
        for word in name:
            self._words.append(self._ids.setdefault(word, len(self._ids)))
            self._postings.append(number << 2 | rank)
            rank = OWN if is_own else OTHER

    def build(self, weights: Iterable[float], around: tuple[PrefixIndex, Iterable[int]] | None = None) -> PrefixIndex:
        """The index. `weights` has one value for each entry, in points.

        `around`: another index, and for each entry the number of what it lies in (a town in its state).
        """
        ordered = sorted(self._ids)
        rank_of: Numbers = np.empty(len(ordered), np.uint32)
        rank_of[np.fromiter((self._ids[word] for word in ordered), np.intp, len(ordered))] = np.arange(len(ordered))
        ranks = rank_of[np.frombuffer(self._words, np.uint32)] if self._words else rank_of
        postings = np.frombuffer(self._postings, np.uint32) if self._postings else rank_of
        starts: Numbers = np.zeros(len(ordered) + 1, np.uint32)
        np.cumsum(np.bincount(ranks, minlength=len(ordered)), out=starts[1:])
        lies_in = (around[0], np.fromiter(around[1], np.uint32)) if around else None
        return PrefixIndex(
            WordList.of(ordered),
            starts,
            postings[np.argsort(ranks, kind="stable")],
            np.fromiter(weights, np.float32),
            lies_in,
        )


def index_segment(segment: NamedSegment) -> PrefixIndex:
    """The index of a segment's documents, by their numbers within it; the acronym counts as a name of its own."""
    builder = PrefixIndexBuilder()
    for number, names in enumerate(segment.names()):
        for place, name in enumerate(names):
            builder.add(number, words(name), is_own=place < OWN_NAMES)
    return builder.build([0.0] * len(segment.live()))
