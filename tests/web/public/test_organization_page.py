"""The page of an organization: no promise that nothing is behind, and the office that answered the search."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from directory.accounts.models import Role
from directory.extensions import db
from directory.registration.models import Submission
from directory.search.follower import search_index
from directory.search.sync import synchronise
from tests.client import CheckingClient, find_all, text_of, with_class
from tests.factories import add_consulates, add_lines, add_organizations, consulate_row, line_row, organization_row
from tests.site import make_user, read, send, signed_in, visitor

MANY = "red-ejemplo"
MUTE = "a-casa-muda"


def office(key: str, city: str, admin1: str, **cells: str) -> dict[str, str]:
    return organization_row(
        organization_key=MANY, name="Red Ejemplo", country="US", service_areas="legal-aid", populations="",
        nationalities="", location_key=f"{MANY}/{key}", location_country="US", location_admin1=admin1,
        location_city=city, location_service_areas="legal-aid", **cells,
    )  # fmt: skip


@pytest.fixture
def reader(site: Flask, tmp_path: Path) -> CheckingClient:
    with site.app_context():
        add_organizations(
            tmp_path,
            office("mcallen", "McAllen", "US-TX"),
            office("pharr", "Pharr", "US-TX", phones="+1 956-555-0143"),
            office("chicago", "Chicago", "US-IL", phones="+1 312-555-0143"),
            office("boston", "Boston", "US-MA"),
            organization_row(organization_key=MUTE, name="A Casa Muda", location_key="muda/1", country="US",
                             location_country="US", location_admin1="US-TX", location_city="McAllen",
                             summary_en="Food, as its name states"),
            organization_row(organization_key="casa-que-habla", name="Casa que Habla", location_key="habla/1",
                             country="US", location_country="US", location_admin1="US-TX", location_city="McAllen",
                             phones="+1 956-555-0199"),
        )  # fmt: skip
        add_consulates(
            tmp_path,
            consulate_row(consulate_key="hn-mcallen", protection_phones="+1 956-555-0100"),
            consulate_row(consulate_key="gt-mcallen", sending_country="GT"),
        )
        add_lines(
            tmp_path,
            line_row(line_key="gt", kind="protection", country="", sending_country="GT", name="Línea de Guatemala",
                     number="+502 2410-0010", **{"from": "US"}),
        )  # fmt: skip
        synchronise(search_index(), db.session)
    return visitor(site)


def calls(page: Any) -> list[str]:
    return [link.get("href", "") for link in find_all(page, "a") if link.get("href", "").startswith("tel:+")]


def mark_of(reader: CheckingClient, city: str) -> str:
    record = reader.get(f"/api/v1/organizations/{MANY}").get_json()
    return next(item["id"][:8] for item in record["locations"] if item["city"] == city)


@pytest.mark.parametrize(
    ("city", "first"), [("Pharr", "tel:+19565550143"), ("Chicago", "tel:+13125550143"), ("McAllen", "tel:+19565550143")]
)
def test_the_office_that_answered_is_called_or_one_of_its_state(reader: CheckingClient, city: str, first: str) -> None:
    page = reader.page(f"/es/organizations/{MANY}?at={mark_of(reader, city)}")
    (contact,) = with_class(page, "contact")
    assert calls(contact)[:1] == [first]
    assert text_of(with_class(page, "crumbs")[0]).endswith(city)


def test_an_office_in_another_state_is_never_called_instead(reader: CheckingClient) -> None:
    (contact,) = with_class(reader.page(f"/es/organizations/{MANY}?at={mark_of(reader, 'Boston')}"), "contact")
    assert calls(contact) == []
    assert "Esta oficina no tiene teléfono" in text_of(contact)
    found = reader.get("/api/v1/search?q=Red+Ejemplo&admin1=US-MA").get_json()["results"]
    assert [(item["city"], item["phone"]) for item in found] == [("Boston", None)]


def test_a_card_leads_to_the_office_that_it_shows_and_so_does_the_handout(reader: CheckingClient) -> None:
    page = reader.page("/es/search?q=Red+Ejemplo&admin1=US-IL")
    mark = mark_of(reader, "Chicago")
    (card,) = with_class(page, "card")
    links = [link.get("href", "") for link in find_all(card, "a")]
    assert f"/es/organizations/{MANY}?at={mark}" in links
    assert any(f"pick={MANY}@{mark}" in link for link in links)
    sheet = reader.page(f"/es/handout?pick={MANY}@{mark}")
    assert "Chicago" in text_of(with_class(sheet, "sheet")[0])
    assert calls(with_class(sheet, "sheet")[0]) == ["tel:+13125550143"]


def test_a_mark_of_no_office_changes_nothing(reader: CheckingClient) -> None:
    assert text_of(reader.page(f"/es/organizations/{MANY}?at=00000000")) == text_of(
        reader.page(f"/es/organizations/{MANY}")
    )


def test_nothing_is_promised_where_nobody_can_be_reached(reader: CheckingClient) -> None:
    text = text_of(reader.page(f"/es/organizations/{MUTE}"))
    for promise in ("Llamar", "Llame antes de ir", "Ver contacto", "Esta es mi organización"):
        assert promise not in text, promise
    assert "Nadie tiene su teléfono aún" in text
    card = next(
        item for item in with_class(reader.page("/es/search?q=casa+McAllen"), "card") if "Muda" in text_of(item)
    )
    assert "¿Lo sabe?" in text_of(card)
    assert "Ver contacto" not in text_of(card)


def test_who_cannot_be_reached_comes_last_among_its_like(reader: CheckingClient) -> None:
    found = [item["name"] for item in reader.get("/api/v1/search?q=comida+McAllen").get_json()["results"]]
    assert found.index("Casa que Habla") < found.index("A Casa Muda")


def test_somebody_tells_its_number_in_one_field(site: Flask, reader: CheckingClient) -> None:
    answer = send(reader, f"/es/organizations/{MUTE}/number", {"number": "956 555 0123"})
    assert answer.status_code == 303
    state, phones = read(
        site,
        lambda: db.session.execute(select(Submission.state, Submission.data)).one(),
    )
    assert state == "pending"
    assert [phone["number"] for phone in phones["phones"]] == ["+19565550123"]
    assert "0123" not in reader.get(f"/es/organizations/{MUTE}").get_data(as_text=True), "a moderator calls first"


@pytest.mark.parametrize("typed", ["", "   ", "\0", "nobody", "911", "12", "+1 956 555 0123 www.example.org"])
def test_what_is_no_number_is_said_beside_the_field(site: Flask, reader: CheckingClient, typed: str) -> None:
    answer = send(reader, f"/es/organizations/{MUTE}/number", {"number": typed})
    assert answer.status_code == 422
    assert read(site, lambda: db.session.scalars(select(Submission)).all()) == []


def test_two_numbers_in_one_field_are_two_with_what_was_said_of_them(site: Flask, reader: CheckingClient) -> None:
    typed = "+1 956 555 0123 (español) / +1 956 555 0124 ext. 7"
    assert send(reader, f"/es/organizations/{MUTE}/number", {"number": typed}).status_code == 303
    data = read(site, lambda: db.session.scalars(select(Submission)).one()).data
    kept = [(phone["number"], phone["text"], phone["extension"]) for phone in data["phones"]]
    assert kept == [
        ("+19565550123", "+1 956 555 0123 (español)", None),
        ("+19565550124", "+1 956 555 0124 ext. 7", "7"),
    ]


def test_who_is_silent_leads_the_list_of_calls(site: Flask, reader: CheckingClient) -> None:
    moderator = signed_in(site, make_user(site, "m@x.example", Role.MODERATOR))
    send(moderator, "/es/moderation/calls")
    first, *_ = find_all(moderator.page("/es/moderation/calls"), "details")[1:]
    text = text_of(first)
    assert "A Casa Muda" in text
    assert "Busque primero su número" in text
    page = moderator.get("/es/moderation/calls").get_data(as_text=True)
    organization = reader.get(f"/api/v1/organizations/{MUTE}").get_json()["id"]
    assert f"/es/moderation/calls/{organization}/not-found" in page
    answer = send(moderator, "/es/moderation/calls", to=f"/es/moderation/calls/{organization}/not-found")
    assert answer.status_code == 303
    send(moderator, "/es/moderation/calls")
    assert "A Casa Muda" not in text_of(moderator.page("/es/moderation/calls")), "it rests"


def test_what_is_unknown_is_to_be_asked(reader: CheckingClient) -> None:
    text = text_of(reader.page(f"/es/organizations/{MANY}"))
    assert text.count("No se indica: pregunte.") >= 2
    assert "todas" not in text


def test_a_made_sentence_leads_and_the_source_is_quoted(reader: CheckingClient) -> None:
    page = reader.page(f"/en/organizations/{MUTE}")
    assert "as its name states" not in text_of(with_class(page, "lead")[0])
    (quoted,) = find_all(page, "q")
    assert (quoted.get("lang"), text_of(quoted)) == ("en", "Food, as its name states")


def test_the_reader_s_consulate_is_one_line_remembered_for_the_visit(reader: CheckingClient) -> None:
    first = reader.get(f"/es/organizations/{MANY}")
    assert "Set-Cookie" not in first.headers
    assert "¿De qué país es usted?" in first.get_data(as_text=True)
    page = reader.page(f"/es/organizations/{MANY}?from=HN")
    (own,) = with_class(page, "own-consulate")
    assert "Consulado de Honduras en McAllen" in text_of(own)
    assert calls(own) == ["tel:+19565550100"]
    again = reader.get("/es/organizations/casa-que-habla")
    assert "Consulado de Honduras" in again.get_data(as_text=True)
    assert "no-store" in again.headers["Cache-Control"]
    reader.get(f"/es/organizations/{MANY}?from=")
    assert "Consulado de Honduras" not in reader.get(f"/es/organizations/{MANY}").get_data(as_text=True)


def test_a_consulate_without_a_number_gives_the_country_s_line(reader: CheckingClient) -> None:
    (own,) = with_class(reader.page(f"/es/organizations/{MANY}?from=GT"), "own-consulate")
    assert "Línea de Guatemala" in text_of(own)
    assert calls(own) == ["tel:+50224100010"]


@pytest.mark.parametrize("country", ["ZZ", "hn", "<b>"])
def test_a_country_that_is_no_member_is_refused(reader: CheckingClient, country: str) -> None:
    assert reader.get(f"/es/organizations/{MANY}", query_string={"from": country}).status_code == 400
