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
        return int(self.version.data) if (self.version.data or "").isdecimal() else 1
