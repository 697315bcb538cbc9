"""Which phrases of up to six words mean what: sorted 64-bit keys, and the senses behind each.

A phrase is found by its words as they are written, by the stems of one language, or by how it sounds in Spanish. The
key is only a way to it: what was found is compared word by word. Everything lies in arrays, not in objects.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from directory.search.engine.analysis import LANGUAGES, STOP_WORDS, stem

MAX_WORDS = 6
LEAST_STEM, LEAST_STEM_IN_RUN = 4, 3
"""A shorter stem meets strangers: it stands for its word alone. In a run its neighbours tell it from them."""
ANY = "mul"
"""The language of a phrase that is found only as it is written: its stems would meet strangers."""
EXACT, SOUND = "exact", "sound"
FORMS = (EXACT, *LANGUAGES, SOUND)
_PRIME = np.uint64(0x9E3779B97F4A7C15)
Keys = NDArray[np.uint64]
_SOUNDS = (
    (re.compile(r"^h|(?<=[^cspt])h"), ""),
    (re.compile(r"ll"), "y"),
    (re.compile(r"v|w"), "b"),
    (re.compile(r"ph"), "f"),
    (re.compile(r"qu(?=[ei])|c(?=[^eihy]|$)|q"), "k"),
    (re.compile(r"z|c(?=[ei])|x"), "s"),
    (re.compile(r"gu?(?=[ei])"), "j"),
    (re.compile(r"(.)\1"), r"\1"),
)
MIN_SOUND = 4
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
    places: NDArray[np.int32]
    """Numbers of the gazetteer; `place_is_own` says of each whether this is its own name."""
    place_is_own: NDArray[np.bool_]


@lru_cache(maxsize=200_000)
def word_key(word: str) -> int:
    """64 bits of a word (blake2b)."""
    return int.from_bytes(blake2b(word.encode(), digest_size=8).digest(), "little")


def phrase_keys(words: NDArray[np.uint64], form: str, longest: int = MAX_WORDS) -> list[Keys]:
    """The keys of all runs of one word, of two, … up to `longest`; `words` are `word_key`s in one form, uint64 (n,).

    A run's key is that of the run without its last word, times a prime, plus the last word.
    """
    found = []
    keys = np.full(len(words), FORMS.index(form) + 1, np.uint64)
    for length in range(1, min(longest, len(words)) + 1):
        keys = keys[: len(words) - length + 1] * _PRIME + words[length - 1 :]
        found.append(keys)
    return found


def stemmed_word(word: str, language: str, least: int = LEAST_STEM) -> str:
    """The stem by which a phrase's word is known; stop words, and what has a short stem, stand for themselves."""
    if word in STOP_WORDS or len(word) < least or not word.isalpha():
        return word
    found = stem(word, language)
    return found if len(found) >= least else word


@lru_cache(maxsize=65_536)
def sound(word: str) -> str:
    """How a word sounds to who writes Spanish by ear: b/v, s/c/z, silent h, ll/y, g/j, k/qu are one."""
    if len(word) < MIN_SOUND or not word.isalpha():
        return word
    heard = word
    for pattern, other in _SOUNDS:
        heard = pattern.sub(other, heard)
    return heard if len(heard) >= MIN_SOUND else word


def in_form(words: Sequence[str], form: str, length: int) -> tuple[str, ...]:
    """Words as a form knows them in runs of a length."""
    if form == EXACT:
        return tuple(words)
    if form == SOUND:
        return tuple(map(sound, words))
    least = LEAST_STEM if length == 1 else LEAST_STEM_IN_RUN
    return tuple(stemmed_word(word, form, least) for word in words)


class LexiconBuilder:
    """Collects phrases; `build` lays them out."""

    def __init__(self) -> None:
        self._entries: dict[tuple[str, str], list[int]] = {}
        self._senses: list[Sense] = []
        self._numbers: dict[Sense, int] = {}
        self._meanings: dict[tuple[str, ...], None] = {}
        self._places: dict[str, int] = {}

    def add(self, words: Sequence[str], sense: Sense) -> None:
        """A phrase of the lexicon, in every form by which it is found."""
        number = self._numbers.setdefault(sense, len(self._senses))
        if number == len(self._senses):
            self._senses.append(sense)
        if sense.kind != "place":
            self._meanings[tuple(words)] = None
        forms = (EXACT,) if sense.language == ANY else (EXACT, sense.language, SOUND)
        for form in forms:
            self._put(form, in_form(words, form, len(words)), number)

    def add_place(self, words: Sequence[str], number: int, people: int, *, is_own: bool, by_sound: bool) -> None:
        """A name of the place with this number in the gazetteer, where so many people live."""
        if len(words) <= MAX_SPELLED and people >= SPELLED_PEOPLE:
            for word in words:
                self._places[word] = max(self._places.get(word, 0), people)
        code = -(2 * number + (1 if is_own else 2))
        self._put(EXACT, tuple(words), code)
        if by_sound:
            self._put(SOUND, in_form(words, SOUND, len(words)), code)

    def _put(self, form: str, words: tuple[str, ...], code: int) -> None:
        if 0 < len(words) <= MAX_WORDS:
            known = self._entries.setdefault((form, " ".join(words)), [])
            if code not in known:
                known.append(code)

    def has_meaning(self, words: Sequence[str]) -> bool:
        """Whether words are a phrase that means something other than a place."""
        return tuple(words) in self._meanings

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
        single = sorted({word for phrase in self._meanings for word in phrase})
        towns = sorted(self._places, key=lambda word: (-self._places[word], word))
        return {
            "keys": keys[order],
            "bounds": bounds.astype(np.uint32),
            "codes": np.array([code for at in order for code in lists[at]], np.int32),
            "texts": np.frombuffer(b"".join(lines), np.uint8),
            "text_starts": starts.astype(np.uint32),
            "single_words": as_lines(single),
            "meanings": as_lines(sorted(phrase[0] for phrase in self._meanings if len(phrase) == 1)),
            "spelled": as_lines(dict.fromkeys((*single, *towns))),
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
            keys[longer] = keys[longer] * _PRIME + flat[starts[longer] + offset]
        return keys

    @property
    def senses(self) -> list[Sense]:
        """The senses by their codes."""
        return self._senses


class Lexicon:
    """All phrases at once; asked with all runs of words of a text at once."""

    def __init__(self, arrays: Mapping[str, Any], senses: Sequence[Sense]) -> None:
        self._keys: Keys = arrays["keys"]
        self._bounds = arrays["bounds"]
        self._codes = arrays["codes"]
        self._texts = arrays["texts"]
        self._starts = arrays["text_starts"]
        self._senses = tuple(senses)
        self.single_words = frozenset(of_lines(arrays["single_words"]))
        """The words of phrases with a meaning (not of places): what is spelled so is no mistake."""
        self.meanings = frozenset(of_lines(arrays["meanings"]))
        """The words that mean something alone."""
        self.spelled = of_lines(arrays["spelled"])
        """What a mistake may have meant: words of phrases, then of the names of towns by their people."""

    @property
    def nbytes(self) -> int:
        """Bytes of the arrays."""
        return sum(column.nbytes for column in (self._keys, self._bounds, self._codes, self._texts, self._starts))

    def __len__(self) -> int:
        return len(self._keys)

    def _text(self, at: int) -> str:
        return bytes(self._texts[self._starts[at] : self._starts[at + 1]]).decode()

    def find(self, words: Sequence[str], forms: Iterable[str] = (EXACT, *LANGUAGES)) -> list[Found]:
        """Every run of up to six words that the lexicon knows, in every form that is asked for."""
        wanted: list[Keys] = []
        spans: list[tuple[str, tuple[str, ...], int]] = []
        for form in forms:
            alone, in_run = in_form(words, form, 1), in_form(words, form, 2)
            keys = phrase_keys(_word_keys(in_run), form)
            if alone != in_run:
                keys[:1] = phrase_keys(_word_keys(alone), form, 1)
            wanted += keys
            spans += [(form, alone if length == 1 else in_run, length) for length in range(1, len(keys) + 1)]
        if not wanted:
            return []
        asked = np.concatenate(wanted)
        at = np.searchsorted(self._keys, asked)
        at[at == len(self._keys)] = 0
        if not len(self):
            return []
        hits = np.flatnonzero(self._keys[at] == asked).tolist()
        sizes = np.cumsum([len(keys) for keys in wanted])
        found = []
        for hit in hits:
            group = int(np.searchsorted(sizes, hit, side="right"))
            form, own, length = spans[group]
            start = hit - (int(sizes[group - 1]) if group else 0)
            if self._text(int(at[hit])) == " ".join(own[start : start + length]):
                found.append(self._found(start, length, form, int(at[hit])))
        return found

    def _found(self, start: int, length: int, form: str, at: int) -> Found:
        codes = self._codes[self._bounds[at] : self._bounds[at + 1]]
        places = -codes[codes < 0] - 1
        senses = tuple(self._senses[code] for code in codes[codes >= 0].tolist())
        return Found(start, start + length, form, senses, places // 2, places % 2 == 0)


def _word_keys(words: Sequence[str]) -> Keys:
    return np.array([word_key(word) for word in words], np.uint64)


def as_lines(values: Iterable[str]) -> NDArray[np.uint8]:
    """Texts without line ends as one array of UTF-8."""
    return np.frombuffer("".join(f"{value}\n" for value in values).encode(), np.uint8)


def of_lines(column: NDArray[np.uint8]) -> list[str]:
    """What `as_lines` wrote."""
    return bytes(column).decode().split("\n")[:-1]
