"""In which forms a phrase is found: as it is written, by the stems of one language, or by how it sounds in Spanish."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b

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
PRIME = np.uint64(0x9E3779B97F4A7C15)
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
        keys = keys[: len(words) - length + 1] * PRIME + words[length - 1 :]
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


def word_keys(words: Sequence[str]) -> Keys:
    """The keys of words, uint64 (n,)."""
    return np.array([word_key(word) for word in words], np.uint64)
