"""The schemas of HSDS 3.1, as Open Referral publishes them; they are not part of this project."""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

FOLDER = Path(os.environ.get("DIRECTORY_TEST_HSDS") or Path(__file__).resolve().parents[3] / "shared" / "hsds")
_BASE = "json-schema:///schema/"


def needs_schemas() -> None:
    """Skip where they are not on this machine: their licence differs, so they are not copied into the project."""
    if not (FOLDER / "schema").is_dir():
        pytest.skip("the schemas of HSDS 3.1 are not here; DIRECTORY_TEST_HSDS names a folder that has them")


@cache
def validator(name: str) -> Any:
    """The validator of one object, formats checked; what it refers to is read from beside it."""
    return jsonschema_rs.validator_for(
        _schema(name), validate_formats=True, base_uri=f"{_BASE}{name}.json", retriever=_retrieve
    )


def faults(name: str, item: Any) -> list[str]:
    """What is wrong with an object, by place."""
    return [
        f"{'/'.join(map(str, fault.instance_path))}: {fault.message}" for fault in validator(name).iter_errors(item)
    ]


def _retrieve(uri: str) -> Any:
    return _schema(uri.removeprefix(_BASE).removesuffix(".json"))


@cache
def _schema(name: str) -> Any:
    return json.loads((FOLDER / "schema" / f"{name}.json").read_text(encoding="utf-8"))


def nulls(item: Any, at: str = "") -> list[str]:
    """Where an object holds `null`, which no schema allows."""
    if item is None:
        return [at]
    parts = item.items() if isinstance(item, dict) else enumerate(item) if isinstance(item, list) else ()
    return [found for key, value in parts for found in nulls(value, f"{at}/{key}")]
