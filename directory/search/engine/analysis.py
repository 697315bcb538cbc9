"""From text to terms: lower case, fold accents, then stem each word by the language of its text.

Folding comes before stemming, so that *asesoria* and *asesoría* meet. Stemmers: Snowball (PyStemmer).
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable
from functools import lru_cache

import Stemmer

from directory.text import lower_case, without_accents

LANGUAGES = ("es", "en", "fr")
MAX_WORD = 40
_WORD = re.compile(r"\w+", re.UNICODE)
_ELISION = re.compile(r"\b(?:l|d|j|m|n|s|t|c|qu)'(?=\w\w)")
_STEMMER_NAMES = {"es": "spanish", "en": "english", "fr": "french"}
_local = threading.local()

_STOP_WORDS = """
a al ante con cerca como de del desde donde el ella en entre es esta este hay la las lo los mi o para por que quien
se sin sobre su sus un una unas unos y
an and are at by for from i in is me my near need of on or that the to want who with
au aux avec ce ces chez dans des du elle et est j je le les leur ma me mon ne nous ou par pour pres qui sa ses son
sur un une vos votre vous
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())
"""Words of Spanish, English and French that say nothing about what is looked for; folded."""


def fold(text: str) -> str:
    """Lower case without accents or ligatures; an elided article is split off, other apostrophes vanish."""
    return without_accents(_ELISION.sub(" ", lower_case(text)).replace("'", ""))


def words(text: str) -> list[str]:
    """The folded words of a text, in order, each at most 40 characters long."""
    return [word[:MAX_WORD] for word in _WORD.findall(fold(text))]


@lru_cache(maxsize=65_536)
def stem(word: str, language: str) -> str:
    """The stem of a folded word in one of the three languages; the word itself in any other."""
    if language not in _STEMMER_NAMES:
        return word
    # A Snowball stemmer keeps state while it works; each thread has its own.
    stemmers: dict[str, Stemmer.Stemmer] | None = getattr(_local, "stemmers", None)
    if stemmers is None:
        stemmers = _local.stemmers = {code: Stemmer.Stemmer(name) for code, name in _STEMMER_NAMES.items()}
    return str(stemmers[language].stemWord(word))


def stems(word: str) -> tuple[str, ...]:
    """The stems of a word whose language is unknown: at most three, each once."""
    return tuple(dict.fromkeys(stem(word, language) for language in LANGUAGES))


def stemmed(text: str, language: str | None) -> list[str]:
    """The stems of a text's words; all stems of each word where the language is unknown."""
    if language is None:
        return [item for word in words(text) for item in stems(word)]
    return [stem(word, language) for word in words(text)]


def query_words(text: str) -> list[str]:
    """The words of a query that carry meaning; all of them where none would be left."""
    found = words(text)
    return without_stop_words(found) or found


def without_stop_words(found: Iterable[str]) -> list[str]:
    """The words that are not stop words of any of the three languages, each once and in order."""
    return list(dict.fromkeys(word for word in found if word not in STOP_WORDS))
