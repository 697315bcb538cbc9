"""Copying a whole database while it is written to, and putting a copy in the place of another.

SQLite by its online copy, PostgreSQL by its own commands: who has the server has them.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine, create_engine, inspect, make_url, select, table, text

from directory.database import prepare_engine
from directory.operations.backups.contents import Contents, contents

_NOT_OURS = "SELECT 1 FROM sqlite_master WHERE type NOT IN ('table', 'index')"
_TOOLS = ("pg_dump", "pg_restore", "psql")


class CopyFailed(Exception):
    """A database could not be copied or put in place. Its text says why."""


def is_sqlite(url: str) -> bool:
    """Whether a database is a file of this machine."""
    return url.startswith("sqlite")


def sqlite_file(url: str) -> Path:
    """The file of a SQLite database. Raises ValueError where it has none."""
    database = make_url(url).database
    if not database:
        raise ValueError("a database in memory has no file")
    return Path(database)


def copy_out(url: str, target: Path) -> Contents:
    """Copy a database into `target`; what the copy holds. Writers go on meanwhile. Raises CopyFailed."""
    return _copy_sqlite(sqlite_file(url), target) if is_sqlite(url) else _dump(url, target)


def _copy_sqlite(source: Path, target: Path) -> Contents:
    target.touch(0o600)
    try:
        with (
            closing(sqlite3.connect(source.absolute().as_uri() + "?mode=ro", uri=True)) as one,
            closing(sqlite3.connect(target)) as other,
        ):
            one.backup(other)  # one step, one snapshot: in WAL mode nobody waits for it
            other.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error as error:
        raise CopyFailed(f"{source.name} cannot be copied: {error}") from error
    return examined(target)


def examined(file: Path, sampled: list[str] | None = None) -> Contents:
    """What a SQLite file holds. Raises CopyFailed where it is not whole."""
    engine = create_engine(f"sqlite:///{file}")
    try:
        with engine.connect() as connection:
            if (said := connection.exec_driver_sql("PRAGMA quick_check").scalar()) != "ok":
                raise CopyFailed(f"the database is damaged: {said}")
            if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                raise CopyFailed("the database refers to rows that it does not hold")
            if connection.exec_driver_sql(_NOT_OURS).first() is not None:
                raise CopyFailed("the database holds triggers or views, which ours never did")
            return contents(connection, sampled)
    finally:
        engine.dispose()


def _dump(url: str, target: Path) -> Contents:
    """All in one snapshot: what is counted here is what pg_dump reads."""
    engine = create_engine(url)
    try:
        with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
            snapshot = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
            options = ["--format=custom", "--compress=0", "--no-owner", "--no-privileges", f"--snapshot={snapshot}"]
            _run(url, "pg_dump", *options, f"--file={target}")
            return contents(connection)
    finally:
        engine.dispose()


def load_dump(url: str, dump: Path, script: Path, last: Sequence[str]) -> None:
    """Put what `dump` holds, and the statements `last`, in place of all that a database holds: all of it or nothing.

    `script` is a file to write on the way. Raises CopyFailed.
    """
    _run(url, "pg_restore", "--no-owner", "--no-privileges", f"--file={script}", str(dump), connects=False)
    script.chmod(0o600)
    with script.open("a", encoding="utf-8") as file:
        file.write("\nSET search_path = public;\n" + "".join(f"{statement};\n" for statement in last))
    empty = "DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public"
    _run(url, "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "--single-transaction", "-c", empty, "-f", str(script))


def counted(url: str, sampled: list[str]) -> Contents:
    """What a PostgreSQL database holds."""
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            return contents(connection, sampled)
    finally:
        engine.dispose()


def others_connected(url: str) -> int:
    """How many other connections a PostgreSQL database has."""
    engine = create_engine(url)
    statement = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        " AND backend_type = 'client backend'"
    )
    try:
        with engine.connect() as connection:
            return int(connection.execute(text(statement)).scalar_one())
    finally:
        engine.dispose()


def is_empty(engine: Engine) -> bool:
    """Whether nothing would be lost: no tables, or none of the rows that people made."""
    prepare_engine(engine)
    with engine.connect() as connection:
        tables = set(inspect(connection).get_table_names())
        return all(
            connection.execute(select(text("1")).select_from(table(name)).limit(1)).first() is None
            for name in ("organizations", "consulates", "users", "submissions")
            if name in tables
        )


def _run(url: str, tool: str, *arguments: str, connects: bool = True) -> None:
    """Run a command of PostgreSQL's; the password goes by its environment, where no other account reads it."""
    if not (program := shutil.which(tool)):
        raise CopyFailed(f"{tool} is not on this machine: install PostgreSQL's client commands ({', '.join(_TOOLS)})")
    parts = make_url(url)
    environ = dict(os.environ)
    if parts.password:
        environ["PGPASSWORD"] = str(parts.password)
    bare = parts.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    where = [f"--dbname={bare}"] if connects else []
    done = subprocess.run([program, *where, *arguments], env=environ, capture_output=True, text=True)  # noqa: S603 - a command of PostgreSQL's
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["no reason given"])[0]
        raise CopyFailed(f"{tool}: {said[:300]}")
