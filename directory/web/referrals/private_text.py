"""The form part of the rule that free text holds nobody's data: refuse, explain, let a false alarm be overridden."""

from __future__ import annotations

from babel.lists import format_list
from flask_babel import get_locale, gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, Form, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, Length, Optional

from directory.personal_data.free_text import PersonalData, personal_data_in
from directory.personal_data.names import personal_data_names
from directory.referrals.send import MAX_TEXT
from directory.web.registration.fields import stripped

LEAST_REASON = 8
"""Letters of a reason that say something."""


class PrivateTextForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A form with a free text in which nobody may be named or numbered."""

    override_reason = StringField(
        _l("It is none of this, because …"),
        filters=[stripped],
        validators=[Optional(), Length(max=200)],
        description=_l(
            "Only for a false alarm, such as the name of a shelter. The reason is kept, the text is checked."
        ),
    )
    is_refused = False
    """A text was taken for personal data: the page then offers to override it."""

    def check_private(self, field: Field) -> None:
        """Refuse a text that seems to tell who somebody is, unless a reason says that it does not."""
        kinds = personal_data_in(field.data)
        if not kinds:
            return
        self.is_refused = True
        reason = self.override_reason.data or ""
        if len(reason) >= LEAST_REASON and not personal_data_in(reason):
            return
        names = personal_data_names()
        seen = format_list([names[kind] for kind in kinds], locale=str(get_locale())[:2])
        raise ValidationError(
            gettext(
                "This seems to hold %(seen)s. Take it out: tell it on the phone, with the reference.",
                seen=seen,
            )
        )


def check_no_case(_form: Form, field: Field) -> None:
    """Refuse what tells of a case in a text between two offices, whose own names and numbers may stand there."""
    kinds = set(personal_data_in(field.data))
    if PersonalData.PHONE in kinds:
        kinds.discard(PersonalData.DOCUMENT)  # a bare number may be either
    if kinds & {PersonalData.NAME_LIST, PersonalData.DOCUMENT, PersonalData.BIRTH_DATE}:
        raise ValidationError(
            gettext("This seems to tell of the people who are helped. Here is no place for names, documents or births.")
        )


def private_text(label: str, help_text: str, *, required: str | None = None) -> TextAreaField:
    """A text field of such a form, checked by `validate_<name>` of the form."""
    checks = [DataRequired(required)] if required else [Optional()]
    return TextAreaField(label, filters=[stripped], validators=[*checks, Length(max=MAX_TEXT)], description=help_text)
