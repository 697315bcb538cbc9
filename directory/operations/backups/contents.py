"""What is in a database, counted and sampled in one snapshot: a restored one must hold the same."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, Table, Uuid, column, func, inspect, select, table, text

from directory.database import Base

SAMPLES = 10
_RECORDS, _KEY = "organizations", "installation_key"


@dataclass(frozen=True)
class Contents:
    """One database at one moment."""

    migration: str
    epoch: str
    key: str | None
    counts: dict[str, int]
    samples: dict[str, str]


def contents(connection: Connection, sampled: list[str] | None = None) -> Contents:
    """Counts of all tables, and digests of ten records (or of those `sampled`) with all rows about them."""
    names = sorted(inspect(connection).get_table_names())
    counts = {name: _count(connection, name) for name in names}
    ids = sampled if sampled is not None else list(_spread(connection, counts.get(_RECORDS, 0)))
    return Contents(
        migration=str(connection.scalar(text("SELECT version_num FROM alembic_version"))),
        epoch=str(connection.scalar(text("SELECT epoch FROM feed_counter"))),
        key=connection.scalar(text("SELECT fingerprint FROM installation_key")) if _KEY in names else None,
        counts=counts,
        samples={record: _digest(connection, record, names) for record in ids},
    )


def _count(connection: Connection, name: str) -> int:
    return connection.scalar(select(func.count()).select_from(table(name))) or 0


def _spread(connection: Connection, count: int) -> Iterator[str]:
    """Ids of records, evenly over all."""
    ids = select(column("id", Uuid())).select_from(table(_RECORDS)).order_by(column("id")).limit(1)
    for number in range(min(SAMPLES, count)):
        yield str(connection.scalar(ids.offset(number * count // min(SAMPLES, count))))


def _digest(connection: Connection, record: str, names: list[str]) -> str:
    """Of a record's own row and of every row that refers to it, as text."""
    digest = hashlib.sha256()
    for name, reference in _about_a_record(names):
        rows = connection.execute(
            select(text("*")).select_from(table(name)).where(column(reference, Uuid()) == uuid.UUID(record))
        )
        told = sorted([str(value) for value in row] for row in rows)
        digest.update(json.dumps([name, list(rows.keys()), told]).encode())
    return digest.hexdigest()


def _about_a_record(names: list[str]) -> Iterator[tuple[str, str]]:
    yield _RECORDS, "id"
    for known in Base.metadata.sorted_tables:
        if known.name in names:
            yield from ((known.name, reference) for reference in _references(known))


def _references(known: Table) -> Iterator[str]:
    yield from sorted(key.parent.name for key in known.foreign_keys if key.column.table.name == _RECORDS)
