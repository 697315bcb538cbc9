"""Forms about people."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, SelectField
from wtforms.validators import DataRequired, Email, Length

from directory.settings import LANGUAGES
from directory.web.options import options

LANGUAGE_CHOICES = [("es", "Español"), ("en", "English"), ("fr", "Français")]


class InviteForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """Who is invited, as what and where."""

    email = EmailField(
        _l("E-mail"),
        validators=[
            DataRequired(_l("Fill in an e-mail.")),
            Length(max=120),
            Email(_l("This is not an e-mail address: check for a missing @ or point.")),
        ],
        description=_l("A personal address at the office; the link to choose a password goes there."),
    )
    role = SelectField(_l("Role"), description=_l("What they may do, and where."))
    language = SelectField(
        _l("Language of letters"),
        choices=options(LANGUAGE_CHOICES),
        default=LANGUAGES[0],
        description=_l("In which they are written to."),
    )

    def __init__(self, roles: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.role.choices = options(roles)


class ReplaceForm(FlaskForm):  # type: ignore[misc]
    """The successor of an officer."""

    email = EmailField(
        _l("E-mail of the successor"),
        validators=[
            DataRequired(_l("Fill in an e-mail.")),
            Length(max=120),
            Email(_l("This is not an e-mail address: check for a missing @ or point.")),
        ],
        description=_l("They get a letter, and the open work of the officer before them."),
    )
