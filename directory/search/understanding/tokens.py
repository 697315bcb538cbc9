"""What was typed, word by word: raw and folded, where it stands, and what kind of sign it is."""

from __future__ import annotations

import re
from dataclasses import dataclass

from directory.search.engine.analysis import words
from directory.text import plain_sign

MAX_WORDS = 150
"""Words that are read; of the rest is said that they were not."""
_CHAT_LINE = re.compile(
    r"^\s*\[?\s*\d{1,2}[:.]\d{2}(?::\d{2})?\s*(?:[ap]\.?\s?m\.?)?\s*,\s*\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}\s*\]?"
    r"(?:\s*-)?\s*[^:\n]{0,60}:|"
    r"^\s*\[?\s*\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}\s*,?\s*\d{1,2}[:.]\d{2}(?::\d{2})?\s*(?:[ap]\.?\s?m\.?)?\s*\]?"
    r"(?:\s*-)?\s*[^:\n]{0,60}:|"
    r"^\s*~[^:\n]{1,60}:",
    re.IGNORECASE | re.MULTILINE,
)
"""The head of a pasted chat line: `[18:05, 1/12/2026] Rosa:`, `1/12/26, 18:05 - Rosa:`, `~Rosa:`."""
_ADDRESS = re.compile(r"https?://\S+|www\.\S+|[\w.+-]+@[\w-]+\.[\w.-]+", re.IGNORECASE)
_DATE = re.compile(r"\b\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}\b|\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}:\d{2}\b")
_PHONE = re.compile(r"(?<![\w])\+?(?:\(?\d[\d\s().\u00ad-]{5,18}\d)(?![\w])")
_PIECE = re.compile(r'"[^"]*"|[^\s"]+')
_JOINERS = "'\u00ad"
"""What holds a word together, once `plain_sign` has been over it."""
_WORD = re.compile(rf"[\w{_JOINERS}·-]*\w[\w{_JOINERS}]*")
_QUOTES = str.maketrans("“”„«»", '"""""')
MIN_PHONE_DIGITS = 7


@dataclass(frozen=True, slots=True)
class Token:
    """A folded word and where it stands in the text. `start`, `end`: characters of the text as it was typed."""

    word: str
    raw: str
    start: int
    end: int
    is_capital: bool
    """All of its letters are capitals, and not all of the text is."""
    after_comma: bool
    is_excluded: bool


@dataclass(frozen=True)
class Typed:
    """A text in its parts. `phones`: runs of seven digits or more. `cut`: words beyond those that are read."""

    text: str
    tokens: tuple[Token, ...]
    phones: tuple[str, ...]
    cut: int
    clean: str = ""
    """The text as it is read: of the same length."""


def typed(text: str) -> Typed:
    """The words of a text as they are read: without heads of chat lines, addresses, dates, phones, invisible signs."""
    blank = "".join(map(plain_sign, text.translate(_QUOTES)))
    if blank.count('"') % 2:
        at = blank.rindex('"')
        blank = f"{blank[:at]} {blank[at + 1 :]}"
    for pattern in (_CHAT_LINE, _ADDRESS, _DATE):
        blank = pattern.sub(_spaces, blank)
    phones = []
    for match in list(_PHONE.finditer(blank)):
        digits = re.sub(r"\D", "", match[0])
        if len(digits) >= MIN_PHONE_DIGITS:
            phones.append(digits)
            blank = f"{blank[: match.start()]}{' ' * len(match[0])}{blank[match.end() :]}"
    letters = [char for char in blank if char.isalpha()]
    shouts = bool(letters) and sum(char.isupper() for char in letters) > 0.6 * len(letters)
    tokens: list[Token] = []
    for piece in _PIECE.finditer(blank):
        _take(piece[0], piece.start(), blank, shouts, tokens)
    return Typed(text, tuple(tokens[:MAX_WORDS]), tuple(phones), max(0, len(tokens) - MAX_WORDS), blank)


def _spaces(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _take(piece: str, start: int, text: str, shouts: bool, tokens: list[Token]) -> None:
    # What stands in quotation marks always holds, as written: it is searched for, not read.
    if piece.startswith('"'):
        return
    is_excluded = len(piece) > 1 and piece[0] == "-" and (piece[1].isalpha() or piece[1] == '"')
    for match in _WORD.finditer(piece):
        raw = match[0].strip("'-·")
        if not raw:
            continue
        at = start + match.start() + match[0].index(raw)
        before = text[:at].rstrip()
        for word, own_start, own_end in _folded(raw, at):
            tokens.append(
                Token(
                    word, raw, own_start, own_end,
                    is_capital=not shouts and raw.isupper() and len(raw) > 1,
                    after_comma=before.endswith(","),
                    is_excluded=is_excluded,
                )
            )  # fmt: skip


def _folded(raw: str, at: int) -> list[tuple[str, int, int]]:
    """The folded words of one written word with their places: *d'asile* is two, *q'anjob'al* is one."""
    found = words(raw)
    if len(found) == 1:
        return [(found[0], at, at + len(raw))]
    if len(found) == 2 and "'" in raw:
        middle = at + raw.index("'") + 1
        return [(found[0], at, middle), (found[1], middle, at + len(raw))]
    return [(word, at, at + len(raw)) for word in found]
