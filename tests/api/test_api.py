"""The JSON interface keeps the contract."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from directory.changes.models import ChangeKind, Entity
from directory.changes.recording import record_change
from directory.changes.slugs import assign_slug
from directory.extensions import db
from directory.organizations.models import Organization
from directory.organizations.remove import unpublish
from directory.search.follower import search_index
from directory.search.sync import synchronise
from tests.client import CheckingClient
from tests.factories import add_organizations, organization_row, start_writing

RESULT_KEYS = frozenset(
    """
    id slug name acronym summary country admin1 city countries latitude longitude precision areas populations languages
    nationalities phone website status verified_on availability distance_km score url
    """.split()
)
ORGANIZATION_KEYS = frozenset(
    """
    id slug url name acronym alternate_names summary description website email phones year_founded legal_status
    identifiers accreditations status verified_on review_due_on source revision modified_at services locations
    consulates
    """.split()
)


def test_a_search_answers_as_the_contract_says(client: CheckingClient) -> None:
    response = client.get("/api/v1/search?q=legal+aid&country=US&country=MX&lang=en&size=5")
    body = response.get_json()
    assert set(body) == {
        "query", "understood", "read_as", "cut", "relaxed", "total", "pages", "suggestion", "results", "facets",
    }  # fmt: skip
    assert body["query"] == {
        "q": "legal aid", "filters": {"country": ["US", "MX"]}, "page": 1, "size": 5, "sort": "relevance"
    }  # fmt: skip
    assert len(body["results"]) == 5
    assert body["pages"] == -(-body["total"] // 5)
    read = [(item["kind"], item["value"], item["text"], item["how"]) for item in body["understood"]]
    assert ("area", "legal-aid", "legal aid", "exact") in read
    for result in body["results"]:
        assert set(result) >= RESULT_KEYS
        assert result["url"].startswith("http://localhost/en/organizations/")
    assert set(body["facets"]) == {"country", "admin1", "area", "population", "language", "nationality", "status"}
    assert {"value": "US", "label": "United States"}.items() <= body["facets"]["country"][0].items()
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Content-Language"] == "en"


def test_labels_are_spanish_unless_asked_otherwise(client: CheckingClient) -> None:
    labels = {
        language: client.get(f"/api/v1/search?q=kind{query}").get_json()["facets"]["area"][0]["label"]
        for language, query in (("es", ""), ("fr", "&lang=fr"))
    }
    assert labels["es"] != labels["fr"]


def test_a_page_past_the_last_is_empty(client: CheckingClient) -> None:
    body = client.get("/api/v1/search?q=kind&page=99").get_json()
    assert (body["total"], body["results"]) == (1, [])


@pytest.mark.parametrize(
    "query",
    [
        "page=0", "page=x", "size=0", "size=1000", "country=ZZ", "admin1=US-ZZ", "area=nothing", "population=x",
        "language=spa", "nationality=xx", "status=good", "sort=best", "sort=distance", "near=999,999", "near=91,0",
        "near=nowhere-at-all", "within=10", "within=-1&near=26,-98", "within=nan&near=26,-98",
        "available=yes", "partner=1", "consulate=nowhere", "lang=de", "q=" + "a" * 2001,
        "q=%00", "q=%ff%fe",
    ],
)  # fmt: skip
def test_bad_parameters_are_problems_that_name_themselves(client: CheckingClient, query: str) -> None:
    response = client.get(f"/api/v1/search?{query}")
    assert response.status_code == 400
    assert response.mimetype == "application/problem+json"
    body = json.loads(response.data)
    assert set(body) == {"type", "title", "status", "detail"}
    assert query.split("=", 1)[0] in body["detail"] or "UTF-8" in body["detail"] or "cannot be used" in body["detail"]


def test_unknown_parameters_are_ignored(client: CheckingClient) -> None:
    assert client.get("/api/v1/search?q=kind&utm_source=x").status_code == 200


def test_an_organization_answers_by_slug_and_by_id(client: CheckingClient) -> None:
    by_slug = client.get("/api/v1/organizations/kids-in-need-of-defense").get_json()
    assert set(by_slug) >= ORGANIZATION_KEYS
    assert client.get(f"/api/v1/organizations/{by_slug['id']}").get_json() == by_slug
    place = by_slug["locations"][0]
    assert set(place) >= {"id", "visibility", "precision", "timezone", "phones", "source"}
    assert {"id", "slug", "name", "sending_country", "why", "assumed"} == set(by_slug["consulates"][0])


def test_not_found_is_a_problem(client: CheckingClient) -> None:
    for path in ("organizations/nobody", "consulates/nowhere", "nothing/at/all"):
        response = client.get(f"/api/v1/{path}")
        assert response.status_code == 404
        assert response.mimetype == "application/problem+json"


def test_an_answer_that_the_client_has_is_not_sent_again(client: CheckingClient) -> None:
    for path in (
        "/api/v1/search?q=kind", "/api/v1/organizations/kids-in-need-of-defense", "/api/v1/consulates",
        "/api/v1/changes", "/export/consulates.csv", "/openapi.json",
    ):  # fmt: skip
        etag = client.get(path).headers["ETag"]
        assert client.get(path, headers={"If-None-Match": etag}).status_code == 304, path


def test_consulates_are_filtered_and_paged(client: CheckingClient) -> None:
    body = client.get("/api/v1/consulates?sending=HN&host=US&size=5").get_json()
    assert set(body) == {"total", "page", "size", "pages", "results"}
    assert len(body["results"]) == 5 < body["total"]
    assert {(c["sending_country"], c["host_country"]) for c in body["results"]} == {("HN", "US")}
    covering = client.get("/api/v1/consulates?covers=US-TX&sending=MX").get_json()["results"]
    assert any(record["slug"] == "mx-dallas" for record in covering)
    assert client.get("/api/v1/consulates?covers=nowhere").status_code == 400
    one = client.get("/api/v1/consulates/mx-dallas").get_json()
    assert one["jurisdiction_state"] == "partial"
    assert {"country", "admin1", "admin2", "place_id", "name", "mode", "assumed"} == set(one["jurisdiction"][0])
    assert one["partners"] == []


def test_changes_are_read_in_steps(client: CheckingClient) -> None:
    first = client.get("/api/v1/changes?limit=10").get_json()
    assert [change["seq"] for change in first["changes"]] == list(range(1, 11))
    assert (first["next"], first["more"]) == (10, True)
    last = client.get("/api/v1/changes?since=1000000").get_json()
    assert (last["changes"], last["next"], last["more"]) == ([], 1_000_000, False)
    assert client.get("/api/v1/changes?since=-1").status_code == 400


def test_a_former_slug_redirects_and_a_removed_record_is_gone(app: Flask, tmp_path: Path) -> None:
    add_organizations(tmp_path, organization_row())
    synchronise(search_index(), db.session)
    client = app.test_client()
    start_writing()
    record = db.session.scalars(select(Organization)).one()
    assign_slug(db.session, Entity.ORGANIZATION, record.id, "casa-nueva")
    record_change(db.session, Entity.ORGANIZATION, record.id, ChangeKind.UPDATED)
    db.session.commit()
    for path, target in (
        ("/api/v1/organizations/casa-ejemplo", "/api/v1/organizations/casa-nueva"),
        ("/fr/organizations/casa-ejemplo", "/fr/organizations/casa-nueva"),
    ):
        response = client.get(path)
        assert response.status_code == 301
        assert response.headers["Location"].endswith(target)
    start_writing()
    unpublish(db.session, db.session.scalars(select(Organization)).one(), "test")
    db.session.commit()
    for path in ("/api/v1/organizations/casa-nueva", "/es/organizations/casa-nueva"):
        assert client.get(path).status_code == 410
    changes = client.get("/api/v1/changes").get_json()["changes"]
    assert [change["kind"] for change in changes] == ["created", "updated", "deleted"]


def test_exports_stream_and_name_their_files(client: CheckingClient) -> None:
    for name in ("organizations.json", "organizations.ndjson", "organizations.csv", "organizations.geojson",
                 "consulates.json", "consulates.csv", "consulates.geojson"):  # fmt: skip
        response = client.get(f"/export/{name}?modified_after=2999-01-01T00:00:00Z")
        assert response.status_code == 200
        assert name in response.headers["Content-Disposition"]
        assert "Content-Length" not in response.headers
        assert response.headers["Last-Modified"]
        response.close()
    for path in ("organizations.xml", "consulates.ndjson", "organizations.csv?modified_after=yesterday"):
        assert client.get(f"/export/{path}").status_code == 400


def test_health_and_readiness(client: CheckingClient, app: Flask) -> None:
    assert client.get("/healthz").get_json() == {"status": "ok"}
    assert client.get("/readyz").get_json()["status"] == "ok"
    with app.app_context():
        assert app.test_client().get("/readyz").status_code == 503


def test_the_document_is_openapi_3_1(client: CheckingClient) -> None:
    body = client.get("/openapi.json").get_json()
    assert body["openapi"].startswith("3.1")
    assert set(body["paths"]) >= {"/api/v1/search", "/api/v1/organizations/{key}", "/api/v1/changes"}
