"""Help lines as JSON and as files."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from directory.exchange.load import import_lines
from directory.extensions import db
from directory.publication.lines import look_again
from tests.client import CheckingClient
from tests.factories import add_lines, line_row
from tests.site import visitor


@pytest.fixture
def client(site: Flask, tmp_path: Path) -> CheckingClient:
    with site.app_context():
        add_lines(
            tmp_path,
            line_row(),
            line_row(line_key="gt", kind="police", country="GT", number="110", **{"from": "GT"}),
            line_row(line_key="mx", kind="protection", country="", sending_country="MX", number="+1 520-623-7874",
                     **{"from": "US|CA"}),
            line_row(line_key="old", source_date="2015", hours="Mo-Fr 08:00-16:00"),
        )  # fmt: skip
    return visitor(site)


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ("", ["gt", "us-ejemplo", "mx"]),
        ("?country=GT", ["gt"]),
        ("?country=US", ["us-ejemplo", "mx"]),
        ("?country=US&kind=violence", ["us-ejemplo"]),
        ("?sending=MX", ["mx"]),
        ("?kind=violence&all=1", ["old", "us-ejemplo"]),
        ("?size=1&page=2", ["us-ejemplo"]),
        ("?page=9", []),
    ],
)
def test_lines_are_listed_by_where_the_call_is_made_and_by_kind(
    client: CheckingClient, query: str, keys: list[str]
) -> None:
    assert [line["key"] for line in client.get(f"/api/v1/lines{query}").get_json()["results"]] == keys


def test_a_line_says_what_is_dialled_from_where_and_who_says_so(client: CheckingClient) -> None:
    body = client.get("/api/v1/lines?country=US&kind=violence&lang=en").get_json()
    (line,) = body["results"]
    assert (body["total"], body["page"], body["size"], body["pages"]) == (1, 1, 20, 1)
    assert (line["number"], line["from"], line["from_where"]) == ("+18007997233", ["US"], "United States")
    assert (line["hours"], line["languages"], line["for_whom"]) == ("24 h", ["es", "en"], "Mujeres ficticias")
    assert line["source"] == {
        "name": "A fictional list", "url": "https://example.org/lines", "date": "2026-01", "licence": None,
    }  # fmt: skip
    assert "note" not in line


@pytest.mark.parametrize("query", ["?kind=friendship", "?country=mexico", "?sending=ZZ", "?size=0", "?page=0"])
def test_a_bad_parameter_is_refused(client: CheckingClient, query: str) -> None:
    answer = client.get(f"/api/v1/lines{query}")
    assert answer.status_code == 400
    assert answer.content_type == "application/problem+json"


def test_who_has_the_list_already_is_told_so_until_a_line_changes(
    site: Flask, client: CheckingClient, tmp_path: Path
) -> None:
    first = client.get("/api/v1/lines")
    again = client.get("/api/v1/lines", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    with site.app_context():
        add_lines(tmp_path, line_row(name="Línea Nueva"))
        look_again()
    changed = client.get("/api/v1/lines", headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200


def test_an_export_is_an_import(site: Flask, client: CheckingClient, tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes(client.get("/export/lines.csv").get_data())
    with site.app_context():
        tally = import_lines(db.session, path)
    assert (tally.created, tally.updated, tally.unchanged) == (0, 0, 4)
    assert len(client.get("/export/lines.json").get_json()) == 4
    assert client.get("/export/lines.geojson").status_code in (400, 404)
