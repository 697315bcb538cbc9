"""Every address that anyone may read: who sends back its tag gets 304, however it was compressed on its way out."""

from __future__ import annotations

from itertools import product

import pytest

from directory.accounts.throttle import LIMITS
from directory.extensions import db
from directory.search.follower import search_index
from directory.search.sync import synchronise
from tests.world import SHELTER, World

CODINGS = ("identity", "gzip", "br")
LARGE = [
    f"/export/{name}"
    for name in (
        "organizations.json", "organizations.ndjson", "organizations.csv", "organizations.geojson",
        "organizations.json?modified_after=2020-01-01T00:00:00Z", "consulates.json", "consulates.csv",
        "consulates.geojson", "lines.json", "lines.ndjson", "lines.csv",
    )
]  # fmt: skip
OTHERS = [
    "/sitemap.xml", "/es/map/points.json", "/es/map/points.json?country=MX", "/es/map/towns.json", "/openapi.json",
    f"/api/v1/organizations/{SHELTER}", "/api/v1/consulates", "/api/v1/search?q=ejemplo",
    "/es/search?q=ejemplo", "/es/consulates/hn-mcallen/guide",
]  # fmt: skip


def test_who_has_it_already_gets_304(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LIMITS, "export", ("1000/hour", "1000/hour"))
    with world.app.app_context():
        synchronise(search_index(), db.session)
    client = world.anyone()
    for address, coding in product([*LARGE, *OTHERS], CODINGS):
        accepts = {"Accept-Encoding": coding}
        first = client.get(address, headers=accepts)
        assert first.status_code == 200, address
        tag = first.headers["ETag"]
        again = client.get(address, headers={**accepts, "If-None-Match": tag})
        assert (again.status_code, again.headers["ETag"], again.get_data()) == (304, tag, b""), (address, coding)
        assert client.get(address, headers={**accepts, "If-None-Match": '"another"'}).status_code == 200
