"""An e-mail that is for the directory alone has no way to the public, and letters still go there."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest
from flask import Flask

from directory.changes.models import Change, ChangeKind
from directory.extensions import db
from directory.moderation.history import restore
from directory.moderation.merging import united
from directory.organizations.edit import change_record, record_data
from directory.organizations.models import Organization
from directory.organizations.record_data import ShelterData, Sheltered, public_view
from directory.registration.reach import address_of
from directory.vocabulary.catalogue import vocabulary
from tests.factories import add_organizations, organization_row
from tests.registration.test_changes import ROW, begin_edit, organization, record
from tests.site import database, read, send, visitor

__all__ = ["organization"]
ADDRESS = ROW["email"]
DOORS = (
    "/es/organizations/casa-ejemplo", "/en/organizations/casa-ejemplo", "/es/search?q=casa",
    "/api/v1/organizations/casa-ejemplo", "/api/v1/search?q=casa", "/export/organizations.json",
    "/export/organizations.ndjson", "/export/organizations.csv", "/export/organizations.geojson",
    "/es/handout?pick=casa-ejemplo", "/api/v1/changes?limit=1000", "/es/organizations/casa-ejemplo/claim",
    "/es/organizations/casa-ejemplo/report", "/es/countries/MX", "/map/points.json",
)  # fmt: skip


def make_private(app: Flask, organization: uuid.UUID) -> None:
    with database(app):
        data = record_data(db.session, organization, vocabulary(db.session))
        key, place = next(iter(data.locations.items()))
        places = {**data.locations, key: place.model_copy(update={"email": "lugar@casa-ejemplo.example.org"})}
        edited = data.model_copy(update={"is_email_private": True, "locations": places})
        row = db.session.get_one(Organization, organization)
        change_record(db.session, row, edited, vocabulary(db.session), "test", "edit")


@pytest.mark.parametrize("door", DOORS)
def test_no_door_shows_it(site: Flask, organization: uuid.UUID, door: str) -> None:
    make_private(site, organization)
    answer = visitor(site).get(door)
    assert answer.status_code in (200, 404, 503)
    assert "@casa-ejemplo.example.org" not in answer.get_data(as_text=True)


def test_the_doors_do_show_a_public_one(site: Flask, organization: uuid.UUID) -> None:
    shown = [ADDRESS in visitor(site).get(door).get_data(as_text=True) for door in DOORS]
    assert sum(shown) >= 5, "or the test above cannot fail"


def test_letters_still_go_there_and_copies_are_told_to_forget(site: Flask, organization: uuid.UUID) -> None:
    make_private(site, organization)
    assert read(site, lambda: address_of(db.session, organization)) == ADDRESS
    kinds = read(site, lambda: [row.kind for row in db.session.query(Change).order_by(Change.id)])
    assert kinds[-1] == ChangeKind.REDACTED
    assert public_view(record(site, organization)).all_emails() == ()


def test_a_file_opens_nothing_and_loses_nothing(site: Flask, organization: uuid.UUID, tmp_path: Path) -> None:
    make_private(site, organization)
    with site.app_context():
        changed = {**ROW, "email": "", "name": "Casa Ejemplo Nueva"}
        rows = [organization_row(**changed), organization_row(
            **{**changed, "location_key": "casa-ejemplo/secreta", "visibility": "city_only", "address": ""}
        )]  # fmt: skip
        add_organizations(tmp_path, *rows)
        db.session.remove()
    data = record(site, organization)
    assert (data.name, data.email, data.is_email_private) == ("Casa Ejemplo Nueva", ADDRESS, True)


def test_merging_and_restoring_keep_it_private(site: Flask, organization: uuid.UUID) -> None:
    make_private(site, organization)
    data = record(site, organization)
    other = data.model_copy(update={"is_email_private": False, "email": None, "services": {
        key: service.model_copy(update={"shelter": None}) for key, service in data.services.items()
    }})  # fmt: skip
    assert united(other, data).is_email_private and united(data, other).is_email_private
    sheltered = {key: item.model_copy(update={"shelter": SHEET}) for key, item in data.services.items()}
    kept = united(other, data.model_copy(update={"services": sheltered}))
    assert {service.shelter for service in kept.services.values()} == {SHEET}
    with database(site):
        row = db.session.get_one(Organization, organization)
        restore(db.session, row, 1, vocabulary(db.session), "test")
    assert record(site, organization).is_email_private


def test_showing_it_waits_like_opening_an_address(site: Flask, organization: uuid.UUID) -> None:
    make_private(site, organization)
    browser, draft = begin_edit(site, organization)
    send(browser, f"{draft}/essentials", essentials(email_visibility="public"))
    send(browser, draft, to=f"{draft}/submit")
    assert record(site, organization).is_email_private


def essentials(**changes: object) -> dict[str, object]:
    return {
        "name": "Casa Ejemplo", "country": "MX", "city": "Tijuana", "areas": ["shelter"], "email": ADDRESS,
        "phone": "664 682 5180", "visibility": "public", "address": "Calle Pública 1", **changes,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "private"),
    [
        ({}, False),
        ({"visibility": "city_only"}, True),
        ({"visibility": "city_only", "email_visibility": "public"}, False),
        ({"email_visibility": "private"}, True),
        ({"email_visibility": "nonsense"}, False),
        ({"visibility": "city_only", "email": ""}, True),
    ],
)
def test_it_is_a_choice_and_protected_by_default(
    site: Flask, organization: uuid.UUID, changes: dict[str, str], private: bool
) -> None:
    browser, draft = begin_edit(site, organization)
    answer = send(browser, f"{draft}/essentials", essentials(**changes))
    assert answer.status_code == 303, answer.get_data(as_text=True)
    send(browser, draft, to=f"{draft}/submit")
    assert record(site, organization).is_email_private is private


def test_a_further_place_inherits_the_protection(site: Flask, organization: uuid.UUID) -> None:
    browser, draft = begin_edit(site, organization)
    page = browser.get(f"{draft}/places").get_data(as_text=True)
    blank = page.rpartition("Otro lugar")[2]
    assert 'selected value="city_only"' in blank or 'value="city_only" selected' in blank


SHEET = ShelterData(
    places=30, who=(Sheltered.WOMEN, Sheltered.BOYS_OVER_12), nights=15, enters_from="16:00", enters_until="21:00",
    takes_pets=False,
)  # fmt: skip


def test_the_sheet_of_a_shelter_from_the_form_to_the_public(site: Flask, organization: uuid.UUID) -> None:
    browser, draft = begin_edit(site, organization)
    group = next(key for key, item in record(site, organization).services.items() if "shelter" in item.areas)
    part = f"{group}_shelter_"
    send(browser, f"{draft}/services", {
        f"{part}places": "30", f"{part}who": ["boys-over-12", "women"], f"{part}nights": "15",
        f"{part}enters_from": "16:00", f"{part}enters_until": "21:00", f"{part}pets": "no",
    })  # fmt: skip
    send(browser, draft, to=f"{draft}/submit")
    assert record(site, organization).services[group].shelter == SHEET
    shown = visitor(site).get("/api/v1/organizations/casa-ejemplo").get_json()["services"]
    assert next(item["shelter"] for item in shown if item["shelter"]) == SHEET.model_dump(mode="json")
    page = visitor(site).get("/es/organizations/casa-ejemplo").get_data(as_text=True)
    for text in ("30", "Niños mayores de 12 años", "16:00 – 21:00", "Mascotas"):
        assert text in page


@pytest.mark.parametrize(
    ("name", "value"),
    [("places", "0"), ("places", "many"), ("nights", "-1"), ("who", "pirates"), ("enters_from", "25:00")],
)
def test_a_sheet_that_cannot_be(site: Flask, organization: uuid.UUID, name: str, value: str) -> None:
    browser, draft = begin_edit(site, organization)
    group = next(key for key, item in record(site, organization).services.items() if "shelter" in item.areas)
    assert send(browser, f"{draft}/services", {f"{group}_shelter_{name}": value}).status_code == 422
