"""What both databases need: the typed base of all models, UTC instants, and when SQLite begins to write."""

from __future__ import annotations

import contextlib
import ctypes
import enum
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, Engine, Enum, MetaData, Uuid, event, text
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import DeclarativeBase, Session, scoped_session
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator

BUSY_TIMEOUT_MS = 15_000
_BEGIN_IMMEDIATE = "begin_immediate"
LOCK = {"key_share": True}
"""For `with_for_update`: FOR NO KEY UPDATE. Rows that refer to a locked one can still be added, so that two sides that
lock one row each never wait for one another."""
AnySession = Session | scoped_session[Any]
"""A session, or the one of the running request."""


class UtcDateTime(TypeDecorator[datetime]):
    """An instant, aware and in UTC on both databases (SQLite keeps no zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The base of every model; Flask-SQLAlchemy shares its metadata."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {
        datetime: UtcDateTime(),
        uuid.UUID: Uuid(),
        dict[str, Any]: JSON(),
    }


def closed_set(values: type[enum.StrEnum]) -> Enum:
    """A column type for a StrEnum: text with a CHECK on both databases, so that a migration can widen it."""
    return Enum(
        values,
        native_enum=False,
        create_constraint=True,
        length=24,
        values_callable=lambda members: [member.value for member in members],
        name=values.__name__.lower(),
    )


def prepare_engine(engine: Engine) -> None:
    """Make SQLite safe for several processes: WAL, foreign keys, and BEGIN under our control."""
    if engine.dialect.name != "sqlite":
        return
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)


def _on_connect(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
        "journal_mode = WAL",
        "foreign_keys = ON",
        "secure_delete = ON",  # what was deleted or redacted leaves no bytes in free pages
        "synchronous = FULL",
        "cache_size = -8192",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _on_begin(connection: Connection) -> None:
    immediate = connection.get_execution_options().get(_BEGIN_IMMEDIATE, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def begin_write(session: AnySession) -> None:
    """Open the write transaction before anything is read.

    On SQLite a transaction that began as a read fails at once when another wrote meanwhile, whatever the
    busy timeout; BEGIN IMMEDIATE waits for its turn instead. On PostgreSQL this only opens the transaction.
    Raises RuntimeError where something was read already.
    """
    current = session() if isinstance(session, scoped_session) else session
    if current.in_transaction():
        raise RuntimeError("begin_write must come before the first read of a transaction")
    current.connection(execution_options={_BEGIN_IMMEDIATE: True})


def take_turns(session: AnySession, key: int) -> None:
    """Let one transaction at a time do what `key` names, until it ends. SQLite's writers take turns anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})


@contextmanager
def writing_connection(engine: Engine, *, patient: bool = True) -> Iterator[Connection]:
    """A short write transaction beside the session's own, committed at the end.

    On SQLite never within a session that writes: each would wait for the other. Raises OperationalError where another
    one writes: after the busy timeout, or at once for who is not `patient`.
    """
    with (
        engine.connect().execution_options(**{_BEGIN_IMMEDIATE: True}) as connection,
        _busy_timeout(connection, BUSY_TIMEOUT_MS if patient else 0),
        connection.begin(),
    ):
        yield connection


@contextmanager
def _busy_timeout(connection: Connection, milliseconds: int) -> Iterator[None]:
    """How long SQLite waits for a writer; PostgreSQL's rows are locked one by one, and briefly."""
    if connection.dialect.name != "sqlite" or milliseconds == BUSY_TIMEOUT_MS:
        yield
        return
    cursor = connection.connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {milliseconds}")
    try:
        yield
    finally:
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        cursor.close()


def forget_pages(session: AnySession) -> None:
    """After much was read at once: let SQLite and the C library (glibc) give back the memory that they keep."""
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA shrink_memory")
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)
