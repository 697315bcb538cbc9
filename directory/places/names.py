"""Comparing names: lower case without accents, apostrophes and repeated spaces."""

from __future__ import annotations

import re

from directory.text import lower_case, without_accents

_NOT_WORD = re.compile(r"[^\w]+", re.UNICODE)


def fold(text: str) -> str:
    """Lower case without accents or ligatures, other signs as one space: `Peñas Blancas` → `penas blancas`."""
    return _NOT_WORD.sub(" ", without_accents(lower_case(text)).replace("'", "")).strip()
