"""Exports: everything public, and it can be read back."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from directory.clock import now
from directory.exchange.export import Format, export_consulates, export_organizations
from directory.exchange.load import import_organizations
from directory.extensions import db
from directory.organizations.models import Organization
from directory.publication.organizations import public_organizations, published_ids
from directory.spreadsheet import neutral
from tests.factories import add_organizations, organization_row

BASE = "http://localhost"


def exported(form: Format, after: datetime | None = None) -> str:
    return "".join(export_organizations(db.session, form, BASE, now(), after))


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-2+3", "@x", "\tx", "\rx"])
def test_a_cell_that_a_spreadsheet_would_run_is_neutralised(cell: str) -> None:
    assert neutral(cell) == f"'{cell}"


def test_numbers_and_blanks_stay_as_they_are() -> None:
    assert (neutral(-117.03), neutral(None), neutral("Casa")) == ("-117.03", "", "Casa")


def test_a_csv_export_can_be_imported_again_without_any_difference(app: Flask, tmp_path: Path) -> None:
    add_organizations(
        tmp_path,
        organization_row(name="=Casa", phones="664 682 5180 / 664 382 7685", website="https://example.org/",
                         accreditations="An authority;2026-06-08", summary_es="Albergue de ejemplo.",
                         latitude="32.5", longitude="-117.03", alternate_names="Uno|Dos"),
        organization_row(location_key="casa-ejemplo/2", visibility="city_only"),
    )  # fmt: skip
    before = [record.model_dump(exclude={"revision", "modified_at"}) for record in _all()]
    path = tmp_path / "export.csv"
    path.write_text(exported(Format.CSV), encoding="utf-8", newline="")
    tally = import_organizations(db.session, path)
    assert (tally.created, tally.updated) == (0, 1)
    assert [record.model_dump(exclude={"revision", "modified_at"}) for record in _all()] == before


def _all() -> list[object]:
    return list(public_organizations(db.session, published_ids(db.session), now()))


def test_json_ndjson_and_geojson_hold_the_same_records(seeded: Flask) -> None:
    whole = json.loads(exported(Format.JSON))
    lines = [json.loads(line) for line in exported(Format.NDJSON).splitlines()]
    assert whole == lines
    assert len(whole) == 1893
    assert all(record["source"]["name"] for record in whole)
    features = json.loads(exported(Format.GEOJSON))["features"]
    assert len(features) == 2392
    for feature in features:
        assert feature["properties"]["source"]["name"]
        if feature["geometry"]:
            longitude, latitude = feature["geometry"]["coordinates"]
            assert -180 <= longitude <= -50
            assert 5 <= latitude <= 75


def test_a_csv_has_one_row_a_location(seeded: Flask) -> None:
    rows = list(csv.DictReader(io.StringIO(exported(Format.CSV))))
    assert len(rows) == 2392
    assert not [row for row in rows if row["visibility"] == "city_only" and (row["address"] or row["postal_code"])]


def test_only_what_changed_after_an_instant(app: Flask, tmp_path: Path) -> None:
    add_organizations(tmp_path, organization_row())
    now = datetime.now(UTC)
    assert json.loads(exported(Format.JSON, now + timedelta(minutes=1))) == []
    assert len(json.loads(exported(Format.JSON, now - timedelta(minutes=1)))) == 1


def test_removed_records_are_not_exported(app: Flask, tmp_path: Path) -> None:
    add_organizations(tmp_path, organization_row())
    db.session.scalars(select(Organization)).one().removed_at = datetime.now(UTC)
    db.session.commit()
    assert json.loads(exported(Format.JSON)) == []


def test_consulates_are_exported_with_jurisdiction(seeded: Flask) -> None:
    records = json.loads("".join(export_consulates(db.session, Format.JSON, BASE)))
    assert len(records) == 296
    dallas = next(record for record in records if record["slug"] == "mx-dallas")
    assert {"exclude", "include"} == {area["mode"] for area in dallas["jurisdiction"]}
    closed = [record for record in records if record["status"] == "closed"]
    assert closed
    assert all(record["jurisdiction"] == [] for record in closed)
