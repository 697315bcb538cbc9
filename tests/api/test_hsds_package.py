"""The package of HSDS 3.1: the official tables, every key leading somewhere, the same records as the interface."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from frictionless import Package

from directory.changes.feed import feed_position
from directory.exchange.hsds.tables import TABLES
from directory.extensions import db
from tests.api.hsds_schemas import FOLDER, needs_schemas
from tests.client import CheckingClient
from tests.factories import add_organizations, organization_row, start_writing
from tests.shell import run

MENDED = ("unit", "service_capacity")
"""Tables whose official descriptor names keys that they lack."""


def package_of(client: CheckingClient) -> bytes:
    answer = client.get("/export/hsds.zip")
    assert answer.status_code == 200, answer.get_data(as_text=True)[:300]
    assert answer.content_type == "application/zip"
    return bytes(answer.get_data())


def rows_of(packed: bytes, path: str) -> list[dict[str, str]]:
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return list(csv.DictReader(io.StringIO(archive.read(path).decode("utf-8"), newline="")))


def faults_of(folder: Path) -> list[Any]:
    report = Package(str(folder / "datapackage.json")).validate()
    return [*report.flatten(["title", "fieldName", "note"])]


def test_every_table_of_the_seed_data_is_valid_and_holds_what_the_interface_answers(
    client: CheckingClient, tmp_path: Path
) -> None:
    client.environ_base["REMOTE_ADDR"] = "203.0.113.19"  # exports are counted, and others read the same installation
    packed = package_of(client)
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert {*archive.namelist()} == {
            "datapackage.json", "README.md", "CITATION.cff", *(table.path for table in TABLES.values())
        }  # fmt: skip
        archive.extractall(tmp_path)
    assert faults_of(tmp_path) == []
    for name, path in (
        ("organizations", "organizations.csv"), ("services", "services.csv"),
        ("service_at_locations", "service_at_location.csv"), ("taxonomies", "taxonomies.csv"),
        ("taxonomy_terms", "taxonomy_terms.csv"),
    ):  # fmt: skip
        lines = client.get(f"/hsds/{name}?format=ndjson").get_data(as_text=True).splitlines()
        answered = {item["id"]: item for item in map(json.loads, lines)}
        rows = rows_of(packed, path)
        assert len(rows) == len(answered) > 3
        for row in rows:
            for column, value in answered[row["id"]].items():
                if isinstance(value, str) and column in row and column != "last_modified":
                    assert row[column] == value, (name, row["id"], column)
    numbers = [row["number"] for row in rows_of(packed, "phones.csv")]
    assert sum(number.startswith("+52") for number in numbers) > 50


def test_a_row_that_refers_to_nothing_is_found(small: CheckingClient, tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(package_of(small))) as archive:
        archive.extractall(tmp_path)
    assert faults_of(tmp_path) == []
    path = tmp_path / "service_at_location.csv"
    head, first, *rest = path.read_text(encoding="utf-8").splitlines()
    cells = first.split(",")
    cells[1] = "00000000-0000-4000-8000-000000000000"
    path.write_text("\n".join([head, ",".join(cells), *rest, ""]), encoding="utf-8")
    assert [fault[0] for fault in faults_of(tmp_path)] == ["ForeignKey Error"]


def test_the_tables_are_the_official_ones_but_for_two() -> None:
    needs_schemas()
    official = json.loads((FOLDER / "datapackage.json").read_text(encoding="utf-8"))["resources"]
    ours = {name: table.resource() for name, table in TABLES.items()}
    assert list(ours) == [table["name"] for table in official]
    for table in official:
        mine = ours[table["name"]]
        assert [mine[key] for key in ("path", "format", "mediatype", "profile")] == [
            table[key] for key in ("path", "format", "mediatype", "profile")
        ]
        assert _keys(mine) == _keys(table)
        assert mine["schema"]["primaryKey"] == table["schema"]["primaryKey"]
        columns = [_said(field) for field in table["schema"]["fields"]]
        if table["name"] in MENDED:
            assert "id" not in [column["name"] for column in columns]
            schema = json.loads((FOLDER / "schema" / f"{table['name']}.json").read_text(encoding="utf-8"))
            flat = {name for name, of in schema["properties"].items() if of.get("type") in ("string", "number")}
            assert {column["name"] for column in mine["schema"]["fields"]} == flat
        else:
            assert mine["schema"]["fields"] == columns


def _keys(table: Mapping[str, Any]) -> list[Any]:
    """Foreign keys; their order says nothing."""
    return sorted(table["schema"].get("foreignKeys", ()), key=lambda key: str(key["fields"]))


def _said(field: Mapping[str, Any]) -> dict[str, Any]:
    """A field without its explanations."""
    return {key: value for key, value in field.items() if key in ("name", "type", "format", "constraints")}


def test_it_says_where_the_feed_stood_and_whose_the_records_are(small: CheckingClient) -> None:
    packed = package_of(small)
    position = feed_position(db.session)
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        said = json.loads(archive.read("datapackage.json"))
        readme, citation = archive.read("README.md").decode(), archive.read("CITATION.cff").decode()
    assert said["feed"]["epoch"] == str(position.epoch)
    assert said["feed"]["seq"] == position.seq > 0
    assert "each record" in said["licenses"][0]["title"]
    for word in ("Español", "English", "Français", f"since={position.seq}"):
        assert word in readme
    assert f'version: "{position.epoch}/{position.seq}"' in citation


def test_a_package_holds_nothing_that_is_protected_and_is_made_anew_when_something_changed(
    app: Flask, tmp_path: Path
) -> None:
    add_organizations(
        tmp_path,
        organization_row(location_key="a/1", address="1 Hidden Way", visibility="city_only", postal_code="99999"),
    )
    client = app.test_client()
    assert isinstance(client, CheckingClient)
    packed = package_of(client)
    assert "Hidden Way" not in "".join(map(str, rows_of(packed, "addresses.csv") + rows_of(packed, "attributes.csv")))
    assert rows_of(packed, "addresses.csv") == []
    start_writing()
    add_organizations(tmp_path, organization_row(organization_key="b", name="A second one", location_key="b/1"))
    names = [row["name"] for row in rows_of(package_of(client), "organizations.csv")]
    assert "A second one" in names
    assert len(names) == 2


def test_from_the_shell(tmp_path: Path) -> None:
    run(tmp_path / "var", "init", "--no-seed")
    path = tmp_path / "package.zip"
    assert run(tmp_path / "var", "export", "--format", "hsds", "--output", str(path)).returncode == 0
    assert rows_of(path.read_bytes(), "organizations.csv") == []
    assert len(rows_of(path.read_bytes(), "taxonomy_terms.csv")) > 50
    refused = run(tmp_path / "var", "export", "--format", "hsds", "--kind", "consulates")
    assert refused.returncode == 2
    assert "HSDS holds organizations" in refused.stderr


@pytest.fixture
def small(app: Flask, tmp_path: Path) -> CheckingClient:
    """An installation with one organization."""
    add_organizations(tmp_path, organization_row(location_key="a/1"))
    client = app.test_client()
    assert isinstance(client, CheckingClient)
    return client
