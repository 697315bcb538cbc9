"""A drill: an archive is restored where nobody works, and what is there compared with what it should hold."""

from __future__ import annotations

import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

from directory.operations.backups.copies import is_sqlite
from directory.operations.backups.restore import MakeApp, Restored, restore
from directory.operations.backups.take import backup
from directory.settings import Settings

_PREFIX = "drill-"


def drill(settings: Settings, make_app: MakeApp, path: Path | None = None) -> Restored:
    """Restore an archive, or one that is taken now, into a temporary place; `found` says what differs.

    Raises as `backup` and `restore` do. The installation itself is only read.
    """
    for left in settings.data_dir.glob(f"{_PREFIX}*"):  # of a drill that was killed
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=_PREFIX, dir=settings.data_dir) as folder:
        archive = path
        if archive is None:
            archive = Path(folder) / "drill.tar.gz"
            backup(settings, archive)
        data_dir = Path(folder) / "data"
        data_dir.mkdir(mode=0o700)
        with _temporary_database(settings.database_url, data_dir) as url:
            return restore(
                replace(settings, data_dir=data_dir, database_url=url), archive, make_app, keep_sessions=True
            )


@contextmanager
def _temporary_database(url: str, data_dir: Path) -> Iterator[str]:
    if is_sqlite(url):
        yield f"sqlite:///{data_dir / 'directory.sqlite3'}"
        return
    there = make_url(url)
    name = f"{there.database}_drill_{secrets.token_hex(4)}"
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            quoted = connection.dialect.identifier_preparer.quote
            left = text(
                "SELECT datname FROM pg_database WHERE datname LIKE :pattern"
                " AND datname NOT IN (SELECT datname FROM pg_stat_activity WHERE datname IS NOT NULL)"
            )
            for (old,) in connection.execute(left, {"pattern": f"{there.database}\\_drill\\_%"}).all():
                connection.execute(text(f"DROP DATABASE IF EXISTS {quoted(old)}"))  # of a drill that was killed
            connection.execute(text(f"CREATE DATABASE {quoted(name)} TEMPLATE template0"))
        try:
            yield there.set(database=name).render_as_string(hide_password=False)
        finally:
            with engine.connect() as connection:
                connection.execute(text(f"DROP DATABASE IF EXISTS {quoted(name)} WITH (FORCE)"))
    finally:
        engine.dispose()
