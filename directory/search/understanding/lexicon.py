"""Which phrases of up to six words mean what: sorted 64-bit keys, and the senses behind each.

A phrase is found by its words as they are written, by the stems of one language, or by how it sounds in Spanish. The
key is only a way to it: what was found is compared word by word. Everything lies in arrays, not in objects.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    WordForm,
    forms_of,
    in_form,
    phrase_keys,
    word_key,
)
from directory.search.understanding.lines import as_lines, of_lines

KEPT_ENTRIES = 4_096
"""Entries that are kept ready, a set of arrays."""
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


@dataclass(frozen=True, slots=True)
class Entry:
    """The words of a phrase in one form, and all that they mean."""

    text: str
    senses: tuple[Sense, ...]
    rows: tuple[int, ...]
    places: NDArray[np.int32]
    place_is_own: NDArray[np.bool_]

    def found(self, start: int, length: int, form: str) -> Found:
        """This entry where it stands in a text."""
        return Found(start, start + length, form, self.senses, self.rows, self.places, self.place_is_own)


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
        self._lately: dict[int, Entry] = {}
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
        at = self._keys.searchsorted(asked)
        at[at == len(self._keys)] = 0
        found = (self._keys[at] == asked).nonzero()[0]
        return list(zip(found.tolist(), at[found].tolist(), strict=True))

    def entry(self, at: int) -> Entry:
        """What stands at a place; what was asked for lately is kept."""
        known = self._lately.get(at)
        if known is None:
            if len(self._lately) >= KEPT_ENTRIES:
                self._lately.clear()
            known = self._lately[at] = self._read(at)
        return known

    def _read(self, at: int) -> Entry:
        text = bytes(self._texts[self._starts[at] : self._starts[at + 1]]).decode()
        within = slice(int(self._bounds[at]), int(self._bounds[at + 1]))
        codes = self._codes[within]
        places = -codes[codes < 0] - 1
        pairs = [
            (self._senses[code], row)
            for code, row in zip(codes.tolist(), self._rows[within].tolist(), strict=True)
            if code >= 0
        ]
        senses, rows = tuple(sense for sense, _ in pairs), tuple(row for _, row in pairs)
        return Entry(text, senses, rows, places // 2, places % 2 == 0)


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

    def find(self, words: Sequence[str], forms: Sequence[str] = (EXACT, *LANGUAGES)) -> list[Found]:
        """Every run of up to six words that the lexicon knows, in every form that is asked for."""
        if not words:
            return []
        # Names of places are known as they are written and as they sound: these forms stand first, and come out so.
        named = [form for form in forms if form in (EXACT, SOUND)]
        ordered = [*named, *(form for form in forms if form not in named)]
        numbers = [FORMS.index(form) for form in ordered]
        known = [forms_of(word) for word in words]
        alone = np.array([[own[number].alone_key for own in known] for number in numbers], np.uint64)
        in_run = np.array([[own[number].in_run_key for own in known] for number in numbers], np.uint64)
        keys = phrase_keys(alone, in_run, ordered)
        found: dict[tuple[int, int, int], Found] = {}
        for entries, count in ((self._phrases, len(ordered)), (self._names, len(named))):
            if not count:
                continue
            asked = np.concatenate([of_length[:count].ravel() for of_length in keys])
            for hit, at in entries.hits(asked):
                form, length, start = _run(hit, count, len(words))
                entry = entries.entry(at)
                if entry.text == _written(known[start : start + length], numbers[form]):
                    here = entry.found(start, length, ordered[form])
                    key = form, length, start
                    found[key] = _both(found[key], here) if key in found else here
        return [found[key] for key in sorted(found)]


def _written(words: Sequence[Sequence[WordForm]], form: int) -> str:
    if len(words) == 1:
        return words[0][form].alone
    return " ".join(word[form].in_run for word in words)


def _run(hit: int, forms: int, count: int) -> tuple[int, int, int]:
    """Form, length and start of a run by its place among all runs of `count` words, length by length, form by form."""
    length = 1
    while hit >= forms * (count - length + 1):
        hit -= forms * (count - length + 1)
        length += 1
    form, start = divmod(hit, count - length + 1)
    return form, length, start


def _both(first: Found, second: Found) -> Found:
    """What the same words mean as a phrase and as a name."""
    return replace(
        first,
        senses=first.senses + second.senses,
        rows=first.rows + second.rows,
        places=np.concatenate((first.places, second.places)),
        place_is_own=np.concatenate((first.place_is_own, second.place_is_own)),
    )
