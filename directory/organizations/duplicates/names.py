"""What remains of a name when legal forms, small words and the choice of language are taken away."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from directory.organizations.duplicates.lexicon import CONCEPTS, EXPANSIONS, LEGAL_FORMS, LEGAL_PHRASES, STOP_WORDS
from directory.organizations.duplicates.regions import LONGEST_REGION, REGIONS
from directory.places.names import fold
from directory.text import plain_signs

_ELISION = re.compile(r"\b[dl]'(?=\w)", re.IGNORECASE)
_INNER = re.compile(r"\(([^()]+)\)")
_PARTS = re.compile(r"\s+[-–—|]+\s*|\s*[-–—|]+\s+|[,;:(){}\[\]\"“”«»]+")
_CAPITALS = re.compile(r"\b(?:[A-Z][a-zA-Z]{0,2}[A-Z]|[A-Z0-9]{3})[A-Z0-9]{0,8}\b")
MIN_ACRONYM = 3
MIN_INITIALS = 4


@dataclass(frozen=True, slots=True)
class Name:
    """The words of a name that count, each once and in order, and which of them tell of a country or subdivision."""

    words: tuple[str, ...]
    regions: Mapping[str, str] = field(default_factory=dict)


@lru_cache(maxsize=65_536)
def canonical(word: str) -> tuple[str, ...]:
    """The words that stand for one folded word: `migrantes` → `migrant`, `ny` → `new`, `york`; often itself."""
    if word in EXPANSIONS:
        return EXPANSIONS[word]
    for form in (word, *_singulars(word)):
        if form in CONCEPTS:
            return (CONCEPTS[form],)
    return (_singulars(word)[0],) if len(word) > 3 and word.endswith("s") else (word,)


def _singulars(word: str) -> tuple[str, ...]:
    if len(word) < 4 or not word.endswith("s") or word.endswith("ss"):
        return (word,)
    if word.endswith("ies") and len(word) > 5:
        return (word[:-3] + "y", word[:-1])
    return (word[:-1], word[:-2]) if word.endswith("es") else (word[:-1],)


def folded_words(name: str) -> list[str]:
    """The words of a name, folded, with `A. C.` and `I.A.P.` as one word and legal forms left out."""
    words = _join_letters(fold(_ELISION.sub(" ", plain_signs(name))).split())
    for phrase in LEGAL_PHRASES:
        for start in range(len(words) - len(phrase), 0, -1):
            if tuple(words[start : start + len(phrase)]) == phrase:
                del words[start : start + len(phrase)]
    kept = [word for word in words if word not in LEGAL_FORMS]
    return kept or words


def _join_letters(words: Sequence[str]) -> list[str]:
    """Runs of single letters as one word: `a c` → `ac`."""
    joined: list[str] = []
    in_run = False
    for word in words:
        is_letter = len(word) == 1 and word.isalpha()
        if is_letter and in_run:
            joined[-1] += word
        else:
            joined.append(word)
        in_run = is_letter
    return joined


@lru_cache(maxsize=65_536)
def read_name(name: str) -> Name:
    """The words of a name that count; small words are kept only where nothing else is left."""
    surface = folded_words(name)
    regions: dict[str, str] = {}
    position = 0
    while position < len(surface):
        length = _region_length(surface, position)
        if length:
            phrase = tuple(surface[position : position + length])
            regions |= {part: REGIONS[phrase] for word in phrase for part in canonical(word)}
        position += length or 1
    kept = [word for word in surface if word not in STOP_WORDS] or surface
    return Name(tuple(dict.fromkeys(part for word in kept for part in canonical(word))), regions)


def _region_length(words: Sequence[str], position: int) -> int:
    for length in range(LONGEST_REGION, 0, -1):
        if tuple(words[position : position + length]) in REGIONS:
            return length
    return 0


def readings_of(name: str) -> list[str]:
    """The name, and the name without what stands in parentheses."""
    return [text for text in dict.fromkeys((name, _INNER.sub(" ", name))) if fold(text)]


def leading_part(name: str) -> str:
    """What stands before the first dash, comma or parenthesis: `ABBA A.C., Centro de Ayuda` → `ABBA A.C.`."""
    return next((piece.strip() for piece in _PARTS.split(name) if piece.strip()), name)


def acronyms_in(name: str) -> set[str]:
    """Acronyms that a name spells out beside other words, folded; none in a name that is all capitals."""
    if name.isupper():
        return set()
    found = {fold(match) for match in _CAPITALS.findall(name)}
    return {word for word in found if len(word) >= MIN_ACRONYM and word not in LEGAL_FORMS and not word.isdigit()}


def initials_of(name: str) -> set[str]:
    """What a name would be as an acronym, with and without its small words (four letters or more)."""
    words = folded_words(_INNER.sub(" ", name))
    spelled = "".join(word[0] for word in words if word not in STOP_WORDS)
    full = "".join(word[0] for word in words)
    return {letters for letters in (spelled, full) if len(letters) >= MIN_INITIALS}
