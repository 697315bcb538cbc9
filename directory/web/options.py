"""What a form offers to choose from."""

from __future__ import annotations

from collections.abc import Iterable

from wtforms import SelectChoice


def options(items: Iterable[tuple[str, str] | tuple[str, str, str]]) -> list[SelectChoice]:
    """Values and their labels as WTForms wants them; under a heading where one comes third."""
    return [SelectChoice(value, label, optgroup=heading[0] if heading else None) for value, label, *heading in items]
