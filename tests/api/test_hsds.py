"""HSDS 3.1: lists and records as the specification has them, nothing lost between pages, nothing that is protected."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from flask import Flask
from sqlalchemy import func, select, text

from directory.changes.models import AuditEntry
from directory.clock import now
from directory.exchange.hsds.profile import DOCUMENT, markdown
from directory.exchange.hsds.taxonomies import FACTS_KNOWN, taxonomy_id, term_id
from directory.extensions import db
from directory.identifiers import seed_uuid
from tests.api.hsds_schemas import faults, needs_schemas, nulls, validator
from tests.client import CheckingClient
from tests.factories import add_organizations, organization_row, start_writing

LISTS = {
    "organizations": "organization", "services": "service", "service_at_locations": "service_at_location",
    "taxonomies": "taxonomy", "taxonomy_terms": "taxonomy_term",
}  # fmt: skip
STEP = 40
"""Of the ids of the seed data one in so many is asked for by itself; the soak asks for all."""


def get(client: CheckingClient, path: str, status: int = 200, **asked: Any) -> Any:
    """What a path of the interface answers."""
    answer = client.get(f"/hsds{path}", query_string=asked)
    assert answer.status_code == status, (path, asked, answer.get_data(as_text=True)[:300])
    return answer.get_json()


def pages(client: CheckingClient, name: str, **asked: Any) -> Iterator[dict[str, Any]]:
    """All pages of a list."""
    number = 1
    while True:
        page = get(client, f"/{name}", page=number, per_page=200, **asked)
        yield page
        if page["last_page"]:
            return
        number += 1


def everything(client: CheckingClient, name: str, **asked: Any) -> list[dict[str, Any]]:
    return [item for page in pages(client, name, **asked) for item in page["contents"]]


def named(client: CheckingClient, name: str, **asked: Any) -> set[str]:
    if name == "services":
        return {item["id"] for item in get(client, "/services", minimal="true", **asked)["contents"]}
    return {item["id"] for item in everything(client, name, **asked)}


# As the specification has it.


@pytest.mark.parametrize("asked", [{}, {"full": "true"}], ids=["short", "full"])
@pytest.mark.parametrize("name", LISTS)
def test_every_page_of_every_list_is_valid(client: CheckingClient, name: str, asked: dict[str, str]) -> None:
    needs_schemas()
    seen: list[str] = []
    for page in pages(client, name, **asked):
        contents = page.pop("contents")
        assert set(page) == {"total_items", "total_pages", "page_number", "size", "first_page", "last_page", "empty"}
        assert page["size"] == len(contents)
        for item in contents:
            assert faults(LISTS[name], item) == []
            assert nulls(item) == []
        seen += [item["id"] for item in contents]
    assert seen == sorted(seen)
    assert len(seen) == len(set(seen)) == page["total_items"] > 0


@pytest.mark.parametrize("name", LISTS)
def test_every_id_of_a_list_answers(client: CheckingClient, name: str) -> None:
    needs_schemas()
    answer_to_ids(client, name, STEP if name != "taxonomies" else 1)


@pytest.mark.soak
@pytest.mark.parametrize("name", LISTS)
def test_each_single_id_of_the_seed_data_answers(client: CheckingClient, name: str) -> None:
    needs_schemas()
    answer_to_ids(client, name, 1)


def answer_to_ids(client: CheckingClient, name: str, step: int) -> None:
    for record in sorted(named(client, name))[::step]:
        item = get(client, f"/{name}/{record}")
        assert item["id"] == record
        assert faults(LISTS[name], item) == []
        assert nulls(item) == []


def test_every_id_leads_somewhere(client: CheckingClient) -> None:
    known = {name: named(client, name) for name in LISTS}
    leads = {
        "organization_id": "organizations", "service_id": "services", "taxonomy_id": "taxonomies",
        "taxonomy_term_id": "taxonomy_terms", "parent_id": "taxonomy_terms",
    }  # fmt: skip
    places: set[str] = set()

    def walk(item: Any) -> None:
        if isinstance(item, list):
            for part in item:
                walk(part)
        elif isinstance(item, dict):
            for key, value in item.items():
                if key in leads:
                    assert value in known[leads[key]], (key, value)
                walk(value)

    for item in everything(client, "organizations", full_service="true"):
        walk(item)
        places |= {place["id"] for place in item.get("locations", [])}
    for name in ("services", "service_at_locations", "taxonomy_terms"):
        for item in everything(client, name):
            walk(item)
            assert item.get("location_id", next(iter(places))) in places


def test_the_door_says_what_this_is(client: CheckingClient) -> None:
    said = get(client, "/")
    assert said["version"] == "3.1"
    for key in ("profile", "openapi_url"):
        assert client.get(said[key].removeprefix("http://localhost")).status_code == 200
    assert said["publisher"]
    client.page("/hsds/profile", title_is_h1=False)
    assert client.get("/hsds").status_code in (200, 308)


def test_the_document_is_whole_and_names_each_operation_once(client: CheckingClient) -> None:
    said = get(client, "/openapi.json")
    operations = [operation for methods in said["paths"].values() for operation in methods.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names)) == 22
    assert {tag for operation in operations for tag in operation["tags"]} == {"required", "optional"}
    text_of_it = json.dumps(said)
    refs = {part.split('"')[0] for part in text_of_it.split('"$ref": "')[1:]}
    assert all(ref.startswith("#/components/schemas/") for ref in refs)
    assert {ref.rsplit("/", 1)[1] for ref in refs} <= set(said["components"]["schemas"])
    for schema in said["components"]["schemas"].values():
        jsonschema_rs.meta.validate(schema)


def test_the_profile_is_what_the_program_does() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == markdown(), "python -m directory.exchange.hsds.profile"
    assert len({fact.id for fact in FACTS_KNOWN}) == len(FACTS_KNOWN)


def test_the_schemas_refuse_what_is_wrong() -> None:
    """The tests above could fail."""
    needs_schemas()
    good = {"id": str(uuid.uuid4()), "name": "Casa", "status": "active"}
    assert faults("service", good) == []
    for change in (
        {"id": "7"},
        {"status": "open"},
        {"url": "no address"},
        {"last_modified": "yesterday"},
        {"email": "x"},
    ):
        assert faults("service", good | change), change
    assert faults("service", good | {"phones": [{"id": "7"}]}), "what it refers to counts"
    assert validator("service") is validator("service")


# Questions.


def test_parts_of_a_list_make_the_whole(client: CheckingClient) -> None:
    whole = [item["id"] for item in everything(client, "services")]
    parts = [
        item["id"] for number in range(1, 4) for item in get(client, "/services", page=number, per_page=7)["contents"]
    ]
    assert parts == whole[:21]
    beyond = get(client, "/services", page=10_000)
    assert (beyond["empty"], beyond["contents"], beyond["last_page"]) == (True, [], True)
    assert beyond["total_items"] == len(whole)
    minimal = get(client, "/services", minimal="true")
    assert [item["id"] for item in minimal["contents"]] == whole
    assert all(set(item) == {"id", "last_modified"} for item in minimal["contents"])


def test_what_narrows_a_list(client: CheckingClient) -> None:
    everyone = named(client, "services")
    shelter = str(term_id("service-area", "shelter"))
    sheltering = named(client, "services", taxonomy_term_id=shelter)
    assert 0 < len(sheltering) < len(everyone)
    for item in everything(client, "services", taxonomy_term_id=shelter, full="true")[:20]:
        assert shelter in {attribute["taxonomy_term_id"] for attribute in item["attributes"]}
    by_taxonomy = named(client, "services", taxonomy_id=str(taxonomy_id("service-area")))
    assert sheltering < by_taxonomy
    found = named(client, "services", search="albergue Tijuana")
    assert found
    both = named(client, "services", search="albergue Tijuana", taxonomy_term_id=shelter)
    assert both == found & sheltering, "parameters are joined by AND"
    one = everything(client, "services")[0]
    own = everything(client, "services", organization_id=one["organization_id"])
    assert one["id"] in {item["id"] for item in own}
    assert {item["organization_id"] for item in own} == {one["organization_id"]}
    assert named(client, "services", organization_id=str(uuid.uuid4())) == set()
    assert named(client, "services", taxonomy_term_id=str(uuid.uuid4())) == set()
    terms = everything(client, "taxonomy_terms", top_only="true")
    assert all("parent_id" not in term for term in terms)
    group = str(term_id("service-group", "shelter"))
    children = everything(client, "taxonomy_terms", parent_id=group)
    assert {child["parent_id"] for child in children} <= {group}


def test_around_a_postal_code(client: CheckingClient) -> None:
    near = everything(client, "service_at_locations", postcode="78501", proximity="10000", full="true")
    far = named(client, "service_at_locations", postcode="78501", proximity="100000")
    assert near
    assert {item["id"] for item in near} < far
    for item in near:
        assert abs(item["location"]["latitude"] - 26.2) < 0.3
    assert named(client, "service_at_locations", postcode="zz-nowhere", proximity="100000") == set()
    get(client, "/service_at_locations", 400, proximity="1000")


def test_what_is_asked_by_post_is_answered_alike_and_changes_nothing(client: CheckingClient, seeded_app: Flask) -> None:
    def entries() -> int:
        with seeded_app.app_context():
            count = db.session.scalar(select(func.count()).select_from(AuditEntry)) or 0
            db.session.remove()
        return count

    before = entries()
    asked = {"search": "albergue Tijuana", "per_page": "5", "full": "true"}
    for name in LISTS:
        by_get = get(client, f"/{name}", **asked)
        for way in ({"data": asked}, {"query_string": asked}):
            answer = client.post(f"/hsds/{name}", **way)  # type: ignore[arg-type]
            assert answer.status_code == 200
            assert answer.get_json() == by_get
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert entries() == before


def test_lines_hold_the_whole_list(client: CheckingClient) -> None:
    for asked in ({"full": "true"}, {"search": "albergue Tijuana"}):
        answer = client.get("/hsds/services", query_string={"format": "ndjson", **asked})
        assert answer.status_code == 200
        assert answer.mimetype == "application/x-ndjson"
        lines = [json.loads(line) for line in answer.get_data(as_text=True).splitlines()]
        assert lines == everything(client, "services", **asked)


def test_who_has_it_already_is_told_so(client: CheckingClient) -> None:
    for path in ("/hsds/services?full=true", "/hsds/", "/hsds/taxonomies", "/hsds/openapi.json"):
        first = client.get(path)
        again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.get_data()) == (304, b"")


@pytest.mark.parametrize(
    "asked",
    [
        {"per_page": "201"}, {"per_page": "0"}, {"per_page": "x"}, {"page": "0"}, {"page": "-1"}, {"page": "1e9"},
        {"page": str(2**40)}, {"format": "xml"}, {"full": "perhaps"}, {"minimal": "2"}, {"taxonomy_id": "shelter"},
        {"taxonomy_term_id": "7"}, {"organization_id": "../x"}, {"modified_after": "yesterday"},
        {"modified_after": "2026-01-01"}, {"modified_after": "2026-01-01T00:00:00"}, {"search": "x" * 5000},
        {"taxonomy_id": str(taxonomy_id("record-facts"))},
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_named(client: CheckingClient, asked: dict[str, str]) -> None:
    for answer in (client.get("/hsds/services", query_string=asked), client.post("/hsds/services", data=asked)):
        assert answer.status_code == 400
        assert answer.mimetype == "application/problem+json"
        assert answer.get_json()["detail"]


def test_what_is_not_there(client: CheckingClient) -> None:
    for name in LISTS:
        for status, record in ((404, str(uuid.uuid4())), (404, "7"), (404, "../x")):
            answer = client.get(f"/hsds/{name}/{record}")
            assert answer.status_code == status
            assert answer.mimetype == "application/problem+json"


# What changes, what goes, and what is nobody's business.


@pytest.fixture
def small(app: Flask, tmp_path: Path) -> CheckingClient:
    """Two organizations: one of them is protected in part."""
    add_organizations(
        tmp_path,
        organization_row(
            organization_key="open", name="Casa Abierta", location_key="open/1", address="Calle Ficticia 12",
            postal_code="22000", latitude="32.53", longitude="-117.02", phones="664 123 4567 ext. 012",
        ),
        organization_row(
            organization_key="open", name="Casa Abierta", location_key="open/2", address="Calle Secreta 99",
            postal_code="99999", latitude="32.51", longitude="-117.11", visibility="city_only",
        ),
        organization_row(
            organization_key="open", name="Casa Abierta", location_key="open/3", address="Calle Oculta 7",
            visibility="hidden",
        ),
        organization_row(organization_key="b", name="Otra Casa", location_key="b/1", source_date="2025-03"),
    )  # fmt: skip
    client = app.test_client()
    assert isinstance(client, CheckingClient)
    return client


def test_no_answer_holds_what_is_protected(small: CheckingClient) -> None:
    said = "".join(
        small.get(f"/hsds/{name}", query_string={"full_service": "true", "full": "true", "format": form}).get_data(
            as_text=True
        )
        for name in LISTS
        for form in ("json", "ndjson")
    )
    for secret in ("Secreta", "99999", "32.51", "117.11", "Oculta"):
        assert secret not in said
    assert "Calle Ficticia 12" in said
    hidden = seed_uuid("location/open/3")
    assert str(hidden) not in said
    assert named(small, "service_at_locations", postcode="99999", proximity="100000") == set(), "it is no centre either"
    places = {
        place["id"]: place for place in everything(small, "organizations", full="true")[0].get("locations", [])
    } | {place["id"]: place for place in everything(small, "organizations", full="true")[1].get("locations", [])}
    protected = places[str(seed_uuid("location/open/2"))]
    assert "addresses" not in protected
    assert protected["latitude"] == pytest.approx(32.5027), "its town's point"
    assert "city_only" in {attribute.get("value") for attribute in protected["attributes"]}
    whole = places[str(seed_uuid("location/open/1"))]
    assert whole["addresses"][0]["state_province"]
    assert "extension" not in whole["phones"][0], "a number cannot begin with 0"
    assert "012" in whole["phones"][0]["description"]


def test_a_made_description_is_marked(small: CheckingClient) -> None:
    for item in everything(small, "organizations", full="true"):
        assert item["description"].startswith("Listed by A fictional list on ")
        facts = {attribute["taxonomy_term"]["code"] for attribute in item["attributes"]}
        assert "record-facts/made-description" in facts


def test_only_what_changed_and_nothing_that_was_removed(small: CheckingClient, app: Flask) -> None:
    organizations = named(small, "organizations")
    services = {item["organization_id"]: item["id"] for item in everything(small, "services")}
    assert len(organizations) == 2
    day = timedelta(days=1)
    assert named(small, "organizations", modified_after=(now() + day).isoformat()) == set()
    last = max(item["last_modified"] for item in everything(small, "services"))
    assert named(small, "services", modified_after=last), "at that very instant counts"
    gone = str(seed_uuid("organization/b"))
    start_writing()
    db.session.execute(text("UPDATE organizations SET removed_at = CURRENT_TIMESTAMP WHERE name = 'Otra Casa'"))
    db.session.execute(text("UPDATE feed_counter SET value = value + 1"))
    db.session.commit()
    db.session.remove()
    assert named(small, "organizations") == organizations - {gone}
    get(small, f"/organizations/{gone}", 410)
    get(small, f"/services/{services[gone]}", 410)
