"""Fields and checks that all forms share: phones by country, addresses on the web, traps for robots."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import phonenumbers
from flask import current_app, g
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from itsdangerous import BadSignature, URLSafeTimedSerializer
from wtforms import Field, FieldList, Form, SelectMultipleField, ValidationError
from wtforms.validators import Email
from wtforms.widgets import CheckboxInput, ListWidget

from directory.clock import now
from directory.extensions import db
from directory.organizations.models import PhoneKind
from directory.organizations.record_data import PhoneData
from directory.phones import ParsedPhone, parse_phones, short_code
from directory.places.asked import AskedPlace, SeveralPlaces, UnknownPlace, read_place
from directory.web.accounts.keys import signer
from directory.web_address import normal_url

MIN_FILL_S = 3
MAX_INDEX_DIGITS = 4
_NO_NOTE = re.compile(r"[<>@]|www\.|https?:", re.IGNORECASE)
"""What no note of a number holds: it would carry a message of its own."""
IS_EMAIL = Email(_l("This is not an e-mail address: check for a missing @ or point."))


class CheckboxesField(SelectMultipleField):  # type: ignore[misc]  # WTForms has no types
    """Several of a list, as checkboxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class RowsField(FieldList):  # type: ignore[misc]
    """Several of a kind, numbered from 0. WTForms takes `²`, and numbers of thousands of digits, for an index."""

    def _extract_indices(self, prefix: str, formdata: Any) -> Iterator[int]:
        for name in formdata:
            if name.startswith(f"{prefix}-"):
                index = name[len(prefix) + 1 :].split("-", 1)[0]
                if index.isascii() and index.isdigit() and len(index) < MAX_INDEX_DIGITS:
                    yield int(index)


def stripped(value: Any) -> Any:
    """A text without spaces around it; None where nothing is left."""
    return value.strip() or None if isinstance(value, str) else value


def url_filter(value: Any) -> Any:
    """Normalise where that is possible; what is not an address stays as typed, for the check to name it."""
    text = stripped(value)
    try:
        return normal_url(text) if text else None
    except ValueError:
        return text


def check_url(_form: Form, field: Field) -> None:
    """Refuse what is not an address on the web."""
    try:
        normal_url(field.data)
    except ValueError as error:
        raise ValidationError(gettext("This is not an address on the web, such as www.example.org.")) from error


def _is_own(phone: ParsedPhone, country: str) -> bool:
    """A number, or a short one that is not everybody's in an emergency."""
    short = None if phone.number else short_code(phone.text, country)
    return bool(phone.number) or bool(short and not phonenumbers.is_emergency_number(short, country))


def read_phones(typed: str, country: str, kind: PhoneKind = PhoneKind.VOICE) -> tuple[PhoneData, ...]:
    """The numbers that somebody typed, as people of `country` dial them. Raises ValidationError with an example.

    What stands around a number may say that it is a fax or answers on WhatsApp; `kind` is what the form says.
    """
    found = parse_phones(typed, country)
    wrong = [phone.text for phone in found if _NO_NOTE.search(phone.text) or not _is_own(phone, country)]
    if wrong or not found:
        example = phonenumbers.example_number(country)
        shown = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.INTERNATIONAL) if example else "+…"
        raise ValidationError(
            gettext(
                "“%(number)s” cannot be dialled. Write it with its area code, like %(example)s.",
                number="; ".join(wrong)[:60] or typed[:60],
                example=shown,
            )
        )
    return tuple(
        PhoneData(
            number=phone.number,
            text=phone.text,
            extension=phone.extension,
            kind=PhoneKind(phone.channel) if kind == PhoneKind.VOICE else kind,
        )
        for phone in found
    )


def asked_place(typed: str) -> AskedPlace:
    """The place that somebody typed. Raises ValidationError with what to write instead."""
    try:
        return read_place(db.session, typed)
    except UnknownPlace:
        raise ValidationError(
            gettext("No place of this name is known. Write a town and its state or province.")
        ) from None
    except SeveralPlaces as error:
        listed = "; ".join(place.label(g.lang) for place in error.candidates[:6])
        raise ValidationError(
            gettext("There are several. Write it like one of these: %(places)s.", places=listed)
        ) from None


def _signer() -> URLSafeTimedSerializer:
    return signer("form-opened")


def opened_now() -> str:
    """A signed note of when a form was opened."""
    return _signer().dumps(now().timestamp())


def check_fill_time(_form: Form, field: Field) -> None:
    """A person needs some seconds for a form. What was typed stays; the second try passes."""
    try:
        opened_at = float(_signer().loads(field.data or ""))
    except (BadSignature, ValueError):
        field.data = opened_now()
        raise ValidationError(gettext("Please send the form once more.")) from None
    if now().timestamp() - opened_at < current_app.config.get("MIN_FILL_S", MIN_FILL_S):
        raise ValidationError(gettext("That was very fast. Please look over it and send it once more."))


def check_trap(_form: Form, field: Field) -> None:
    """A field that nobody sees must stay empty."""
    if field.data:
        raise ValidationError(gettext("Leave the field “%(name)s” empty.", name=field.label.text))
