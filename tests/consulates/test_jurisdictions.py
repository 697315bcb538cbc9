"""Whom a consulate serves: stated by itself, answered for anyone, overlaps and gaps shown to its country."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from directory.accounts.models import Role
from directory.extensions import db
from directory.places.asked import SeveralPlaces, UnknownPlace, read_place
from directory.places.distance import great_circle_km
from directory.places.models import County, Place, PlaceKind, PlaceName
from tests.client import find_all, text_of
from tests.factories import add_consulates, consulate_row
from tests.site import database, make_user, read, send, signed_in
from tests.world import World, make_world

STATED = {"source": "Circular 5", "source_date": "2026-11-01", "is_whole": "y"}
FIND = "/es/consulates/find"


@pytest.fixture
def world(site: Flask, tmp_path: Path) -> World:
    """Consulates of Honduras and Guatemala, with some more places."""
    made = make_world(site, tmp_path)
    with database(site):
        for code, admin1, name in (("48061", "US-TX", "Cameron"), ("08000", "US-CO", "Hidalgo")):
            db.session.add(County(code=code, country="US", admin1=admin1, name=name))
        db.session.flush()
        for place_id, name, admin1, admin2, latitude, longitude in (
            ("t-harlingen", "Harlingen", "US-TX", "48061", 26.19, -97.69),
            ("t-springfield-il", "Springfield", "US-IL", None, 39.80, -89.64),
            ("t-springfield-mo", "Springfield", "US-MO", None, 37.21, -93.29),
        ):
            db.session.add(Place(id=place_id, kind=PlaceKind.TOWN, name=name, country="US", admin1=admin1,
                                 admin2=admin2, latitude=latitude, longitude=longitude, population=70_000))  # fmt: skip
            db.session.flush()
            db.session.add(PlaceName(place_id=place_id, folded=name.lower(), name=name))
    return made


def covers(world: World, place: str, sending: str = "HN") -> list[tuple[str, str]]:
    """Slug and role of each consulate of the answer."""
    body = world.anyone().get("/api/v1/consulates", query_string={"sending": sending, "covers": place}).get_json()
    return [(item["slug"], item["answer"]["role"]) for item in body["results"]]


def test_stated_confirmed_and_answered(world: World) -> None:
    assert covers(world, "Harlingen, Texas")[0] == ("hn-mcallen", "assumed")
    page = world.desk("jurisdiction")
    world.mcallen.page(page)
    parts = {"parts": "Hidalgo County, Texas\nCameron, Texas", "without": ""}
    assert send(world.mcallen, page, {**STATED, **parts}).status_code == 303
    record = world.anyone().get("/api/v1/consulates/hn-mcallen").get_json()
    assert [(item["admin2"], item["assumed"]) for item in record["jurisdiction"]] == [
        ("48215", False),
        ("48061", False),
    ]
    assert (record["jurisdiction_state"], record["jurisdiction_confirmed"]) == ("known", True)
    assert record["jurisdiction_source"]["name"] == "Circular 5"
    for place in ("Harlingen, Texas", "26.2,-97.7", "t-harlingen"):
        assert covers(world, place) == [("hn-mcallen", "covers"), ("hn-washington", "embassy")]
    assert ("hn-mcallen", "covers") not in covers(world, "US-TX"), "it serves a part of the state"
    again = world.mcallen.get(page).get_data(as_text=True)
    assert "Hidalgo, Texas [48215]" in again, "what was stated comes back as lines that can be read again"
    send(world.mcallen, page, {**STATED, "parts": "Hidalgo, Texas [48215]", "is_whole": ""})
    record = world.anyone().get("/api/v1/consulates/hn-mcallen").get_json()
    assert (record["jurisdiction_state"], record["jurisdiction"][0]["assumed"]) == ("assumed", True)


def test_a_state_without_one_county(world: World) -> None:
    send(world.mcallen, world.desk("jurisdiction"), {**STATED, "regions": ["US-TX"], "without": "Cameron, Texas"})
    assert covers(world, "McAllen")[0] == ("hn-mcallen", "covers")
    assert ("hn-mcallen", "covers") not in covers(world, "Harlingen, Texas")
    assert covers(world, "Harlingen, Texas") != [], "never empty"
    assert world.search(consulate="hn-mcallen")["total"] == 1


def test_a_town_where_there_is_no_list_of_counties(world: World) -> None:
    send(world.toronto, world.desk("jurisdiction", "hn-toronto"), {**STATED, "parts": "Toronto, Ontario"})
    record = world.anyone().get("/api/v1/consulates/hn-toronto").get_json()
    assert [(item["place_id"], item["name"]) for item in record["jurisdiction"]] == [("t-toronto", "Toronto, Ontario")]
    assert covers(world, "Toronto, Ontario") == [("hn-toronto", "covers")]
    assert world.search(consulate="hn-toronto")["total"] == 1, "the index knows towns too"


@pytest.mark.parametrize(
    "change",
    [
        {"parts": "Springfield"},
        {"parts": "Hidalgo"},
        {"parts": "Nowhere, Texas"},
        {"parts": "Tijuana, Narnia"},
        {"without": "Cameron, Texas"},
        {"source": ""},
        {"source_date": "2100-01-01"},
        {"source_url": "javascript:alert(1)"},
        {"regions": ["MX-BCN"]},
        {"countries": ["HN"]},
    ],
)
def test_what_is_refused(world: World, change: dict[str, object]) -> None:
    answer = send(world.mcallen, world.desk("jurisdiction"), {**STATED, **change})
    assert answer.status_code == 422
    assert world.anyone().get("/api/v1/consulates/hn-mcallen").get_json()["jurisdiction_state"] == "assumed"


def test_an_import_leaves_alone_what_the_consulate_said(world: World, tmp_path: Path) -> None:
    send(world.mcallen, world.desk("jurisdiction"), {**STATED, "parts": "Hidalgo County, Texas"})
    phones = {"phones-0-number": "956 686 0000", "phones-0-kind": "protection",
              "phones-0-is_around_the_clock": "y", "phones-1-number": "956 686 1111", "phones-1-kind": "main",
              "email": "proteccion@hn.example.org"}  # fmt: skip
    assert send(world.mcallen, world.desk("contacts"), phones).status_code == 303
    with world.app.app_context():
        add_consulates(tmp_path, consulate_row(consulate_key="hn-mcallen", jurisdiction="US-CA",
                                               jurisdiction_state="known", phones="999 999 9999",
                                               note="A newer list"))  # fmt: skip
        db.session.remove()
    record = world.anyone().get("/api/v1/consulates/hn-mcallen").get_json()
    assert record["note"] == "A newer list"
    assert [item["admin2"] for item in record["jurisdiction"]] == ["48215"]
    assert [(item["number"], item["kind"], item["around_the_clock"]) for item in record["phones"]] == [
        ("+19566860000", "protection", True), ("+19566861111", "main", False),
    ]  # fmt: skip
    assert record["contacts_confirmed"]


def test_contacts_that_cannot_be_dialled_are_refused(world: World) -> None:
    answer = send(world.mcallen, world.desk("contacts"), {"phones-0-number": "12", "phones-0-kind": "main"})
    assert answer.status_code == 422


def test_the_page_answers_anyone(world: World) -> None:
    anyone = world.anyone()
    for language in ("es", "en", "fr"):
        for query in ("", "?sending=HN&place=Harlingen, Texas", "?sending=GT&place=Springfield", "?place=McAllen"):
            anyone.page(f"/{language}/consulates/find{query}")
    shown = anyone.page(f"{FIND}?sending=HN&place=Harlingen, Texas")
    text = text_of(shown)
    assert "Ninguna fuente" in text, "it never guesses silently"
    which = [link.get("href") or "" for link in find_all(anyone.page(f"{FIND}?sending=HN&place=Springfield"), "a")]
    assert [link for link in which if "t-springfield" in link], "several are asked back"
    assert anyone.get(f"{FIND}?sending=XX&place=McAllen").status_code == 400
    assert anyone.get(f"{FIND}?sending=HN&place=Atlantis").status_code == 404
    assert anyone.get(f"{FIND}?sending=HN&place=" + "x" * 500).status_code == 404


def test_never_empty_and_each_labelled(world: World) -> None:
    assert covers(world, "Springfield, Illinois") == [
        ("hn-washington", "embassy"), ("hn-mcallen", "nearest"), ("hn-toronto", "nearest"),
    ]  # fmt: skip
    assert covers(world, "Tijuana")[0][1] == "nearest", "in a country without any office"
    assert covers(world, "Guatemala City", "GT") == [("gt-mcallen", "nearest")]
    bad = world.anyone().get("/api/v1/consulates?sending=HN&covers=Springfield")
    assert bad.status_code == 400 and "t-springfield-il" in bad.get_json()["detail"]
    assert world.anyone().get("/api/v1/consulates?sending=HN&covers=99,999").status_code == 400


def test_an_assisting_state_only_after_both_agreed(world: World) -> None:
    guatemala = signed_in(world.app, make_user(world.app, "lg@x.example", Role.CONSULATE, country="GT"))
    page = "/es/workspace/countries/HN/assistance"
    form = {"direction": "theirs-assist-ours", "other": "GT", "host": "US", "source_name": "Acuerdo Ficticio",
            "valid_from": world.clock.at.date().isoformat()}  # fmt: skip
    assert world.mcallen.get(page).status_code == 403, "an officer does not speak for the country"
    assert send(world.liaison, page, form).status_code == 303
    assert ("gt-mcallen", "assisting") not in covers(world, "Harlingen, Texas")
    shown = guatemala.get("/es/workspace/countries/GT/assistance").get_data(as_text=True)
    agreement = shown.split("/assistance/")[1].split("/")[0]
    own = f"{page}/{agreement}/agree"
    assert send(world.liaison, page, to=own).status_code == 409, "nobody agrees with themselves"
    theirs = "/es/workspace/countries/GT/assistance"
    assert send(guatemala, theirs, to=f"{theirs}/{agreement}/agree").status_code == 303
    assert ("gt-mcallen", "assisting") in covers(world, "Harlingen, Texas")
    body = world.anyone().get("/api/v1/consulates?sending=HN&covers=McAllen").get_json()
    assert [item["answer"]["agreement"] for item in body["results"] if item["answer"]["role"] == "assisting"] == [
        "Acuerdo Ficticio"
    ]
    send(world.liaison, page, to=f"{page}/{agreement}/end")
    assert ("gt-mcallen", "assisting") not in covers(world, "Harlingen, Texas")


def test_mobile_consulates_are_days_of_a_place(world: World) -> None:
    page = world.desk("mobile")
    day = (world.clock.at + timedelta(days=10)).date()
    event = {"place": "Harlingen, Texas", "starts_on": day.isoformat(), "hours": "9:00 a 14:00", "venue": "Biblioteca"}
    assert send(world.mcallen, page, {**event, "starts_on": "2020-01-01"}).status_code == 422
    assert send(world.mcallen, page, {**event, "venue": "llame al 956 686 0000"}).status_code == 422
    assert send(world.mcallen, page, {**event, "ends_on": "2020-01-01"}).status_code == 422
    before = world.anyone().get("/api/v1/changes").get_json()["next"]
    assert send(world.mcallen, page, event).status_code == 303
    assert world.anyone().get(f"/api/v1/changes?since={before}").get_json()["changes"][0]["entity"] == "consulate"
    mobile = world.anyone().get("/api/v1/consulates/hn-mcallen").get_json()["mobile"]
    assert [(item["city"], item["starts_on"]) for item in mobile] == [("Harlingen", day.isoformat())]
    for path in ("/es/consulates/hn-mcallen", f"{FIND}?sending=HN&place=McAllen"):
        assert "Biblioteca" in world.anyone().get(path).get_data(as_text=True)
    world.clock.pass_days(11)
    assert world.anyone().get("/api/v1/consulates/hn-mcallen").get_json()["mobile"] == [], "it is over"


def test_overlaps_and_gaps_are_shown_to_that_country(world: World, tmp_path: Path) -> None:
    with world.app.app_context():
        add_consulates(tmp_path, consulate_row(consulate_key="hn-houston", city="Houston", jurisdiction="US-TX",
                                               jurisdiction_state="known"))  # fmt: skip
        db.session.remove()
    send(world.mcallen, world.desk("jurisdiction"), {**STATED, "parts": "Hidalgo County, Texas"})
    page = "/es/workspace/countries/HN/sharing?host=US"
    shown = text_of(world.mcallen.page(page))
    overlaps, rest = shown.split("Vacíos")[0], shown.split("Vacíos")[1]
    assert "Hidalgo, Texas" in overlaps and "Cameron" not in overlaps
    assert "California" in rest and "Texas" not in rest.split("Supuest")[0]
    assert world.other.get(page).status_code == 403
    assert world.anyone().get(page).status_code == 302


def test_a_closed_consulate_serves_nothing(world: World, tmp_path: Path) -> None:
    with world.app.app_context():
        add_consulates(tmp_path, consulate_row(consulate_key="hn-mcallen", status="closed"))
        db.session.remove()
    answer = send(world.mcallen, world.desk("jurisdiction"), {**STATED, "regions": ["US-TX"]})
    assert answer.status_code == 422
    assert ("hn-mcallen", "nearest") not in covers(world, "McAllen"), "nobody is sent to a closed door"


def test_which_place_is_meant(world: World) -> None:
    def codes(text: str) -> str:
        return read(world.app, lambda: read_place(db.session, text).code)  # type: ignore[no-any-return]

    assert codes("harlingen, tx") == codes("HARLINGEN, Texas, Estados Unidos") == "t-harlingen"
    assert codes("US-TX") == codes("Texas") == "US-TX"
    assert codes("Canadá") == codes("CA") == "CA"
    with pytest.raises(SeveralPlaces):
        codes("Springfield")
    for nothing in ("", "   ", "x" * 200, "0,0", "91,0", "Springfield, Texas"):
        with pytest.raises(UnknownPlace):
            codes(nothing)


def test_distance_by_hand() -> None:
    assert great_circle_km((0, 0), (0, 0)) == 0
    assert great_circle_km((0, 179.5), (0, -179.5)) == pytest.approx(111.2, abs=0.1), "across the antimeridian"
    assert great_circle_km((90, 0), (-90, 123)) == pytest.approx(20_015, abs=1)
    assert great_circle_km((26.20, -98.23), (29.76, -95.37)) == pytest.approx(485, abs=3), "McAllen to Houston"
