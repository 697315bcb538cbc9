"""Imports: validated whole, refused whole, idempotent, and the same code that loads the seed data."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from directory.changes.feed import feed_position
from directory.changes.models import Entity
from directory.changes.slugs import find_by_slug
from directory.consulates.models import Consulate, JurisdictionState
from directory.exchange.load import import_consulates, import_organizations
from directory.exchange.table import BrokenFile
from directory.extensions import db
from directory.identifiers import seed_uuid
from directory.organizations.models import Location, Organization, Phone
from directory.organizations.services import Service
from directory.settings import resource_dir
from tests.factories import add_consulates, add_organizations, consulate_row, organization_row, write_csv


def reasons(error: BrokenFile) -> list[tuple[int, str]]:
    return [(problem.line, problem.column) for problem in error.problems]


def test_every_bad_cell_is_named_and_nothing_is_loaded(app: Flask, tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "bad.csv",
        organization_row(),
        organization_row(organization_key="b", location_key="b/1", country="ZZ", website="javascript:x", name=""),
        organization_row(organization_key="c", location_key="c/1", service_areas="shelter|nothing", latitude="95",
                         longitude="x", source_date="2026-13", location_email="nobody", languages="spa"),
        organization_row(organization_key="d", location_key="c/1", location_admin1="US-TX", visibility="secret"),
    )  # fmt: skip
    with pytest.raises(BrokenFile) as caught:
        import_organizations(db.session, path)
    assert set(reasons(caught.value)) == {
        (3, "country"), (3, "website"), (3, "name"),
        (4, "service_areas"), (4, "latitude"), (4, "longitude"), (4, "source_date"), (4, "location_email"),
        (4, "languages"), (5, "location_key"), (5, "location_admin1"), (5, "visibility"),
    }  # fmt: skip
    assert db.session.scalar(select(func.count()).select_from(Organization)) == 0


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"name\n\x81\x8d", "Windows-1252"),
        (b"organization_key,name\n\0,x", "NUL"),
        (b"organization_key,colour\nx,y", "unknown column"),
        (b"organization_key,name\nx", "cells"),
        (b'organization_key,name\n"x,y', "CSV"),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_the_reason(
    app: Flask, tmp_path: Path, content: bytes, reason: str
) -> None:
    path = tmp_path / "broken.csv"
    path.write_bytes(content)
    with pytest.raises(BrokenFile, match=reason):
        import_organizations(db.session, path)


def test_the_same_file_again_changes_nothing(app: Flask, tmp_path: Path) -> None:
    add_organizations(tmp_path, organization_row())
    before = feed_position(db.session)
    tally = import_organizations(db.session, tmp_path / "organizations.csv")
    assert (tally.created, tally.updated, tally.unchanged) == (0, 0, 1)
    assert feed_position(db.session) == before


def test_a_changed_row_updates_the_record_and_keeps_its_ids(app: Flask, tmp_path: Path) -> None:
    add_organizations(tmp_path, organization_row(phones="664 682 5180"))
    add_organizations(tmp_path, organization_row(name="Casa Modelo", service_areas="shelter", phones=""))
    record = db.session.scalars(select(Organization)).one()
    assert record.id == seed_uuid("organization/casa-ejemplo")
    assert record.name == "Casa Modelo"
    assert db.session.scalar(select(func.count()).select_from(Phone)) == 0
    assert find_by_slug(db.session, Entity.ORGANIZATION, "casa-ejemplo") == (record.id, False)
    assert find_by_slug(db.session, Entity.ORGANIZATION, "casa-modelo") == (record.id, True)


def test_one_service_for_each_group_tied_to_the_places_that_have_it(app: Flask, tmp_path: Path) -> None:
    add_organizations(
        tmp_path,
        organization_row(),
        organization_row(
            location_key="casa-ejemplo/mexico",
            location_city="Mexico City",
            location_admin1="MX-CMX",
            location_service_areas="legal-aid",
        ),
    )
    services = db.session.scalars(select(Service).order_by(Service.position)).all()
    ids = {seed_uuid(f"service/casa-ejemplo/{group}") for group in ("legal", "basic-needs")}
    assert {service.id for service in services} == ids
    tied = {service.id: {tie.location_id for tie in service.locations} for service in services}
    assert tied[seed_uuid("service/casa-ejemplo/legal")] == {seed_uuid("location/casa-ejemplo/mexico")}
    assert tied[seed_uuid("service/casa-ejemplo/basic-needs")] == {seed_uuid("location/casa-ejemplo/tijuana")}


def test_an_organization_without_areas_has_no_service_but_keeps_its_languages(app: Flask, tmp_path: Path) -> None:
    add_organizations(tmp_path, organization_row(service_areas="", location_service_areas="", languages="es|mam"))
    record = db.session.scalars(select(Organization)).one()
    assert record.services == []
    assert {item.code for item in record.languages} == {"es", "mam"}


def test_a_location_gets_its_town_and_zone(app: Flask, tmp_path: Path) -> None:
    add_organizations(tmp_path, organization_row())
    place = db.session.scalars(select(Location)).one()
    assert (place.place_id, place.timezone, place.latitude) == ("t-tijuana", "America/Tijuana", None)


def test_a_dry_run_writes_nothing(app: Flask, tmp_path: Path) -> None:
    tally = import_organizations(db.session, write_csv(tmp_path / "x.csv", organization_row()), dry_run=True)
    assert tally.unchanged == 1
    assert db.session.scalar(select(func.count()).select_from(Organization)) == 0


@pytest.mark.parametrize(
    ("cells", "state", "areas"),
    [
        ({}, JurisdictionState.ASSUMED, [("US-TX", None, "include", True)]),
        ({"kind": "embassy"}, JurisdictionState.UNKNOWN, []),
        ({"jurisdiction": "US-TX|US-NM", "jurisdiction_state": "known"}, JurisdictionState.KNOWN,
         [("US-TX", None, "include", False), ("US-NM", None, "include", False)]),
        ({"jurisdiction": "US-NM", "jurisdiction_state": "partial"}, JurisdictionState.PARTIAL,
         [("US-NM", None, "include", False), ("US-TX", None, "include", True)]),
        ({"jurisdiction": "~US-TX|-US-TX/48215", "jurisdiction_state": "partial"}, JurisdictionState.PARTIAL,
         [("US-TX", None, "include", True), ("US-TX", "48215", "exclude", False)]),
        ({"status": "closed"}, JurisdictionState.UNKNOWN, []),
    ],
)  # fmt: skip
def test_jurisdictions_say_how_sure_they_are(
    app: Flask, tmp_path: Path, cells: dict[str, str], state: JurisdictionState, areas: list[object]
) -> None:
    add_consulates(tmp_path, consulate_row(**cells))
    record = db.session.scalars(select(Consulate)).one()
    assert record.jurisdiction_state == state
    assert [(a.admin1, a.admin2, a.mode.value, a.is_assumed) for a in record.jurisdiction] == areas


def test_bad_consulates_are_refused(app: Flask, tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "c.csv",
        consulate_row(jurisdiction="US-ZZ", jurisdiction_state="known"),
        consulate_row(consulate_key="b", host_country="HN", kind="palace"),
        consulate_row(consulate_key="c", jurisdiction="US-TX"),
        consulate_row(consulate_key="d", status="closed", jurisdiction="US-TX", jurisdiction_state="known"),
    )
    with pytest.raises(BrokenFile) as caught:
        import_consulates(db.session, path)
    assert {line for line, _ in reasons(caught.value)} == {2, 3, 4, 5}


def test_the_seed_data_are_all_there_and_unverified(seeded: Flask) -> None:
    assert db.session.scalar(select(func.count()).select_from(Organization)) == 1893
    assert db.session.scalar(select(func.count()).select_from(Location)) == 2392
    assert db.session.scalar(select(func.count()).select_from(Consulate)) == 296
    assert db.session.scalar(select(func.count()).where(Organization.verified_on.is_not(None))) == 0
    assert db.session.scalar(select(func.count()).where(Organization.source_name == "")) == 0
    assert (resource_dir("seed_data") / "organizations.csv").exists()


def test_a_location_that_moves_is_moved_without_a_warning(app: Flask, tmp_path: Path) -> None:
    """Another town, another organization's number of places, fewer areas: what hangs on it follows."""
    house = organization_row(location_service_areas="shelter", service_areas="shelter|food", phones="664 682 5180")
    office = organization_row(location_key="casa-ejemplo/2", location_city="Mexico City", location_admin1="MX-CMX",
                              service_areas="shelter|food", location_service_areas="food",
                              phones="55 5523 9992; 55 5523 9993")  # fmt: skip
    add_organizations(tmp_path, house, office)
    moved = [
        (house | {"location_city": "Mexico City", "location_admin1": "MX-CMX"}, office),
        (office, house),
        (house | {"location_service_areas": "food"}, office | {"location_service_areas": "shelter"}),
        (house | {"location_service_areas": ""},),
        (house | {"location_key": "casa-ejemplo/3"},),
    ]
    for rows in moved:
        db.session.expunge_all()
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            add_organizations(tmp_path, *rows)
        kept = db.session.scalars(select(Location.city).order_by(Location.position)).all()
        assert kept == [row["location_city"] for row in rows]
