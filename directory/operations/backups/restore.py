"""Putting an archive in the place of an installation: everything is proved beside it first, then it changes at once."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import create_engine
from sqlalchemy.exc import SQLAlchemyError

from directory.accounts.installation_key import fingerprint
from directory.changes.recording import record_audit
from directory.clock import now
from directory.database import begin_write
from directory.extensions import db
from directory.operations.backups import copies, handover, occupancy
from directory.operations.backups.archive import (
    DATABASES,
    SECRET_KEY,
    BadArchive,
    Manifest,
    opened,
    unpack,
)
from directory.operations.backups.contents import Contents
from directory.search.follower import search_index
from directory.search.sync import differences, rebuild
from directory.settings import PACKAGE_ROOT, Settings

_MADE_ANEW = ("exports", "guides", "index")
_ROOM = 1.5
"""Times the size of an archive's files: they lie beside what they replace."""


class NotEmpty(Exception):
    """The database that is to be replaced holds records, and nobody said that it may go."""


@dataclass(frozen=True)
class Restored:
    """What was restored, or would be."""

    manifest: Manifest
    migrated_to: str
    is_own_key: bool
    """Whether this machine's key is the one with which the archive's second factors are sealed."""
    found: tuple[str, ...] = ()
    """What differs from the manifest, or between index and database, after it."""
    former: Path | None = None
    """Where the database that was there before lies now."""


MakeApp = Callable[[Settings], Flask]


def restore(
    settings: Settings,
    path: Path,
    make_app: MakeApp,
    *,
    may_replace: bool = False,
    keep_sessions: bool = False,
    dry_run: bool = False,
) -> Restored:
    """Restore an archive into the installation of `settings`, which nobody serves; `make_app` makes its application.

    Raises BadArchive, NotEmpty, CopyFailed, Occupied; then nothing was changed.
    """
    with (
        occupancy.one_backup(settings.data_dir),
        occupancy.alone(settings.data_dir),
        _staged(settings, path) as stage,
    ):
        _refuse_full(settings, may_replace=may_replace)
        put = _put_sqlite if stage.manifest.database == "sqlite" else _put_postgresql
        return put(settings, stage, make_app, keep_sessions=keep_sessions, dry_run=dry_run)


@dataclass(frozen=True)
class _Stage:
    """An archive unpacked and proved, beside what it is to replace."""

    manifest: Manifest
    files: dict[str, Path]
    folder: Path

    @property
    def database(self) -> Path:
        return self.files[DATABASES[self.manifest.database]]

    def last_statements(self, *, keep_sessions: bool) -> list[str]:
        manifest = self.manifest
        return list(handover.statements(manifest.database, manifest.counts, uuid.uuid4(), keep_sessions=keep_sessions))


@contextmanager
def _staged(settings: Settings, path: Path) -> Iterator[_Stage]:
    """The archive in a folder that goes when this ends; what an earlier one that was killed left goes first."""
    for left in settings.data_dir.glob("restore-*"):
        shutil.rmtree(left, ignore_errors=True)
    with opened(path) as (manifest, archive):
        _refuse_unknown(settings, manifest)
        if shutil.disk_usage(settings.data_dir).free < _ROOM * manifest.size:
            raise copies.CopyFailed(f"no room: {_ROOM * manifest.size / 2**20:.0f} MB are needed")
        with tempfile.TemporaryDirectory(prefix="restore-", dir=settings.data_dir) as folder:
            yield _Stage(manifest, unpack(archive, manifest, Path(folder)), Path(folder))


def _refuse_unknown(settings: Settings, manifest: Manifest) -> None:
    wanted = "sqlite" if copies.is_sqlite(settings.database_url) else "postgresql"
    if manifest.database != wanted:
        raise BadArchive(f"it is of {manifest.database}, and this installation has {wanted}")
    known = {script.revision for script in ScriptDirectory(str(PACKAGE_ROOT / "migrations")).walk_revisions()}
    if manifest.migration not in known:
        raise BadArchive(f"made by release {manifest.version}, with tables that this release does not know")


def _refuse_full(settings: Settings, *, may_replace: bool) -> None:
    if may_replace or _is_absent(settings):
        return
    engine = create_engine(settings.database_url)
    try:
        if not copies.is_empty(engine):
            raise NotEmpty("the database holds records; --replace puts the archive in their place")
    finally:
        engine.dispose()


def _is_absent(settings: Settings) -> bool:
    return copies.is_sqlite(settings.database_url) and not copies.sqlite_file(settings.database_url).exists()


def _put_sqlite(
    settings: Settings, stage: _Stage, make_app: MakeApp, *, keep_sessions: bool, dry_run: bool
) -> Restored:
    try:
        _refuse_other(stage.manifest, copies.examined(stage.database, list(stage.manifest.samples)))
    except (copies.CopyFailed, SQLAlchemyError, ValueError) as error:
        raise BadArchive(f"its database is damaged: {error}") from error
    with closing(sqlite3.connect(stage.database)) as connection:
        connection.execute("PRAGMA secure_delete = ON")
        for statement in stage.last_statements(keep_sessions=keep_sessions):
            connection.execute(statement)
        connection.commit()
    staged = make_app(replace(settings, database_url=f"sqlite:///{stage.database}"))
    _migrate(staged)
    if dry_run:
        return _report(settings, stage)
    with closing(sqlite3.connect(stage.database)) as connection:  # one file, without a log beside it
        connection.execute("PRAGMA journal_mode = DELETE")
    report = _report(settings, stage)
    target = copies.sqlite_file(settings.database_url)
    former = _set_aside(settings.data_dir, target)
    _put_beside(settings, stage)
    stage.database.replace(target)
    return replace(report, found=_begin_anew(make_app(settings)), former=former)


def _put_postgresql(
    settings: Settings, stage: _Stage, make_app: MakeApp, *, keep_sessions: bool, dry_run: bool
) -> Restored:
    if others := copies.others_connected(settings.database_url):
        raise occupancy.Occupied(f"{others} connections to this database are open: stop `serve` on every machine")
    if dry_run:
        return _report(settings, stage)
    last = stage.last_statements(keep_sessions=keep_sessions)
    copies.load_dump(settings.database_url, stage.database, stage.folder / "script.sql", last)
    found = copies.counted(settings.database_url, list(stage.manifest.samples))
    app = make_app(settings)
    _migrate(app)
    report = _report(settings, stage)
    _put_beside(settings, stage)
    different = tuple(_differences(stage.manifest, found, has_ended=not keep_sessions))
    return replace(report, found=(*different, *_begin_anew(make_app(settings))))


def _report(settings: Settings, stage: _Stage) -> Restored:
    head = ScriptDirectory(str(PACKAGE_ROOT / "migrations")).get_current_head()
    return Restored(stage.manifest, str(head), stage.manifest.key in (None, *map(fingerprint, _keys(settings, stage))))


def _keys(settings: Settings, stage: _Stage) -> tuple[str, ...]:
    """With what this machine will read: the archive's key, unless the environment names another."""
    file, kept = stage.files.get(SECRET_KEY), settings.data_dir / SECRET_KEY
    is_from_file = kept.exists() and kept.read_text(encoding="utf-8").strip() == settings.secret_key
    if file is not None and is_from_file:
        return (file.read_text(encoding="utf-8"), *settings.former_keys)
    return settings.secret_keys


def _refuse_other(manifest: Manifest, held: Contents) -> None:
    if (found := list(_differences(manifest, held))) or held.migration != manifest.migration:
        raise BadArchive(f"its database is not the one of its manifest: {'; '.join(found) or held.migration}")


def _differences(manifest: Manifest, held: Contents, *, has_ended: bool = False) -> Iterator[str]:
    """Counts and records that are not as the manifest says; digests of records hold only until doors were closed."""
    for table in sorted(set(manifest.counts) | set(held.counts)):
        if manifest.counts.get(table) != held.counts.get(table):
            yield f"{table}: {held.counts.get(table)} rows, {manifest.counts.get(table)} in the archive"
    if not has_ended:
        for record, digest in manifest.samples.items():
            if held.samples.get(record) != digest:
                yield f"the record {record} is another one"


def _migrate(app: Flask) -> None:
    with app.app_context():
        upgrade()
        db.session.remove()
        db.engine.dispose()


def _put_beside(settings: Settings, stage: _Stage) -> None:
    """The key and the letters of the archive; what is made from records goes, to be made anew."""
    for name in _MADE_ANEW:
        shutil.rmtree(settings.data_dir / name, ignore_errors=True)
    if key := stage.files.get(SECRET_KEY):
        key.replace(settings.data_dir / SECRET_KEY)
    for name, path in stage.files.items():
        if name.startswith("outbox/"):
            folder = settings.data_dir / "outbox"
            folder.mkdir(mode=0o700, exist_ok=True)
            path.replace(folder / name.removeprefix("outbox/"))


def _set_aside(data_dir: Path, database: Path) -> Path | None:
    """Keep the database that is replaced under another name, whole; where it was, until the very change, it stays."""
    if not database.exists():
        return None
    with suppress(sqlite3.Error), closing(sqlite3.connect(database)) as connection:  # it may be damaged: that is why
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("PRAGMA journal_mode = DELETE")
    former = data_dir / f"replaced-{now():%Y%m%dT%H%M%SZ}-{uuid.uuid4().hex[:4]}"
    former.mkdir(mode=0o700)
    for ending in ("-wal", "-shm", "-journal"):
        with suppress(FileNotFoundError):
            database.with_name(database.name + ending).replace(former / (database.name + ending))
    os.link(database, former / database.name)
    return former


def _begin_anew(app: Flask) -> tuple[str, ...]:
    """Note what happened, build the index, and say where it differs."""
    with app.app_context():
        begin_write(db.session)
        record_audit(db.session, actor="shell", action="restore")
        db.session.commit()
        rebuild(search_index(), db.session)
        found = tuple(differences(search_index(), db.session))
        db.session.remove()
        db.engine.dispose()
    return found
