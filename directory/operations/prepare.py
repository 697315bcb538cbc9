"""Making an installation ready: migrate, load the seed data into an empty database, once among many starters."""

from __future__ import annotations

import fcntl
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import Engine, inspect, select, text

from directory.accounts import installation_key
from directory.changes.models import AuditEntry
from directory.changes.recording import record_audit
from directory.database import begin_write
from directory.exchange.load import Progress, is_renewed, load_seeds, renew_seeds, silent
from directory.extensions import db
from directory.organizations.models import Organization
from directory.registration.redaction import redact_all
from directory.search.follower import search_index
from directory.search.phrases.release import is_taken, take_release
from directory.search.sync import is_behind
from directory.settings import PACKAGE_ROOT, Settings, resource_dir
from directory.vocabulary.catalogue import load_vocabulary

_ADVISORY_LOCK = 6_007_201_611
_STARTED, _FINISHED, _DECLINED = "seed-start", "seed-finish", "seed-decline"
_REDACTED = "redact-past"
_log = logging.getLogger(__name__)


class NewerTables(Exception):
    """The database was migrated by a later release than this one."""

    def __str__(self) -> str:
        return (
            "the tables are those of a newer release: install that one, or restore a backup that this one took "
            "(docs/upgrade.md)"
        )


def prepare(app: Flask, *, with_seeds: bool = True, progress: Progress = silent) -> None:
    """Migrate the database and load the seed data where there is none. Safe to call from many processes.

    Raises OtherKey, NewerTables.
    """
    settings: Settings = app.extensions["directory.settings"]
    with app.app_context(), _one_at_a_time(settings.data_dir, db.engine):
        _refuse_newer_tables()
        upgrade()
        _claim_key(settings)
        _load_terms()
        _redact_past()
        if with_seeds and _has_no_seeds():
            _note(_STARTED)
            load_seeds(db.session, progress)
            _note(_FINISHED)
        elif with_seeds and _has_old_seeds():
            tally = renew_seeds(db.session, resource_dir("seed_data"), progress)
            _log.info(
                "seed data renewed: %d new, %d changed; %d values kept as somebody stated them",
                tally.created, tally.updated, tally.kept,
            )  # fmt: skip
        db.session.remove()


def decline_seeds(app: Flask) -> None:
    """Note that this installation holds its own records alone: from now on nothing loads the seed data unasked."""
    with app.app_context():
        if _has_no_seeds() and not are_seeds_declined(app):
            _note(_DECLINED)


def are_seeds_declined(app: Flask) -> bool:
    """Whether somebody said so, in a database that has its tables."""
    with app.app_context():
        has_tables = inspect(db.engine).has_table(AuditEntry.__tablename__)
        return has_tables and _is_noted(_DECLINED)


def _refuse_newer_tables() -> None:
    known = {script.revision for script in ScriptDirectory(str(PACKAGE_ROOT / "migrations")).walk_revisions()}
    with db.engine.connect() as connection:
        if not set(MigrationContext.configure(connection).get_current_heads()) <= known:
            raise NewerTables


def _claim_key(settings: Settings) -> None:
    begin_write(db.session)
    try:
        installation_key.claim(db.session, settings.secret_keys)
        db.session.commit()
    finally:
        db.session.remove()


def _load_terms() -> None:
    """The vocabulary and the phrases of this release, which every record and every search needs, seeds or not."""
    begin_write(db.session)
    load_vocabulary(db.session, resource_dir("seed_data"))
    take_release(db.session)
    db.session.commit()


def _redact_past() -> None:
    """Once: places that were protected before their past was taken out with them."""
    begin_write(db.session)
    if db.session.scalar(select(AuditEntry.id).where(AuditEntry.action == _REDACTED).limit(1)) is None:
        redact_all(db.session())
        record_audit(db.session, actor="init", action=_REDACTED)
    db.session.commit()


def is_prepared(app: Flask) -> bool:
    """Whether there is nothing to migrate, to seed or to index. Changes nothing. Raises OtherKey."""
    settings: Settings = app.extensions["directory.settings"]
    with app.app_context():
        try:
            with db.engine.connect() as connection:
                at = MigrationContext.configure(connection).get_current_heads()
            if set(at) != set(ScriptDirectory(str(PACKAGE_ROOT / "migrations")).get_heads()):
                return False
            match = installation_key.compare(db.session, settings.secret_keys)
            db.session.rollback()
            if match is installation_key.Match.OTHER:
                raise installation_key.OtherKey
            return (
                match is not installation_key.Match.UNKNOWN
                and (_is_noted(_DECLINED) or not _has_no_seeds())
                and not _has_old_seeds()
                and is_taken(db.session)
                and not is_behind(search_index(), db.session)
            )
        finally:
            db.session.remove()
            db.engine.dispose()


def _has_no_seeds() -> bool:
    """Whether no seeds were loaded yet, or loading them was cut short."""
    has_records = db.session.scalar(select(Organization.id).limit(1)) is not None
    db.session.rollback()
    return not _is_noted(_FINISHED) and (_is_noted(_STARTED) or not has_records)


def _has_old_seeds() -> bool:
    """Whether the seeds of an earlier release are in: this one's consulates and lines were not taken in yet."""
    is_old = _is_noted(_FINISHED) and not is_renewed(db.session, resource_dir("seed_data"))
    db.session.rollback()
    return is_old


def _is_noted(action: str) -> bool:
    found = db.session.scalar(select(AuditEntry.id).where(AuditEntry.action == action).limit(1)) is not None
    db.session.rollback()
    return found


def _note(action: str) -> None:
    begin_write(db.session)
    record_audit(db.session, actor="init", action=action)
    db.session.commit()


@contextmanager
def _one_at_a_time(data_dir: Path, engine: Engine) -> Iterator[None]:
    """Hold a lock of this machine, and of the database server where there is one."""
    with (data_dir / "init.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if engine.dialect.name != "postgresql":
            yield
            return
        with engine.connect() as connection:
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _ADVISORY_LOCK})
            connection.commit()
            try:
                yield
            finally:
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _ADVISORY_LOCK})
                connection.commit()
