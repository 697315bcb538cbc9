"""The form that all others of registration are made of."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import (
    HiddenField,
)


class SafeForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A form that checks its own token: a stale one is an error beside what was typed, not the loss of it."""

    version = HiddenField()

    def based_on(self) -> int:
        """The version that this tab shows."""
        typed = self.version.data or "1"
        return int(typed) if len(typed) < 10 and typed.isascii() and typed.isdecimal() else 0
