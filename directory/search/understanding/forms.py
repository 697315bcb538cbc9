"""In which forms a phrase is found: as it is written, by the stems of one language, or by how it sounds in Spanish."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

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


class WordForm(NamedTuple):
    """A word in one form, as it is known alone and in runs, each with its key."""

    alone: str
    in_run: str
    alone_key: int
    in_run_key: int


def phrase_keys(alone: Keys, in_run: Keys, forms: Sequence[str]) -> list[Keys]:
    """The keys of all runs of one word, of two, … up to six, in some forms: uint64 (forms, n - length + 1) each.

    `alone` and `in_run` are the keys of a text's words in each form, uint64 (forms, n), as they are known alone and in
    runs. A run's key is that of the run without its last word, times a prime, plus the last word.
    """
    start = np.array([[FORMS.index(form) + 1] for form in forms], np.uint64)
    count = in_run.shape[1]
    found = [start * PRIME + alone]
    keys = start * PRIME + in_run
    for length in range(2, min(MAX_WORDS, count) + 1):
        keys = keys[:, : count - length + 1] * PRIME + in_run[:, length - 1 :]
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


@lru_cache(maxsize=65_536)
def forms_of(word: str) -> tuple[WordForm, ...]:
    """A word in each of `FORMS`."""
    return tuple(_form_of(word, form) for form in FORMS)


def _form_of(word: str, form: str) -> WordForm:
    (alone,), (in_run,) = in_form((word,), form, 1), in_form((word,), form, 2)
    return WordForm(alone, in_run, word_key(alone), word_key(in_run))
