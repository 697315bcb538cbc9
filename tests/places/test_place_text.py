"""Places as people write them: in short, without a comma, called like a hamlet; one reader for every door."""

from __future__ import annotations

import pytest
from flask import Flask

from directory.extensions import db
from directory.places.abbreviations import MOST_SPELLINGS, shortened, written_out
from directory.places.asked import SeveralPlaces, UnknownPlace, read_place
from directory.places.lookup import parted, spellings
from directory.registration.places import find_place
from directory.search.engine.query import SearchQuery
from directory.search.execute import execute
from tests.client import CheckingClient

WRITTEN = (
    ("Cd. Juárez", "MX-CHH", "Ciudad Juárez"),
    ("Cd. Juárez, Chih.", "MX-CHH", "Ciudad Juárez"),
    ("Cd Acuña, Coah.", "MX-COA", "Ciudad Acuña"),
    ("Ft. Worth", "US-TX", "Fort Worth"),
    ("Ft Worth TX", "US-TX", "Fort Worth"),
    ("Tijuana, B.C.", "MX-BCN", "Tijuana"),
    ("Vancouver, B.C.", "CA-BC", "Vancouver"),
    ("McAllen TX", "US-TX", "McAllen"),
    ("El Paso Texas", "US-TX", "El Paso"),
    ("Tapachula Chiapas", "MX-CHP", "Tapachula"),
    ("Tapachula Chis.", "MX-CHP", "Tapachula"),
    ("Toronto ON", "CA-ON", "Toronto"),
    ("Montréal Qc", "CA-QC", "Montréal"),
    ("Montreal, Que.", "CA-QC", "Montréal"),
    ("Nvo. Laredo, Tamps.", "MX-TAM", "Nuevo Laredo"),
    ("Pto. Vallarta Jal.", "MX-JAL", "Puerto Vallarta"),
    ("Gral. Escobedo, N.L.", "MX-NLE", "Ciudad General Escobedo"),
    ("Monterrey N.L.", "MX-NLE", "Monterrey"),
    ("Saint Louis Missouri", "US-MO", "St. Louis"),
    ("St. Louis MO", "US-MO", "St. Louis"),
    ("San Pedro Sula Honduras", "HN-CR", "San Pedro Sula"),
)


@pytest.mark.parametrize(("typed", "admin1", "name"), WRITTEN)
def test_it_is_read_as_it_is_written(seeded: Flask, typed: str, admin1: str, name: str) -> None:
    found = read_place(db.session, typed)
    assert (found.admin1, found.name) == (admin1, name)


@pytest.mark.parametrize(
    ("country", "typed", "admin1"), [(code[:2], typed, code) for typed, code, _ in WRITTEN if "Honduras" not in typed]
)
def test_registration_reads_it_too(seeded: Flask, country: str, typed: str, admin1: str) -> None:
    answer = find_place(country, typed)
    assert answer.town is not None and answer.town.admin1 == admin1


@pytest.mark.parametrize(
    ("typed", "place"), [("albergue Cd. Juárez", "Ciudad Juárez"), ("abogado Ft. Worth", "Fort Worth"),
                         ("hébergement Montréal Qc", "Montréal"), ("lawyer Ft Lauderdale FL", "Fort Lauderdale"),
                         ("comida Pto. Vallarta", "Puerto Vallarta"), ("albergue Nvo. Laredo", "Nuevo Laredo")]
)  # fmt: skip
def test_the_search_reads_it_too(seeded: Flask, typed: str, place: str) -> None:
    assert [item.name for item in execute(SearchQuery(typed)).reading.places] == [place]


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("Cd. Juárez", "Ciudad Juárez"),
        ("Cd. Victoria", "Ciudad Victoria"),
        ("Ft. Worth", "Fort Worth"),
        ("Mt. Vernon", "Mount Vernon"),
        ("St. Louis", "Saint Louis"),
        ("S. Padre Island", "South Padre Island"),
        ("Sta. Rosa", "Santa Rosa"),
        ("Sta. Rosa, Calif.", "Santa Rosa, California"),
        ("Sto. Domingo", "Santo Domingo"),
        ("Sn. Pedro Sula", "San Pedro Sula"),
        ("Nvo. Laredo, Tamps.", "Nuevo Laredo, Tamaulipas"),
        ("Nvo. León", "Nuevo León"),
        ("Gral. Escobedo", "General Escobedo"),
        ("Pto. Vallarta", "Puerto Vallarta"),
        ("Edo. de México", "Estado de México"),
        ("Tijuana, B.C.", "Tijuana, Baja California"),
        ("Toronto Ont.", "Toronto, Ontario"),
        ("Montréal Qc", "Montréal, Québec"),
        ("El Paso Tex.", "El Paso, Texas"),
        ("Boston, Mass.", "Boston, Massachusetts"),
        ("Las Cruces N. Mex.", "Las Cruces, New Mexico"),
        ("Washington D.C.", "Washington, District of Columbia"),
    ],
)
def test_in_short_finds_what_the_long_form_finds(seeded: Flask, short: str, long: str) -> None:
    found, meant = execute(SearchQuery(short)), execute(SearchQuery(long))
    assert found.total == meant.total > 0
    assert [hit.organization_id for hit in found.hits] == [hit.organization_id for hit in meant.hits]


def test_the_country_is_no_state_of_it(seeded: Flask) -> None:
    assert read_place(db.session, "Tijuana, Mex.").admin1 == "MX-BCN"


def test_a_hamlet_hides_no_city_that_is_called_so(seeded: Flask, client: CheckingClient) -> None:
    with pytest.raises(SeveralPlaces) as told:
        read_place(db.session, "Juárez")
    assert told.value.candidates[0].name == "Ciudad Juárez" and len(told.value.candidates) > 1
    page = client.get("/es/consulates/find?sending=HN&place=Juárez").get_data(as_text=True)
    assert "para Ciudad Juárez" in page and "¿No es" in page


def test_in_short_is_what_it_is_in_full(seeded: Flask) -> None:
    assert read_place(db.session, "Cd. Juárez") == read_place(db.session, "Ciudad Juárez")


def test_another_name_leads_no_list(seeded: Flask) -> None:
    """*Guadalupe* is also another name of a borough of Mexico City that nobody calls so."""
    with pytest.raises(SeveralPlaces) as told:
        read_place(db.session, "Guadalupe")
    assert {place.name for place in told.value.candidates} == {"Guadalupe"}


@pytest.mark.parametrize("typed", ["", ",", "Xyzzyville TX", "TX TX TX", "Cd.", "," * 100, "a " * 50])
def test_what_is_no_place_is_none(seeded: Flask, typed: str) -> None:
    with pytest.raises((UnknownPlace, SeveralPlaces)):
        read_place(db.session, typed)


def test_short_words_stand_for_several_and_not_for_too_many() -> None:
    assert written_out(["ft", "worth"]) == ["ft worth", "fort worth"]
    assert "north saint paul" in spellings("N. St. Paul")
    assert len(written_out(["n", "s", "e", "pt", "o", "n"])) <= MOST_SPELLINGS
    assert shortened(["ciudad", "juarez"]) == ["cd juarez"]
    assert shortened(["ciudad"]) == [], "a word alone is no abbreviation of a town"
    assert list(parted("El Paso Texas")) == [("El Paso Texas", []), ("El Paso", ["Texas"]), ("El", ["Paso Texas"])]
    assert list(parted("McAllen, TX")) == [("McAllen", ["TX"])]
