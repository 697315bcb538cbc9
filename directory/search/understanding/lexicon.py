"""Which phrases of up to six words mean what: sorted 64-bit keys, and the senses behind each.

A phrase is found by its words as they are written, by the stems of one language, or by how it sounds in Spanish. The
key is only a way to it: what was found is compared word by word. Everything lies in arrays, not in objects.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from directory.search.engine.analysis import LANGUAGES
from directory.search.understanding.forms import (
    ANY,
    EXACT,
    FORMS,
    MAX_WORDS,
    PRIME,
    SOUND,
    Keys,
    in_form,
    phrase_keys,
    word_key,
    word_keys,
)

MAX_SPELLED, SPELLED_PEOPLE = 2, 15_000
"""The words of names of so few words, of places of so many people, may be what a mistake meant."""


@dataclass(frozen=True, slots=True)
class Sense:
    """What a phrase means, as the lexicon says it. `needs`: alternatives of which one must stand elsewhere."""

    kind: str
    value: str
    weight: float
    language: str
    needs: tuple[str, ...] = ()
    implies: tuple[tuple[str, str], ...] = ()
    is_own: bool = True
    """For a place: its own name, not one of many others."""


@dataclass(frozen=True, slots=True)
class Found:
    """A phrase of the text that the lexicon knows: tokens from `start` to before `end`, the form, and its senses."""

    start: int
    end: int
    form: str
    senses: tuple[Sense, ...]
    rows: tuple[int, ...]
    """Of each sense the row of the lexicon that says so; 0 where a label does."""
    places: NDArray[np.int32]
    """Numbers of the gazetteer; `place_is_own` says of each whether this is its own name."""
    place_is_own: NDArray[np.bool_]


class LexiconBuilder:
    """Collects phrases, or names of places; `build` lays them out."""

    def __init__(self) -> None:
        self._entries: dict[tuple[str, str], dict[int, int]] = {}
        self._senses: list[Sense] = []
        self._numbers: dict[Sense, int] = {}
        self._meanings: dict[tuple[str, ...], None] = {}
        self._places: dict[str, int] = {}

    def add(self, words: Sequence[str], sense: Sense, row: int = 0) -> None:
        """A phrase of the lexicon, in every form by which it is found; `row` says where it comes from."""
        number = self._numbers.setdefault(sense, len(self._senses))
        if number == len(self._senses):
            self._senses.append(sense)
        if sense.kind != "place":
            self._meanings[tuple(words)] = None
        forms = (EXACT,) if sense.language == ANY else (EXACT, sense.language, SOUND)
        for form in forms:
            self._put(form, in_form(words, form, len(words)), number, row)

    def add_place(self, words: Sequence[str], number: int, people: int, *, is_own: bool, by_sound: bool) -> None:
        """A name of the place with this number in the gazetteer, where so many people live."""
        if len(words) <= MAX_SPELLED and people >= SPELLED_PEOPLE:
            for word in words:
                self._places[word] = max(self._places.get(word, 0), people)
        code = -(2 * number + (1 if is_own else 2))
        self._put(EXACT, tuple(words), code)
        if by_sound:
            self._put(SOUND, in_form(words, SOUND, len(words)), code)

    def _put(self, form: str, words: tuple[str, ...], code: int, row: int = 0) -> None:
        if 0 < len(words) <= MAX_WORDS:
            self._entries.setdefault((form, " ".join(words)), {}).setdefault(code, row)

    def build(self) -> dict[str, Any]:
        """The arrays: `keys` ascending, `bounds` of the senses of each, `codes`; `texts` as lines; words as lines."""
        texts = [text for _, text in self._entries]
        keys = self._keys()
        order = np.argsort(keys, kind="stable")
        lists = list(self._entries.values())
        sizes = np.array([len(item) for item in lists], np.int64)[order]
        bounds = np.zeros(len(texts) + 1, np.int64)
        np.cumsum(sizes, out=bounds[1:])
        lines = [texts[at].encode() for at in order]
        starts = np.zeros(len(lines) + 1, np.int64)
        np.cumsum([len(line) for line in lines], out=starts[1:])
        return {
            "keys": keys[order],
            "bounds": bounds.astype(np.uint32),
            "codes": np.array([code for at in order for code in lists[at]], np.int32),
            "rows": np.array([row for at in order for row in lists[at].values()], np.int32),
            "texts": np.frombuffer(b"".join(lines), np.uint8),
            "text_starts": starts.astype(np.uint32),
            "single_words": as_lines(sorted({word for phrase in self._meanings for word in phrase})),
            "meanings": as_lines(sorted(phrase[0] for phrase in self._meanings if len(phrase) == 1)),
            "towns": as_lines(sorted(self._places, key=lambda word: (-self._places[word], word))),
        }

    def _keys(self) -> Keys:
        """The key of each entry: as `phrase_keys` makes it, of all entries at once."""
        known: dict[str, int] = {}
        numbers = [[known.setdefault(word, len(known)) for word in text.split(" ")] for _, text in self._entries]
        hashes = np.fromiter(map(word_key, known), np.uint64, len(known))
        lengths = np.fromiter(map(len, numbers), np.int64, len(numbers))
        starts = np.cumsum(lengths) - lengths
        flat = hashes[np.fromiter((number for item in numbers for number in item), np.int64, int(lengths.sum()))]
        keys = np.fromiter((FORMS.index(form) + 1 for form, _ in self._entries), np.uint64, len(numbers))
        for offset in range(MAX_WORDS):
            longer = np.flatnonzero(lengths > offset)
            keys[longer] = keys[longer] * PRIME + flat[starts[longer] + offset]
        return keys

    @property
    def senses(self) -> list[Sense]:
        """The senses by their codes."""
        return self._senses


class Entries:
    """What one builder laid out: phrases with their senses, or names with their places."""

    def __init__(self, arrays: Mapping[str, Any], senses: Sequence[Sense] = ()) -> None:
        self._keys: Keys = arrays["keys"]
        self._bounds = arrays["bounds"]
        self._codes = arrays["codes"]
        self._rows = arrays["rows"]
        self._texts = arrays["texts"]
        self._starts = arrays["text_starts"]
        self._senses = tuple(senses)
        self.single_words = frozenset(of_lines(arrays["single_words"]))
        self.meanings = frozenset(of_lines(arrays["meanings"]))
        self.towns = of_lines(arrays["towns"])

    @property
    def nbytes(self) -> int:
        """Bytes of the arrays."""
        columns = (self._keys, self._bounds, self._codes, self._rows, self._texts, self._starts)
        return sum(column.nbytes for column in columns)

    def __len__(self) -> int:
        return len(self._keys)

    def hits(self, asked: Keys) -> list[tuple[int, int]]:
        """Which of the keys are here, and where."""
        if not len(self._keys):
            return []
        at = np.searchsorted(self._keys, asked)
        at[at == len(self._keys)] = 0
        found = np.flatnonzero(self._keys[at] == asked)
        return list(zip(found.tolist(), at[found].tolist(), strict=True))

    def text(self, at: int) -> str:
        """The words of an entry, in its form."""
        return bytes(self._texts[self._starts[at] : self._starts[at + 1]]).decode()

    def found(self, start: int, length: int, form: str, at: int) -> Found:
        """An entry that stands in a text."""
        within = slice(self._bounds[at], self._bounds[at + 1])
        codes = self._codes[within]
        places = -codes[codes < 0] - 1
        means = codes >= 0
        senses = tuple(self._senses[code] for code in codes[means].tolist())
        rows = tuple(self._rows[within][means].tolist())
        return Found(start, start + length, form, senses, rows, places // 2, places % 2 == 0)


class Lexicon:
    """All phrases and all names of places at once; asked with all runs of words of a text at once.

    The two are apart because phrases change while names stay: the network mends its words, not the gazetteer.
    """

    def __init__(self, phrases: Entries, names: Entries) -> None:
        self._phrases, self._names = phrases, names
        self.single_words = phrases.single_words
        """The words of phrases with a meaning (not of places): what is spelled so is no mistake."""
        self.meanings = phrases.meanings
        """The words that mean something alone."""

    @property
    def spelled(self) -> list[str]:
        """What a mistake may have meant: words of phrases, then of the names of towns by their people."""
        return list(dict.fromkeys((*sorted(self.single_words), *self._phrases.towns, *self._names.towns)))

    @property
    def nbytes(self) -> int:
        """Bytes of the arrays."""
        return self._phrases.nbytes + self._names.nbytes

    def __len__(self) -> int:
        return len(self._phrases) + len(self._names)

    def find(self, words: Sequence[str], forms: Iterable[str] = (EXACT, *LANGUAGES)) -> list[Found]:
        """Every run of up to six words that the lexicon knows, in every form that is asked for."""
        found: list[Found] = []
        for form in forms:
            alone, in_run = in_form(words, form, 1), in_form(words, form, 2)
            keys = phrase_keys(word_keys(in_run), form)
            if not keys:
                return []
            if alone != in_run:
                keys[:1] = phrase_keys(word_keys(alone), form, 1)
            found += self._in_form(form, alone, in_run, keys)
        return found

    def _in_form(self, form: str, alone: Sequence[str], in_run: Sequence[str], keys: Sequence[Keys]) -> list[Found]:
        asked = np.concatenate(keys)
        # Names of places are known as they are written and as they sound.
        sources = (self._phrases, self._names) if form in (EXACT, SOUND) else (self._phrases,)
        found: dict[int, Found] = {}
        for entries in sources:
            for hit, at in entries.hits(asked):
                start, length = _run(hit, len(alone))
                own = alone if length == 1 else in_run
                if entries.text(at) == " ".join(own[start : start + length]):
                    here = entries.found(start, length, form, at)
                    found[hit] = _both(found[hit], here) if hit in found else here
        return [found[hit] for hit in sorted(found)]


def _run(hit: int, count: int) -> tuple[int, int]:
    """Where a run of words starts and how many they are, by its place among all runs of `count` words."""
    length = 1
    while hit >= count - length + 1:
        hit -= count - length + 1
        length += 1
    return hit, length


def _both(first: Found, second: Found) -> Found:
    """What the same words mean as a phrase and as a name."""
    return replace(
        first,
        senses=first.senses + second.senses,
        rows=first.rows + second.rows,
        places=np.concatenate((first.places, second.places)),
        place_is_own=np.concatenate((first.place_is_own, second.place_is_own)),
    )


def as_lines(values: Iterable[str]) -> NDArray[np.uint8]:
    """Texts without line ends as one array of UTF-8."""
    return np.frombuffer("".join(f"{value}\n" for value in values).encode(), np.uint8)


def of_lines(column: NDArray[np.uint8]) -> list[str]:
    """What `as_lines` wrote."""
    return bytes(column).decode().split("\n")[:-1]
