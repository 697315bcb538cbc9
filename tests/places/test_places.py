"""The gazetteer, countries, subdivisions and languages."""

from __future__ import annotations

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from directory.extensions import db
from directory.places.countries import (
    MEMBER_STATES,
    countries_with_demonyms,
    country_forms,
    country_name,
    is_country,
    is_subdivision,
    subdivision_name,
)
from directory.places.lookup import TownIndex, town_names
from directory.places.models import Place, PlaceKind
from directory.places.names import fold
from directory.settings import LANGUAGES
from directory.vocabulary.languages import is_language, language_name


def test_all_places_of_the_seed_data_are_there(seeded: Flask) -> None:
    counts = dict(db.session.execute(select(Place.kind, func.count()).group_by(Place.kind)).all())
    assert counts[PlaceKind.TOWN] > 44_000
    assert counts[PlaceKind.DETENTION] == 643
    assert counts[PlaceKind.CROSSING] == 81
    assert counts[PlaceKind.CAMP] == 5
    assert {code for (code,) in db.session.execute(select(Place.country).distinct())} == set(MEMBER_STATES)


@pytest.mark.parametrize(
    ("country", "admin1", "name", "expected"),
    [
        ("MX", "MX-BCN", "Tijuana", "MX-BCN"),
        ("US", "US-TX", "mcallen", "US-TX"),
        ("MX", "MX-CMX", "Ciudad de México", "MX-CMX"),
        ("MX", "MX-CMX", "Mexico City", "MX-CMX"),
        ("US", "US-NY", "Nueva York", "US-NY"),
        ("GT", "GT-12", "Tecun Uman", "GT-12"),
        ("HN", None, "Tegucigalpa", "HN-FM"),
        ("US", "US-MN", "Saint Paul", "US-MN"),
    ],
)
def test_towns_are_found_by_the_names_that_people_use(
    seeded: Flask, country: str, admin1: str | None, name: str, expected: str
) -> None:
    town = TownIndex(db.session, [country]).find(country, admin1, name)
    assert town is not None
    assert town.admin1 == expected
    assert town.timezone


def test_a_name_that_leads_to_several_subdivisions_leads_nowhere_without_one(seeded: Flask) -> None:
    index = TownIndex(db.session, ["US"])
    assert index.find("US", None, "Springfield") is None
    assert index.find("US", "US-IL", "Springfield") is not None
    assert index.find("US", "US-TX", "No Such Town") is None


def test_us_towns_know_their_county(seeded: Flask) -> None:
    town = TownIndex(db.session, ["US"]).find("US", "US-TX", "McAllen")
    assert town is not None
    assert town.admin2 == "48215"


def test_places_have_names_in_three_languages_where_they_differ(seeded: Flask) -> None:
    town = TownIndex(db.session, ["MX"]).find("MX", "MX-CMX", "Mexico City")
    assert town is not None
    assert town_names(db.session, [town.id])[town.id] == {
        "es": "Ciudad de México",
        "en": "Mexico City",
        "fr": "Mexico",
    }


def test_countries_and_subdivisions_have_labels_in_three_languages() -> None:
    for code in MEMBER_STATES:
        assert is_country(code)
        assert all(country_name(code, language) != code for language in LANGUAGES)
    assert subdivision_name("MX-BCN", "fr") == "Basse-Californie"
    assert is_subdivision("US-TX")
    assert not is_subdivision("US-ZZ")
    assert not is_country("ZZ")
    assert not is_country("us")


def test_seventeen_countries_have_demonyms_in_three_languages() -> None:
    assert set(countries_with_demonyms()) == {*MEMBER_STATES, "HT", "VE", "CU", "CO", "EC", "BR"}
    for code in countries_with_demonyms():
        forms = country_forms(code)
        assert all(forms.demonyms[language] and forms.of[language] and forms.within[language] for language in LANGUAGES)
    assert "hondureña" in country_forms("HN").demonyms["es"]


@pytest.mark.parametrize(
    ("code", "name"), [("mam", "mam"), ("quc", "k’iche’"), ("kjb", "q’anjob’al"), ("es", "español")]
)
def test_languages_without_a_two_letter_code_have_labels(code: str, name: str) -> None:
    assert is_language(code)
    assert language_name(code, "es") != code or name == code
    assert not is_language("spa")
    assert not is_language("zz")


@given(st.text(max_size=80))
def test_folding_is_idempotent(text: str) -> None:
    assert fold(fold(text)) == fold(text)
