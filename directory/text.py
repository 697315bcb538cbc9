"""Signs: one form of what looks alike, before a text is kept, compared or searched.

People paste from Word, WhatsApp and web pages: spaces that do not break, apostrophes of nine kinds, hyphens that nobody
sees. What is kept is cleaned once, by `clean`; what is only compared goes through `plain_signs` before it is folded.
Categories are Unicode's general ones (UAX #44).
"""

from __future__ import annotations

import re
import unicodedata

APOSTROPHES = "'\u2018\u2019\u02bc\u02bb\ua78c\u00b4`\u2032"
"""Signs that people write where an apostrophe or a glottal stop belongs: *K´iche´*, *Kʼicheʼ*, *d’asile*."""
_CARRIAGE_RETURN = re.compile("\r\n?")
_LINE_ENDS = "\n\u0085\u2028\u2029"
_UNSEEN = frozenset({"Cc", "Cf", "Cs"})
_LAST_KEPT = 0xFFFF


class _Signs(dict[int, str]):
    """What becomes of each sign, worked out when it is first met: a table for `str.translate`."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if char in _LINE_ENDS:
            new = "\n"
        elif char.isspace() or unicodedata.category(char)[0] == "Z":
            new = " "
        else:
            new = "" if unicodedata.category(char) in _UNSEEN else char
        if code <= _LAST_KEPT:  # as many as there may be: what strangers send cannot fill the memory
            self[code] = new
        return new


_CLEAN = _Signs()
_PLAIN = _Signs(dict.fromkeys(map(ord, APOSTROPHES), "'"))


def clean(text: str) -> str:
    """A text as it is kept: NFC, every space an ordinary one, line ends as `\\n`, nothing that nobody sees.

    Spaces are not counted: two stay two. Words that a soft hyphen or a sign without width parts become one.
    """
    if text.isascii() and text.isprintable():
        return text
    return unicodedata.normalize("NFC", _CARRIAGE_RETURN.sub("\n", text).translate(_CLEAN))


def clean_line(text: str) -> str:
    """A text of one line as it is kept: cleaned, with single spaces and none around it."""
    return " ".join(clean(text).split())


def plain_signs(text: str) -> str:
    """A text to be compared: one apostrophe, one space, no sign that nobody sees. Letters stay as they are."""
    return text.translate(_PLAIN)


def lower_case(text: str) -> str:
    """A text to be compared in lower case, its signs plain and its ligatures as two letters."""
    return plain_signs(text).lower().replace("œ", "oe").replace("æ", "ae")


def without_accents(lower: str) -> str:
    """A text of `lower_case` without accents."""
    if lower.isascii():
        return lower
    decomposed = unicodedata.normalize("NFKD", lower)
    # Some signs become capital letters only when they are decomposed.
    return "".join(char for char in decomposed if not unicodedata.combining(char)).lower()


def plain_sign(char: str) -> str:
    """`plain_signs` of one sign, of the same length: what would vanish becomes U+00AD, a hyphen that nobody sees."""
    return _PLAIN[ord(char)] or "\u00ad"
