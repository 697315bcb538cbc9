"""Real databases for tests: a SQLite file copied from a migrated template, a PostgreSQL database put back to one."""

from __future__ import annotations

import atexit
import fcntl
import os
import shutil
import socket
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.types.json import Json
from sqlalchemy import Integer, create_engine, make_url, select

from directory.database import Base

POSTGRESQL_URL = os.environ.get(
    "DIRECTORY_TEST_POSTGRESQL_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
)
MANY_ROWS = 500
"""A table of more rows is put back only where a test changed it."""
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
        # Tests ask what is committed, not what survives a power cut.
        server.execute(sql.SQL("ALTER DATABASE {} SET synchronous_commit = off").format(sql.Identifier(name)))
    return make_url(POSTGRESQL_URL).set(database=name).render_as_string(hide_password=False)


def copy_rows(source: str, target: str) -> None:
    """Give a migrated PostgreSQL database the rows of another of our databases, instead of its own."""
    engine = create_engine(source)
    tables = Base.metadata.sorted_tables
    plain = make_url(target).set(drivername="postgresql").render_as_string(hide_password=False)
    with engine.connect() as reading, psycopg.connect(plain) as writing:
        names = sql.SQL(", ").join(sql.Identifier(table.name) for table in tables)
        writing.execute(sql.SQL("TRUNCATE {} RESTART IDENTITY").format(names))
        for table in tables:
            columns = sql.SQL(", ").join(sql.Identifier(column.name) for column in table.columns)
            statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table.name), columns)
            with writing.cursor().copy(statement) as copy:
                for row in reading.execute(select(table)):
                    copy.write_row([Json(value) if isinstance(value, dict | list) else value for value in row])
            for column in table.primary_key.columns:
                if isinstance(column.type, Integer) and column.autoincrement is not False and not column.foreign_keys:
                    writing.execute(
                        sql.SQL(
                            "SELECT setval(s, m) FROM (SELECT pg_get_serial_sequence({}, {}) s, max({}) m FROM {}) x "
                            "WHERE s IS NOT NULL AND m IS NOT NULL"
                        ).format(
                            sql.Literal(table.name), sql.Literal(column.name), sql.Identifier(column.name),
                            sql.Identifier(table.name),
                        )
                    )  # fmt: skip
    engine.dispose()


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
def borrowed_database(kind: str, template: str) -> Iterator[str]:
    """The URL of this process's database of that kind, holding what `template` holds, for one test.

    A SQLite file is copied anew. Making and dropping a PostgreSQL database takes longer than most tests: what a test
    wrote there is taken out again.
    """
    if kind == "sqlite":
        path = _process_file()
        shutil.copy(template.removeprefix("sqlite:///"), path)
        url = f"sqlite:///{path}"
        yield url
        drop_database(url)
        return
    state = _process_database(template)
    try:
        yield state.url
    finally:
        state.put_back()


@cache
def _process_file() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="directory-database-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder / "test.sqlite3"


@cache
def _process_database(template: str) -> TemplateState:
    state = TemplateState(new_database("postgresql", Path(), template))
    atexit.register(drop_database, state.url)
    return state


class TemplateState:
    """What a PostgreSQL database held when it was new, and the way back to it."""

    def __init__(self, url: str) -> None:
        self.url = url
        tables = [table.name for table in Base.metadata.sorted_tables]
        with self._connection() as connection:
            known = {
                name for (name,) in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname='public'")
            }
            missing = known - {*tables, "alembic_version"}
            if missing:
                raise RuntimeError(f"tables without a model cannot be put back: {missing}")
            filled = [name for name in tables if _holds_rows(connection, name)]
            sequences = [name for (name,) in connection.execute("SELECT sequencename FROM pg_sequences")]
            connection.execute("CREATE SCHEMA template_rows")
            for name in filled:
                connection.execute(
                    sql.SQL("CREATE TABLE template_rows.{0} AS TABLE public.{0}").format(sql.Identifier(name))
                )
            self._tables, self._filled = tables, filled
            self._restarts = [_restart(connection, name) for name in sequences]
            self._large = {name: state for name in filled if (state := _state(connection, name))[0] > MANY_ROWS}

    @contextmanager
    def _connection(self) -> Iterator[psycopg.Connection]:
        url = make_url(self.url).set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(url, autocommit=True) as connection:
            yield connection

    def put_back(self) -> None:
        """End what a test left open, and take out all that it wrote: rows, sequences, the feed's counter and epoch."""
        with self._connection() as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            same = {name for name, state in self._large.items() if _state(connection, name) == state}
            # Children first out, parents first in: foreign keys hold all the time.
            statements = [
                *(sql.SQL("DELETE FROM {}").format(sql.Identifier(name))
                  for name in reversed(self._tables) if name not in same),
                *(sql.SQL("INSERT INTO {0} TABLE template_rows.{0}").format(sql.Identifier(name))
                  for name in self._filled if name not in same),
                *self._restarts,
            ]  # fmt: skip
            connection.execute(sql.SQL("; ").join(statements))
            self._large = {name: _state(connection, name) for name in self._large}

    def contents(self) -> dict[str, str]:
        """A digest of each table and the state of each sequence."""
        with self._connection() as connection:
            found = {}
            for table in Base.metadata.sorted_tables:
                query = sql.SQL("SELECT md5(coalesce(string_agg(t::text, chr(10) ORDER BY t::text), '')) FROM {} t")
                found[table.name] = connection.execute(query.format(sql.Identifier(table.name))).fetchone()[0]
            for (name,) in connection.execute("SELECT sequencename FROM pg_sequences WHERE schemaname='public'"):
                query = sql.SQL("SELECT last_value::text || is_called FROM {}").format(sql.Identifier(name))
                found[name] = connection.execute(query).fetchone()[0]
            return found


def _state(connection: psycopg.Connection, name: str) -> tuple[int, int]:
    """How many rows a table has and the last transaction that wrote one: the same while nobody changes it."""
    query = sql.SQL("SELECT count(*), coalesce(max(xmin::text::bigint), 0) FROM {}").format(sql.Identifier(name))
    count, last = connection.execute(query).fetchone()
    return count, last


def _holds_rows(connection: psycopg.Connection, name: str) -> bool:
    query = sql.SQL("SELECT EXISTS (SELECT FROM {})").format(sql.Identifier(name))
    return bool(connection.execute(query).fetchone()[0])


def _restart(connection: psycopg.Connection, name: str) -> sql.Composed:
    row = connection.execute(sql.SQL("SELECT last_value, is_called FROM {}").format(sql.Identifier(name))).fetchone()
    return sql.SQL("SELECT setval({}, {}, {})").format(sql.Literal(name), sql.Literal(row[0]), sql.Literal(row[1]))


@contextmanager
def only_once(marker: Path) -> Iterator[bool]:
    """Among several test processes: True for the one that has to do the work, False after it is done."""
    with marker.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield not marker.exists()
