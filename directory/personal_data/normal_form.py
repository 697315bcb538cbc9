"""One form of a free text before any rule looks at it: what looks like a letter or a digit, is read as one."""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache
from importlib.resources import files

from directory.text import plain_signs

_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_BETWEEN = r"[ .·•*_~/-]"
_SPREAD = re.compile(rf"(?<!\w)(?<!\w[.'])[^\W\d_](?:({_BETWEEN})[^\W\d_])(?:\1[^\W\d_])+(?!\w)(?:\1(?=\s))?")
"""Single letters with the same sign between them: three at least."""
_SPREAD_MARKS = re.compile(_BETWEEN)
_ABBREVIATION = re.compile(r"(?:[A-Z]\.){2,}[A-Z]?|[A-Z](?:[ .][A-Z]){1,3}")
"""`E.U.A.`, `A C`: letters that stand alone with reason."""
_WORD = re.compile(r"[^\W_]+")
_WITHIN = re.compile(r"[^\W\d_][013457][^\W\d_]")
"""A digit where a letter stands: one sign at a time, so that a long word takes no longer than many short ones."""
_LETTER_FOR = str.maketrans("013457", "oieast")
_JOINED = re.compile(r"(?<=[^\W\d_])[_]+(?=[^\W_])|(?<=[a-zñáéíóú])(?=[A-ZÁÉÍÓÚÑ][a-zñáéíóú])")
_LOWER_CHAIN = re.compile(r"(?<![\w@.:/-])[^\W\d_]{2,}(?:([./-])[^\W\d_]{2,})(?:\1[^\W\d_]{2,})+(?![\w@/-])")


def normal_form(text: str) -> str:
    """The text with one form of each letter, digit, dash, apostrophe and space, without what nobody sees.

    Letters of other scripts that look like Latin ones are those (Unicode TR 39); compatibility forms are plain (NFKC).
    """
    return "".join(map(_plain, unicodedata.normalize("NFKC", plain_signs(text))))


def read_together(plain: str) -> str:
    """A second reading of a normal form: letters that stand apart joined, digits within words as letters, names that
    are written as one word or chained by signs taken apart.
    """
    text = _SPREAD.sub(_joined, plain)
    text = _WORD.sub(_with_letters, text)
    text = _JOINED.sub(" ", text)
    return _LOWER_CHAIN.sub(lambda match: match[0].replace(match[1], " "), text)


def _joined(match: re.Match[str]) -> str:
    if _ABBREVIATION.fullmatch(match[0]):
        return match[0]
    return _SPREAD_MARKS.sub("", match[0])


def _with_letters(word: re.Match[str]) -> str:
    return word[0].translate(_LETTER_FOR) if _WITHIN.search(word[0]) else word[0]


@cache
def _plain(char: str) -> str:
    if char.isascii():
        return char
    category = unicodedata.category(char)
    if category == "Me" or char in _INVISIBLE or "\ufe00" <= char <= "\ufe0f":
        return ""
    if category == "Nd":
        return str(unicodedata.digit(char))
    if category == "Pd" or char == "−":
        return "-"
    return _look_alikes().get(char, char)


@cache
def _look_alikes() -> dict[str, str]:
    """Letter of another script → the Latin one that it looks like. A small letter without one looks as its capital."""
    table = json.loads(files("confusable_homoglyphs").joinpath("confusables.json").read_text("utf-8"))
    found: dict[str, str] = {}
    for char, alike in table.items():
        latin = [item["c"] for item in alike if len(item["c"]) == 1 and item["c"].isascii() and item["c"].isalpha()]
        if latin and len(char) == 1 and not char.isascii() and char.isalpha():
            found[char] = "I" if latin[0] == "l" and char.isupper() else latin[0]
    small = {
        char.lower(): letter.lower() for char, letter in found.items() if char.isupper() and len(char.lower()) == 1
    }
    return {**small, **found}
