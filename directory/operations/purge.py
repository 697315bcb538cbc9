"""After something was erased: nothing of it is left in the files of this machine. Backups keep it until they end."""

from __future__ import annotations

import contextlib
import logging
import shutil
import sqlite3
from typing import Any

import psycopg
from flask import Flask
from sqlalchemy import PoolProxiedConnection

from directory.extensions import db
from directory.moderation.erasure import PURGE_DUE
from directory.search.follower import search_index
from directory.search.marks import WriterBusy
from directory.search.sync import rebuild
from directory.settings import Settings

_MADE_FROM_RECORDS = ("exports", "guides")
_log = logging.getLogger(__name__)


class PurgeBusy(RuntimeError):
    """Somebody else is writing database or index."""


def purge_if_due(app: Flask) -> bool:
    """Purge where it was asked for; whether it was done. What is busy is tried again later."""
    settings: Settings = app.extensions["directory.settings"]
    due = settings.data_dir / PURGE_DUE
    try:
        asked_at = due.stat().st_mtime_ns
    except FileNotFoundError:
        return False
    try:
        purge(app)
    except PurgeBusy:
        return False
    with contextlib.suppress(FileNotFoundError):  # another process did the same
        if due.stat().st_mtime_ns == asked_at:  # nobody asked again meanwhile
            due.unlink()
    return True


def purge(app: Flask) -> None:
    """Write database and index anew without what was deleted, and drop files made from records.

    Needs an application context. Raises PurgeBusy where somebody else writes.
    """
    settings: Settings = app.extensions["directory.settings"]
    for name in _MADE_FROM_RECORDS:
        shutil.rmtree(settings.data_dir / name, ignore_errors=True)
    try:
        rebuild(search_index(), db.session)
    except WriterBusy as error:
        raise PurgeBusy from error
    db.session.remove()
    raw = db.engine.raw_connection()  # outside any transaction of SQLAlchemy's
    try:
        _write_anew(raw, db.engine.dialect.name)
    finally:
        raw.close()
    _log.info("database and index were written anew without what was erased")


def _write_anew(raw: PoolProxiedConnection, kind: str) -> None:
    connection: Any = raw.driver_connection
    try:
        if kind == "sqlite":
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            return
        connection.autocommit = True
        try:
            connection.execute("VACUUM FULL")
        finally:
            connection.autocommit = False
    except (sqlite3.OperationalError, psycopg.OperationalError) as error:
        raise PurgeBusy from error
