"""Every field of every form has a help text; what people type is read as they mean it."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from wtforms import FieldList, FormField, HiddenField, ValidationError

from directory.clock import today
from directory.extensions import db
from directory.organizations.record_data import RecordData, ServiceData
from directory.places.countries import is_country
from directory.text import clean as cleaned
from directory.vocabulary.catalogue import vocabulary
from directory.vocabulary.languages import is_language
from directory.web.accounts.forms import InviteForm, ReplaceForm
from directory.web.registration.about_form import AboutForm
from directory.web.registration.essentials_form import EssentialsForm
from directory.web.registration.fields import read_phones, stripped
from directory.web.registration.people_form import LANGUAGES_OFFERED, NATIONALITIES_OFFERED, PeopleForm
from directory.web.registration.places_form import PlacesForm
from directory.web.registration.record_forms import AvailabilityForm, ClaimForm, ConfirmForm, ReportForm
from directory.web.registration.services_form import services_form
from directory.web_address import normal_url

WITHOUT_HELP = {"csrf_token", "company"}
"""The token, and the trap that nobody sees."""


def unexplained(form) -> list[str]:
    """The names of fields that a person fills without being told what to write."""
    found = []
    for field in form:
        if isinstance(field, HiddenField) or field.short_name in WITHOUT_HELP:
            continue
        if isinstance(field, FormField):
            found += unexplained(field.form)
            continue
        if isinstance(field, FieldList):
            found += [name for entry in field for name in unexplained(entry.form)]
        if not field.description:
            found.append(field.name)
    return found


def test_every_field_has_a_help_text(app: Flask) -> None:
    terms = vocabulary(db.session)
    data = RecordData(name="x", services={"legal": ServiceData(areas=("legal-aid",))})
    with app.test_request_context("/es/"):
        forms = [
            EssentialsForm(terms, "es"), AboutForm(), PeopleForm(data, terms, "es"), PlacesForm(),
            services_form(data, terms, "es"), AvailabilityForm([("a", "b")], today()), ReportForm(), ClaimForm(),
            ConfirmForm(today()), InviteForm([]), ReplaceForm(),
        ]  # fmt: skip
        assert {type(form).__name__: unexplained(form) for form in forms if unexplained(form)} == {}


def test_what_is_offered_is_known_to_the_search() -> None:
    assert [code for code in LANGUAGES_OFFERED if not is_language(code)] == []
    assert [code for code in NATIONALITIES_OFFERED if not is_country(code)] == []


@pytest.mark.parametrize(
    ("typed", "country", "number"),
    [
        ("664 123 4567", "MX", "+526641234567"),
        ("+1 (956) 555-0100", "MX", "+19565550100"),
        ("956 555 0100", "US", "+19565550100"),
        ("2234-5678", "GT", "+50222345678"),
        ("2555-1234", "CR", None),
    ],
)
def test_phones_are_read_as_the_country_dials(app: Flask, typed: str, country: str, number: str | None) -> None:
    with app.test_request_context("/es/"):
        if number is None:
            assert read_phones(typed, country)[0].number in ("+50625551234",)
        else:
            assert read_phones(typed, country)[0].number == number


@pytest.mark.parametrize(
    "typed", ["123", "call me", "664 682 5180 / 12345678", "+999 1", "911", "664 682 5180 www.example.org", ""]
)
def test_a_number_that_cannot_be_dialled_is_named_with_an_example(app: Flask, typed: str) -> None:
    with app.test_request_context("/es/"), pytest.raises(ValidationError, match=r"\+52"):
        read_phones(typed, "MX")


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("WWW.Example.org/", "https://www.example.org"),
        ("http://example.org/Casa?a=1", "http://example.org/Casa?a=1"),
        ("//example.org", "https://example.org"),
        ("example.org:8443/x", "https://example.org:8443/x"),
    ],
)
def test_addresses_on_the_web_are_normalised(typed: str, address: str) -> None:
    assert normal_url(typed) == address


@pytest.mark.parametrize(
    "typed",
    ["javascript:alert(1)", "http://", "not an address", "http://exa mple.org", 'http://x.org/"><script>',
     "https://user:pass@example.org", "data:text/html,x", "http://localhost", "http://1"],
)  # fmt: skip
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(typed)}$"):
        normal_url(typed)


@pytest.mark.parametrize("typed", ["https://" + "a" * 400_000 + ".org", "https://" + "ñ." * 130 + "org"])
def test_an_address_that_fits_no_column_is_refused(typed: str) -> None:
    """As typed, or once the signs of its host are written as networks write them."""
    with pytest.raises(ValueError):
        normal_url(typed)


@given(st.text(max_size=80))
def test_no_text_breaks_the_cleaning(text: str) -> None:
    clean = stripped(cleaned(text))
    assert clean is None or (clean == clean.strip() and "\0" not in clean)
    try:
        address = normal_url(clean)
    except ValueError:
        return
    assert address is None or address.startswith(("http://", "https://"))
