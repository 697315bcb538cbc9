"""Filling the gazetteer from the seed data; only where it is empty."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Table, insert, select

from directory.database import AnySession, Base
from directory.places.models import County, Place, PlaceKind, PlaceName
from directory.places.names import fold
from directory.settings import LANGUAGES

BATCH_ROWS = 5_000
Row = dict[str, Any]


def load_gazetteer(session: AnySession, folder: Path) -> int:
    """Insert counties, towns, crossings and places of detention from `folder`; returns how many places.

    Does nothing, and returns 0, where the gazetteer already has a place.
    """
    if session.scalar(select(Place.id).limit(1)) is not None:
        return 0
    exonyms = {row["id"]: row for row in _read(folder / "exonyms.csv")}
    _insert(session, County, iter(_read(folder / "counties.csv")))
    files = ("towns.csv.gz", "crossings.csv", "detention.csv")
    count = 0
    for name in files:
        rows = list(_read(folder / name))
        _insert(session, Place, (_place(row) for row in rows))
        _insert(session, PlaceName, (item for row in rows for item in _names(row, exonyms.get(row["id"], {}))))
        count += len(rows)
    return count


def _read(path: Path) -> Iterator[dict[str, str]]:
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return csv.DictReader(io.StringIO(raw.decode("utf-8"), newline=""))


def _insert(session: AnySession, model: type[Base], rows: Iterator[Any]) -> None:
    # The table rather than the class: no object is wanted, and rows go to the driver as they are.
    while batch := list(islice(rows, BATCH_ROWS)):
        session.execute(insert(cast(Table, model.__table__)), batch)


def _place(row: dict[str, str]) -> Row:
    return {
        "id": row["id"],
        "kind": PlaceKind(row.get("kind") or "town"),
        "name": row["name"],
        "country": row["country"],
        "admin1": row["admin1"] or None,
        "admin2": row.get("admin2") or None,
        "city": row.get("city") or None,
        "latitude": _float(row["latitude"]),
        "longitude": _float(row["longitude"]),
        "timezone": row["timezone"] or None,
        "population": int(row["population"]) if row.get("population") else None,
        "operator": row.get("operator") or None,
        "status": row.get("status") or None,
        "source_name": row.get("source_name") or None,
        "source_url": row.get("source_url") or None,
        "source_date": row.get("source_date") or None,
        "source_licence": row.get("source_licence") or None,
    }


def _names(row: dict[str, str], exonym: dict[str, str]) -> list[Row]:
    """The names of one place, one row for each folded form; a name with a language wins."""
    names: dict[str, Row] = {}
    for language in LANGUAGES:
        if name := exonym.get(language):
            names.setdefault(fold(name), {"name": name, "language": language})
    for name in (row["name"], *filter(None, row["alternate_names"].split("|"))):
        if folded := fold(name):
            names.setdefault(folded, {"name": name, "language": None})
    return [{"place_id": row["id"], "folded": folded, **rest} for folded, rest in names.items()]


def _float(value: str) -> float | None:
    return float(value) if value else None
