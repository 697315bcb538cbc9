"""Who wrote a text of a record."""

from __future__ import annotations

import enum


class TextOrigin(enum.StrEnum):
    """Who wrote a text: the source itself, a person who translated, or a machine."""

    ORIGINAL = "original"
    HUMAN = "human"
    MACHINE = "machine"
