"""The API's search: the same answer as the obvious construction, without SQL, and 304 exactly while nothing changed."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from directory.changes.models import ChangeKind, Entity
from directory.changes.recording import record_change
from directory.clock import now
from directory.extensions import db
from directory.organizations.models import Organization
from directory.search.execute import execute
from directory.search.follower import search_index
from directory.search.parameters import from_arguments, to_query
from directory.search.sync import synchronise
from tests.api.search_json import obvious_json
from tests.client import CheckingClient
from tests.factories import add_consulates, add_organizations, consulate_row, organization_row, start_writing
from tests.site import Clock
from tests.statements import counted_queries

QUERIES = (
    "", "q=albergue", "q=legal+aid+Houston", "q=familles+Toronto", "q=qqqqzzzz", "q=albergue+tijuna", "size=100",
    "country=MX&size=50&page=2", "country=US&country=CA&area=legal-aid", "admin1=MX-BCN&population=families",
    "language=es&language=en&sort=name", "nationality=HN", "status=unverified&available=1", "sort=verified&size=7",
    "page=999", "consulate=mx-dallas", "consulate=mx-dallas&partner=1", "q=%22%3E%3Cb%3E%5C&country=GT", "q=ñ%E2%80%A8",
    "q=casa&literal=casa",
)  # fmt: skip


@pytest.mark.parametrize("query", QUERIES)
def test_the_fast_answer_says_what_the_obvious_one_says(seeded: Flask, query: str) -> None:
    asked = to_query(from_arguments(MultiDict(parse_qsl(query))), db.session)
    for language in ("es", "en", "fr"):
        expected = obvious_json(asked, execute(asked, now()), language, "http://localhost")
        for _ in ("made", "kept"):
            response = seeded.test_client().get(f"/api/v1/search?{query}&lang={language}")
            assert json.loads(response.data) == json.loads(json.dumps(expected))
            assert response.mimetype == "application/json"


def test_a_warm_search_asks_nothing_of_the_database(client: CheckingClient, seeded_app: Flask) -> None:
    client.get("/api/v1/search?country=MX&size=100")
    client.get("/api/v1/search?country=MX&admin1=MX-BCN")
    with counted_queries(seeded_app) as statements:
        assert client.get("/api/v1/search?country=MX&size=100").status_code == 200
        assert client.get("/api/v1/search?country=MX&size=50&area=shelter&area=food").status_code == 200
        etag = client.get("/api/v1/search?country=MX&admin1=MX-BCN").headers["ETag"]
        again = client.get("/api/v1/search?country=MX&admin1=MX-BCN", headers={"If-None-Match": etag})
        assert again.status_code == 304
    assert statements == []


def test_cards_that_are_not_kept_yet_are_made_in_one_batch(seeded_app: Flask) -> None:
    fresh = seeded_app.test_client()
    assert fresh.get("/api/v1/search?lang=fr&country=GT").status_code == 200, "what is read once is read"
    counts = []
    for query in ("country=CA&size=20&page=3", "country=CA&size=40&page=3"):
        with counted_queries(seeded_app) as statements:
            assert fresh.get(f"/api/v1/search?lang=fr&{query}").status_code == 200
        counts.append(len(statements))
    assert max(counts) < 40


@pytest.mark.parametrize("encoding", ["identity", "br", "gzip"])
def test_a_client_that_holds_the_answer_gets_304_however_it_was_compressed(
    client: CheckingClient, encoding: str
) -> None:
    path, headers = "/api/v1/search?q=kind&size=3", {"Accept-Encoding": encoding}
    first = client.get(path, headers=headers)
    again = client.get(path, headers={**headers, "If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Access-Control-Allow-Origin"] == "*"
    assert again.headers["Vary"] == first.headers["Vary"]
    assert client.get(path + "&lang=en", headers={**headers, "If-None-Match": first.headers["ETag"]}).status_code == 200


def etag(app: Flask, path: str) -> str:
    return app.test_client().get(path).headers["ETag"]


def test_the_tag_changes_with_the_index_and_at_midnight(app: Flask, tmp_path: Path) -> None:
    clock = Clock(app)
    add_organizations(tmp_path, organization_row())
    synchronise(search_index(), db.session)
    path = "/api/v1/search?q=ejemplo"
    seen = [etag(app, path)]
    start_writing()
    db.session.scalars(select(Organization)).one().name = "Hogar Ejemplo"
    record_change(
        db.session, Entity.ORGANIZATION, db.session.scalars(select(Organization.id)).one(), ChangeKind.UPDATED
    )
    db.session.commit()
    assert etag(app, path) == seen[0], "the index does not hold it yet, so neither does the answer"
    synchronise(search_index(), db.session)
    seen.append(etag(app, path))
    clock.pass_days(1)
    seen.append(etag(app, path))
    assert len(set(seen)) == 3


def test_with_a_consulate_the_tag_changes_with_the_feed(app: Flask, tmp_path: Path) -> None:
    add_organizations(tmp_path, organization_row())
    add_consulates(tmp_path, consulate_row())
    synchronise(search_index(), db.session)
    slug = app.test_client().get("/api/v1/consulates").get_json()["results"][0]["slug"]
    paths = [f"/api/v1/search?consulate={slug}", f"/es/search?consulate={slug}"]
    before = [etag(app, path) for path in paths]
    add_consulates(tmp_path, consulate_row(consulate_key="hn-otro", city="Tijuana", host_country="MX", admin1="MX-BCN"))
    assert not set(before) & {etag(app, path) for path in paths}, "a jurisdiction may be another before the index is"


def test_a_query_string_that_differs_has_another_tag(client: CheckingClient) -> None:
    tags = {client.get(f"/api/v1/search?{urlencode({'q': text})}").headers["ETag"] for text in ("a", "b", "á", "a ")}
    assert len(tags) == 4
