"""Help lines on pages: a strip where danger may be near, and a way out of pages that nobody should see."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from directory.extensions import db
from directory.publication.lines import look_again
from directory.search.follower import search_index
from directory.search.sync import synchronise
from tests.client import CheckingClient, find_all, text_of, with_class
from tests.factories import add_consulates, add_lines, add_organizations, consulate_row, line_row, organization_row
from tests.site import Clock, visitor

OWN = {"country": "", "sending_country": "HN", "kind": "protection", "name": "Línea de Honduras"}


@pytest.fixture
def reader(site: Flask, tmp_path: Path) -> CheckingClient:
    with site.app_context():
        add_lines(
            tmp_path,
            line_row(line_key="us-911", kind="emergency", number="911", name="911", in_danger="1"),
            line_row(line_key="mx-911", kind="emergency", number="911", name="911", country="MX", in_danger="1",
                     **{"from": "MX"}),
            line_row(line_key="mx-v", country="MX", name="Línea de las Mujeres", number="079, opción 1",
                     **{"from": "MX"}),
            line_row(line_key="us-v", name="Línea de Estados Unidos"),
            line_row(line_key="old", name="Línea Antigua", source_date="2015"),
            line_row(line_key="hn", number="+504 3221-7309", **OWN, **{"from": ""}),
            line_row(line_key="hn-far", number="+504 3221-7310", **(OWN | {"name": "Línea Lejana"}), **{"from": "MX"}),
        )  # fmt: skip
        add_organizations(
            tmp_path,
            organization_row(service_areas="gender-based-violence|shelter", location_service_areas="shelter"),
            organization_row(organization_key="comedor", name="Comedor", location_key="comedor/1",
                             service_areas="food", location_service_areas="food"),
        )  # fmt: skip
        add_consulates(
            tmp_path,
            consulate_row(consulate_key="hn-mudo"),
            consulate_row(consulate_key="hn-lejos", city="Toronto", admin1="CA-ON", host_country="CA",
                          phones="+1 416 555 0100"),
            consulate_row(consulate_key="hn-embassy", kind="embassy", city="", admin1="", phones="+1 202-555-0143"),
            consulate_row(consulate_key="hn-vecino", kind="consulate", city="Houston", admin1="US-TX",
                          phones="+1 713-555-0143", phones_source_name="A list of 2015", phones_source_date="2015"),
        )  # fmt: skip
        synchronise(search_index(), db.session)
    return visitor(site)


def strip(client: CheckingClient, address: str) -> str:
    return " ".join(text_of(item) for item in with_class(client.page(address), "strip"))


def has_exit(client: CheckingClient, address: str) -> bool:
    links = [link for link in find_all(client.page(address), "a") if link.get("data-exit") is not None]
    return [link.get("href") for link in links] == ["/es/calendar"]


@pytest.mark.parametrize(
    ("address", "names", "leaves_out"),
    [
        ("/es/countries/MX", ["en México", "911"], ["079"]),
        ("/es/search?country=MX&area=gender-based-violence", ["en México", "911", "Línea de las Mujeres"], []),
        ("/es/search?q=violencia+Tijuana", ["en México", "Línea de las Mujeres"], ["Estados Unidos"]),
        ("/es/search?q=comida+Tijuana", ["en México", "911"], ["079"]),
        ("/es/service-areas/gender-based-violence?country=US", ["Línea de Estados Unidos", "(24 h)"], ["Antigua"]),
        ("/es/organizations/casa-ejemplo", ["en México", "Línea de las Mujeres"], []),
        ("/es/consulates/hn-mudo", ["Estados Unidos", "911"], ["Violencia"]),
    ],
)
def test_the_strip_holds_the_lines_of_the_page_s_country_and_need(
    reader: CheckingClient, address: str, names: list[str], leaves_out: list[str]
) -> None:
    text = strip(reader, address)
    assert [name for name in names if name not in text] == []
    assert [name for name in leaves_out if name in text] == []


@pytest.mark.parametrize("address", ["/es/", "/es/search?q=comida", "/es/register", "/es/criteria"])
def test_where_no_country_is_meant_no_number_is_named(reader: CheckingClient, address: str) -> None:
    assert strip(reader, address) == ""


@pytest.mark.parametrize(
    ("address", "is_there"),
    [
        ("/es/service-areas/gender-based-violence", True),
        ("/es/service-areas/anti-trafficking", True),
        ("/es/search?q=mi+esposo+me+pega", True),
        ("/es/search?area=gender-based-violence", True),
        ("/es/organizations/casa-ejemplo", True),
        ("/es/organizations/comedor", False),
        ("/es/search?q=comida", False),
        ("/es/service-areas/food", False),
    ],
)
def test_pages_about_violence_can_be_left_at_once(reader: CheckingClient, address: str, is_there: bool) -> None:
    assert has_exit(reader, address) is is_there


@pytest.mark.parametrize("language", ["es", "en", "fr"])
def test_the_way_out_names_nothing(reader: CheckingClient, language: str) -> None:
    answer = reader.get(f"/{language}/calendar")
    text = answer.get_data(as_text=True).casefold()
    words = ("direct", "consul", "migra", "ayuda", "help", "aide", "violen", "organiza", "brand")
    assert [word for word in words if word in text] == []
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_a_line_that_is_old_is_told_apart(reader: CheckingClient) -> None:
    (folded,) = (item for item in find_all(reader.page("/es/countries/US"), "details") if "Antigua" in text_of(item))
    assert "de 2015: confirme antes" in text_of(folded)


def test_a_consulate_without_a_number_says_who_answers_instead(reader: CheckingClient) -> None:
    page = reader.page("/es/consulates/hn-mudo")
    assert "no tiene teléfono registrado" in text_of(page)
    (instead,) = with_class(page, "fallback")
    text = text_of(instead)
    assert "Línea de Honduras" in text
    assert "Lejana" not in text, "it does not answer from there"
    assert "Houston" in text
    assert "Embajada" in text
    assert "Toronto" not in text, "another host country"


def test_the_day_of_a_consulate_s_number_stands_beside_it(reader: CheckingClient) -> None:
    page = reader.get("/es/consulates/hn-vecino").get_data(as_text=True)
    assert "de 2015: confirme antes" in page
    (phone,) = reader.get("/api/v1/consulates/hn-vecino").get_json()["phones"]
    assert phone["source"] == {"name": "A list of 2015", "url": None, "date": "2015", "licence": None}


@pytest.mark.parametrize(("language", "first", "last"), [("es", "lunes", "domingo"), ("en", "Monday", "Sunday")])
def test_the_calendar_is_right(site: Flask, reader: CheckingClient, language: str, first: str, last: str) -> None:
    Clock(site, datetime(2026, 11, 30, 12, tzinfo=UTC))
    page = reader.page(f"/{language}/calendar", title_is_h1=False)
    days = [item.get("title") for item in find_all(page, "abbr")]
    assert (days[0], days[-1]) == (first, last)
    cells = [[text_of(cell) for cell in find_all(row, "td")] for row in find_all(page, "tr")[1:]]
    assert cells[0][6] == "1", "the first of November 2026 is a Sunday"
    assert cells[-1][0] == "30"


def test_a_line_without_an_address_of_its_source_links_nowhere(
    site: Flask, reader: CheckingClient, tmp_path: Path
) -> None:
    with site.app_context():
        add_lines(tmp_path, line_row(line_key="us-v", name="Línea de Estados Unidos", source_url=""))
        look_again()
    page = reader.get("/es/countries/US").get_data(as_text=True)
    assert "None" not in page
    assert "A fictional list" in page


def test_what_is_old_is_no_number_for_danger(site: Flask, reader: CheckingClient, tmp_path: Path) -> None:
    with site.app_context():
        add_lines(tmp_path, line_row(line_key="us-911", kind="emergency", number="911", name="911", in_danger="1",
                                     source_date="2010"))  # fmt: skip
        look_again()
    assert "911" not in strip(reader, "/es/countries/US")
