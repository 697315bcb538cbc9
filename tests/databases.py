"""Real databases for tests: a SQLite file or a PostgreSQL database of their own, copied from a migrated template."""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import make_url

POSTGRESQL_URL = os.environ.get(
    "DIRECTORY_TEST_POSTGRESQL_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
)
REQUIRED = frozenset(filter(None, os.environ.get("DIRECTORY_TEST_REQUIRE", "").split(",")))


@cache
def postgresql_answers() -> bool:
    """Whether there is a server to test on."""
    url = make_url(POSTGRESQL_URL)
    try:
        with socket.create_connection((url.host or "127.0.0.1", url.port or 5432), timeout=2):
            return True
    except OSError:
        return False


@contextmanager
def _server() -> Iterator[psycopg.Connection]:
    url = make_url(POSTGRESQL_URL).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


def new_database(kind: str, folder: Path, template: str | None = None) -> str:
    """The URL of a fresh database; a copy of `template` (a URL of the same kind) where one is given."""
    if kind == "sqlite":
        path = folder / f"{uuid.uuid4().hex}.sqlite3"
        if template:
            shutil.copy(template.removeprefix("sqlite:///"), path)
        return f"sqlite:///{path}"
    name = f"directory_test_{os.getpid()}_{uuid.uuid4().hex[:8]}"
    create = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
    if template:
        create += sql.SQL(" TEMPLATE {}").format(sql.Identifier(make_url(template).database or ""))
    with _server() as server:
        server.execute(create)
    return make_url(POSTGRESQL_URL).set(database=name).render_as_string(hide_password=False)


def drop_database(url: str) -> None:
    """Remove a database made by `new_database`."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        for suffix in ("", "-wal", "-shm"):
            Path(f"{parsed.database}{suffix}").unlink(missing_ok=True)
        return
    with _server() as server:
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(parsed.database or "")))


@contextmanager
def only_once(marker: Path) -> Iterator[bool]:
    """Among several test processes: True for the one that has to do the work, False after it is done."""
    with marker.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield not marker.exists()
