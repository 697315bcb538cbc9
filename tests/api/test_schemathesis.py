"""schemathesis reads the OpenAPI document and finds nothing that the API does not keep."""

from __future__ import annotations

from pathlib import Path

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from directory.accounts.models import TokenScope
from directory.accounts.tokens import give_token
from directory.extensions import db
from directory.identifiers import seed_uuid
from tests.site import database
from tests.world import make_world

UNKNOWN_VALUES = positive_data_acceptance
"""A slug or place that is spelt well and exists nowhere is refused with 400, as the contract says; which ones exist
is in the database, so that no document can list them."""
OPERATIONS = (
    "/api/v1/search",
    "/api/v1/suggest",
    "/api/v1/organizations/{key}",
    "/api/v1/consulates",
    "/api/v1/consulates/{key}",
    "/api/v1/changes",
    "/export/organizations.{form}",
    "/export/consulates.{form}",
    "/export/lines.{form}",
    "/export/hsds.zip",
    "/api/v1/lines",
)
WITH_TOKEN = (
    ("/api/v1/referrals", "GET"),
    ("/api/v1/referrals", "POST"),
    ("/api/v1/referrals/{key}", "GET"),
    ("/api/v1/referrals/{key}/close", "POST"),
)


def test_every_operation_is_tested(seeded_app: Flask) -> None:
    schema = schemathesis.openapi.from_wsgi("/openapi.json", seeded_app)
    found = {(operation.ok().path, operation.ok().method.upper()) for operation in schema.get_all_operations()}
    assert found == {(path, "GET") for path in OPERATIONS} | set(WITH_TOKEN)


@pytest.mark.parametrize("path", OPERATIONS)
def test_an_operation_keeps_its_document(seeded_app: Flask, path: str) -> None:
    schema = schemathesis.openapi.from_wsgi("/openapi.json", seeded_app)
    examples = 2 if path.startswith("/export/") else 25

    @given(case=schema[path]["GET"].as_strategy())
    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    def keeps(case: schemathesis.Case) -> None:
        case.call_and_validate(headers={"Accept-Encoding": "identity"}, excluded_checks=[UNKNOWN_VALUES])

    keeps()


HSDS = ("/", *(f"/{name}{one}" for name in (
    "services", "organizations", "service_at_locations", "taxonomies", "taxonomy_terms",
) for one in ("", "/{id}")))  # fmt: skip


def test_every_operation_of_hsds_is_tested(seeded_app: Flask) -> None:
    schema = schemathesis.openapi.from_wsgi("/hsds/openapi.json", seeded_app)
    found = {(operation.ok().path, operation.ok().method.upper()) for operation in schema.get_all_operations()}
    assert found == {(path, method) for path in HSDS for method in ("GET", "POST")}


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("path", HSDS)
def test_an_operation_of_hsds_keeps_its_document(seeded_app: Flask, path: str, method: str) -> None:
    schema = schemathesis.openapi.from_wsgi("/hsds/openapi.json", seeded_app)

    @given(case=schema[path][method].as_strategy())
    @settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    def keeps(case: schemathesis.Case) -> None:
        case.call_and_validate(headers={"Accept-Encoding": "identity"}, excluded_checks=[UNKNOWN_VALUES])

    keeps()


@pytest.mark.parametrize(("path", "method"), WITH_TOKEN)
def test_the_case_registers_interface_keeps_its_document(site: Flask, tmp_path: Path, path: str, method: str) -> None:
    world = make_world(site, tmp_path)
    with database(site):
        consulate_id = seed_uuid("consulate/hn-mcallen")
        token = give_token(db.session, consulate_id, "Test", list(TokenScope), "test", world.clock.at)
    schema = schemathesis.openapi.from_wsgi("/openapi.json", site)

    @given(case=schema[path][method].as_strategy())
    @settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    def keeps(case: schemathesis.Case) -> None:
        headers = {"Accept-Encoding": "identity", "Authorization": f"Bearer {token}"}
        case.call_and_validate(headers=headers, excluded_checks=[UNKNOWN_VALUES, ignored_auth])

    keeps()
    for state in world.referrals():
        assert state.consulate_id == consulate_id
