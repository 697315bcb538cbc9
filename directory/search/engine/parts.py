"""What a query asks for, read from its text: words, phrases, labels; which must be found and which must not."""

from __future__ import annotations

import re
from dataclasses import dataclass

from directory.search.engine.analysis import STOP_WORDS, words
from directory.search.engine.weights import plain_term, stem_terms

MIN_PREFIX = 3
"""Letters from which the last word of a query also stands for what begins with it."""
_TOKEN = re.compile(r'(?P<minus>(?<!\S)-)?(?:"(?P<phrase>[^"]*)"|(?P<word>[^\s"]+))')
_QUOTES = str.maketrans("“”„«»", '"""""')


@dataclass(frozen=True)
class Word:
    """One word: as it is written, or by any of its stems. `is_prefix`: what begins with it counts a little too."""

    plain: str
    stems: tuple[str, ...]
    is_prefix: bool = False


@dataclass(frozen=True)
class Alternatives:
    """Sets of words, all of one of which must be found; each counts by the average of its words.

    `terms` are further single terms, any of which is enough. `share`: what a match counts against a plain one.
    """

    sets: tuple[tuple[Word, ...], ...]
    terms: tuple[str, ...] = ()
    share: float = 1.0


@dataclass(frozen=True)
class Phrase:
    """Words that must follow one another just so."""

    words: tuple[str, ...]


Part = Word | Alternatives | Phrase


@dataclass(frozen=True)
class Asked:
    """All parts that must be found, and those that must not."""

    required: tuple[Part, ...] = ()
    excluded: tuple[Part, ...] = ()


@dataclass(frozen=True)
class Token:
    """A word or a phrase as it was typed, folded; `is_last` where the text ends with it."""

    words: tuple[str, ...]
    is_phrase: bool
    is_excluded: bool
    is_last: bool


def word(plain: str, *, is_prefix: bool = False) -> Word:
    """A folded word with its stems."""
    return Word(plain_term(plain), stem_terms(plain), is_prefix and len(plain) >= MIN_PREFIX)


def tokens(text: str) -> list[Token]:
    """The tokens of a query. A quotation mark without its partner is a space, or nothing behind a minus."""
    text = text.translate(_QUOTES)
    if text.count('"') % 2:
        position = text.rindex('"')
        gap = "" if text[:position].endswith("-") else " "
        text = f"{text[:position]}{gap}{text[position + 1 :]}"
    found = list(_TOKEN.finditer(text))
    result = []
    for match in found:
        is_phrase = match["phrase"] is not None
        folded = tuple(words(match["phrase"] if is_phrase else match["word"]))
        if folded:
            result.append(Token(folded, is_phrase, match["minus"] is not None, match is found[-1]))
    return result


def told(found: tuple[str, ...]) -> tuple[str, ...]:
    """The words that carry meaning; all of them where none would be left."""
    return tuple(item for item in found if item not in STOP_WORDS) or found
