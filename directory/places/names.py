"""Comparing names: lower case without accents, apostrophes and repeated spaces."""

from __future__ import annotations

import re
import unicodedata

from directory.text import plain_signs

_NOT_WORD = re.compile(r"[^\w]+", re.UNICODE)


def fold(text: str) -> str:
    """Lower case without accents or ligatures, other signs as one space: `Peñas Blancas` → `penas blancas`."""
    bare = plain_signs(text).lower().replace("œ", "oe").replace("æ", "ae")
    if not bare.isascii():
        decomposed = unicodedata.normalize("NFKD", bare)
        bare = "".join(char for char in decomposed if not unicodedata.combining(char)).lower()
    return _NOT_WORD.sub(" ", bare.replace("'", "")).strip()
