"""What a form was not content with, each with the words that stand at its field."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from wtforms import Field, FieldList, FormField


class Told(NamedTuple):
    """A fault: the id of its field, how the page calls it (outer parts first), and what is wrong."""

    field_id: str
    name: str
    message: str


def told_errors(form: object) -> Iterator[Told]:
    """The faults of a form and of all forms within it, in the order of the page. Names are those on the page."""
    for field in form:  # type: ignore[attr-defined]
        yield from _of(field, ())


def _of(field: Field, around: tuple[str, ...]) -> Iterator[Told]:
    name = str(field.label.text)
    if isinstance(field, FormField):
        for part in field.form:
            yield from _of(part, (*around, name))
        return
    if isinstance(field, FieldList):
        for entry in field:
            yield from _of(entry, (*around, name))
    own = [error for error in field.errors if not isinstance(error, (dict, list, tuple))]
    for error in own:
        yield Told(field.id, " · ".join(dict.fromkeys((*around, name))), str(error))
