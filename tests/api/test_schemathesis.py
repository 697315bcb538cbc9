"""schemathesis reads the OpenAPI document and finds nothing that the API does not keep."""

from __future__ import annotations

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

UNKNOWN_VALUES = positive_data_acceptance
"""A slug or place that is spelt well and exists nowhere is refused with 400, as the contract says; which ones exist
is in the database, so that no document can list them."""
OPERATIONS = (
    "/api/v1/search",
    "/api/v1/organizations/{key}",
    "/api/v1/consulates",
    "/api/v1/consulates/{key}",
    "/api/v1/changes",
    "/export/organizations.{form}",
    "/export/consulates.{form}",
)


def test_every_operation_is_tested(seeded_app: Flask) -> None:
    schema = schemathesis.openapi.from_wsgi("/openapi.json", seeded_app)
    assert {operation.ok().path for operation in schema.get_all_operations()} == set(OPERATIONS)


@pytest.mark.parametrize("path", OPERATIONS)
def test_an_operation_keeps_its_document(seeded_app: Flask, path: str) -> None:
    schema = schemathesis.openapi.from_wsgi("/openapi.json", seeded_app)
    examples = 3 if path.startswith("/export/") else 30

    @given(case=schema[path]["GET"].as_strategy())
    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    def keeps(case: schemathesis.Case) -> None:
        case.call_and_validate(headers={"Accept-Encoding": "identity"}, excluded_checks=[UNKNOWN_VALUES])

    keeps()
