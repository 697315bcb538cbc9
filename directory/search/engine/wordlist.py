"""Many short texts in little memory: one run of bytes and where each text begins; sorted, it finds words by prefix."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

SCANNED_WHOLE = 4_000
"""A list of at most so many words is compared whole; of a longer one only the words with the same first letters."""
MAX_COMPARED = 24
_LEAST_ONE_EDIT, _LEAST_TWO_EDITS = 5, 9
_MORE_THAN_ANY_LETTER = b"\xff"


def edits_allowed(word: str) -> int:
    """How many typing errors a word of this length is forgiven: none below five letters, two from nine on."""
    if len(word) > MAX_COMPARED:
        return 0
    return (len(word) >= _LEAST_ONE_EDIT) + (len(word) >= _LEAST_TWO_EDITS)


class Texts(Sequence[str]):
    """A sequence of texts without line breaks, as UTF-8 in one run of bytes (a Python string costs 50 bytes more)."""

    def __init__(self, content: bytes, starts: NDArray[np.uint32]) -> None:
        """Texts that each end with a line break, where each begins, and the length of all."""
        self._bytes = content
        self._starts = starts

    def __len__(self) -> int:
        return len(self._starts) - 1

    def __getitem__(self, number: int) -> str:  # type: ignore[override]  # no slices: nobody needs them
        return self.encoded(number).decode()

    def __iter__(self) -> Iterator[str]:
        return iter(self.between(0, len(self)))

    def encoded(self, number: int) -> bytes:
        """One text as UTF-8. Raises IndexError past the end."""
        if not 0 <= number < len(self):
            raise IndexError(number)
        return self._bytes[self._starts[number] : self._starts[number + 1] - 1]

    def between(self, first: int, end: int) -> list[str]:
        """The texts from `first` to before `end`, decoded at one stroke."""
        return self._bytes[self._starts[first] : self._starts[end] - 1].decode().split("\n") if first < end else []

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return len(self._bytes) + self._starts.nbytes


class TextsBuilder:
    """Collects texts one after the other."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self._bytes = bytearray()
        self._starts = array("I", [0])
        for text in texts:
            self.add(text)

    def add(self, text: str) -> None:
        """Append a text."""
        self._bytes += text.encode()
        self._bytes += b"\n"
        self._starts.append(len(self._bytes))

    def build(self) -> Texts:
        """The sequence."""
        return Texts(*self.parts())

    def parts(self) -> tuple[bytes, NDArray[np.uint32]]:
        """The bytes, and where each text begins."""
        return bytes(self._bytes), np.array(self._starts, np.uint32)


class WordList(Texts):
    """Distinct words in the order of their UTF-8 bytes."""

    @classmethod
    def of(cls, ordered: Iterable[str]) -> WordList:
        """The list of some words that are in order: that of code points, hence of Python's strings, is the same."""
        return cls(*TextsBuilder(ordered).parts())

    def starting_with(self, prefix: str) -> tuple[int, int]:
        """First number and number after the last of the words that begin with `prefix`."""
        wanted = prefix.encode()
        everything = range(len(self))
        first = bisect_left(everything, wanted, key=self.encoded)
        return first, bisect_left(everything, wanted + _MORE_THAN_ANY_LETTER, lo=first, key=self.encoded)

    def beginning_like(self, typed: str) -> list[int]:
        """Numbers of the words of which some beginning is within the forgiven edits of `typed`, in order.

        In a list longer than `SCANNED_WHOLE` a word must begin with the first or the second letter typed.
        Optimal string alignment: two letters that changed places are one edit.
        """
        edits = edits_allowed(typed)
        if not edits:
            return []
        return [
            number
            for first, end in self._worth_comparing(typed)
            for number in _likely(self.between(first, end), typed, edits, first)
            if is_beginning_like(self[number], typed, edits)
        ]

    def _worth_comparing(self, typed: str) -> list[tuple[int, int]]:
        if len(self) <= SCANNED_WHOLE:
            return [(0, len(self))]
        return sorted({self.starting_with(letter) for letter in typed[:2]})


def _likely(words: list[str], typed: str, edits: int, offset: int) -> list[int]:
    """A sieve: to a beginning of the same length it is at most twice as far as to the nearest one."""
    if not words:
        return []
    length = len(typed)
    cut = [word[:length] for word in words]
    distances = process.cdist([typed], cut, scorer=OSA.distance, score_cutoff=2 * edits, dtype=np.uint8)[0]
    return [offset + int(number) for number in np.flatnonzero(distances <= 2 * edits)]


def is_beginning_like(word: str, typed: str, edits: int) -> bool:
    """Whether some beginning of `word` is at most `edits` away from `typed`."""
    lengths = range(len(typed) - edits, len(typed) + edits + 1)
    return any(OSA.distance(typed, word[:length], score_cutoff=edits) <= edits for length in lengths)
