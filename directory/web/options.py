"""What a form offers to choose from."""

from __future__ import annotations

from collections.abc import Iterable

from wtforms import SelectChoice


def options(pairs: Iterable[tuple[str, str]]) -> list[SelectChoice]:
    """Values and their labels as WTForms wants them."""
    return [SelectChoice(value, label) for value, label in pairs]
