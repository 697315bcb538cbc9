"""What may be wrong with an installation, looked at from inside: each finding with what to do about it."""

from __future__ import annotations

import enum
import platform
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, timedelta
from pathlib import Path

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from directory.accounts import installation_key
from directory.accounts.models import Grant, Role, User
from directory.clock import now
from directory.extensions import db
from directory.mail.models import OutboxMessage
from directory.operations.backups.take import last_backup
from directory.proxies import UNNAMED_PROXY
from directory.registration.retention import forget
from directory.search.follower import search_index
from directory.search.marks import IndexDamaged, IndexMissing
from directory.search.sync import differences
from directory.settings import PACKAGE_ROOT, VERSION, Settings
from directory.web.paper.guide_jobs import has_pdf

LEAST_ROOM, LITTLE_ROOM = 200 * 2**20, 2 * 2**30
"""Bytes that are free: below the first nothing can be written soon, below the second somebody should look."""
CLOCK_OFF = timedelta(seconds=5)
MAIL_WAITS = timedelta(hours=1)
BACKUP_OLD = timedelta(hours=36)
PROXY_SEEN = timedelta(days=2)


class Verdict(enum.StrEnum):
    """How bad it is."""

    OK = "ok"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True)
class Finding:
    """One line: what was looked at, how it is, what was seen, and what to do where it is not ok."""

    what: str
    verdict: Verdict
    seen: str
    to_do: str = ""


def examine(app: Flask) -> list[Finding]:
    """All findings, in a fixed order. Writes nothing; a database that does not answer is a finding."""
    with app.app_context():
        found: list[Finding] = []
        for look in (*_ALONE, *_WITH_DATABASE):
            try:
                found += look(app.extensions["directory.settings"])
            except SQLAlchemyError as error:
                what = look.__name__.strip("_").replace("_", " ")
                found.append(Finding(what, Verdict.WRONG, f"the database: {type(error).__name__}", "start or mend it"))
            finally:
                db.session.rollback()
        return found


def _versions(_settings: Settings) -> Iterator[Finding]:
    yield Finding("version", Verdict.OK, f"{VERSION}, Python {platform.python_version()}")


def _rights(settings: Settings) -> Iterator[Finding]:
    open_files = [path for path in _private_files(settings) if stat.S_IMODE(path.stat().st_mode) & 0o077]
    if open_files:
        names = ", ".join(path.name or str(path) for path in open_files)
        yield Finding("rights", Verdict.WRONG, f"others can read {names}", f"chmod go= in {settings.data_dir}")
    else:
        yield Finding("rights", Verdict.OK, "nobody else reads the data directory")


def _private_files(settings: Settings) -> Iterator[Path]:
    yield settings.data_dir
    yield from (path for path in settings.data_dir.glob("*.sqlite3*"))
    if (key := settings.data_dir / "secret_key").exists():
        yield key


def _room(settings: Settings) -> Iterator[Finding]:
    free = shutil.disk_usage(settings.data_dir).free
    verdict = Verdict.WRONG if free < LEAST_ROOM else Verdict.WARNING if free < LITTLE_ROOM else Verdict.OK
    yield Finding("room", verdict, f"{free / 2**30:.1f} GB free", "make room, or move the data directory")


def _addresses(settings: Settings) -> Iterator[Finding]:
    is_https = settings.base_url.startswith("https://")
    yield Finding(
        "base address", Verdict.OK if is_https else Verdict.WARNING, settings.base_url,
        "serve it by https, and say so in DIRECTORY_BASE_URL",
    )  # fmt: skip
    for name, value in (
        ("DIRECTORY_CONTACT_EMAIL", settings.contact_email),
        ("DIRECTORY_SECURITY_CONTACT", settings.security_contact),
    ):
        yield Finding(name, Verdict.OK if value else Verdict.WARNING, value or "not set", "name whom people write to")


def _proxies(settings: Settings) -> Iterator[Finding]:
    marker = settings.data_dir / UNNAMED_PROXY
    is_seen = marker.exists() and now().timestamp() - marker.stat().st_mtime < PROXY_SEEN.total_seconds()
    if is_seen and not settings.trusted_proxies:
        yield Finding(
            "proxies", Verdict.WRONG, "one passes requests on and none is named: all who come through it count as one",
            "set DIRECTORY_TRUSTED_PROXIES",
        )  # fmt: skip
    else:
        yield Finding("proxies", Verdict.OK, f"{settings.trusted_proxies or 'none'} believed")


def _fonts_and_pdf(_settings: Settings) -> Iterator[Finding]:
    verdict = Verdict.OK if has_pdf() else Verdict.WARNING
    seen = "guides can be made" if has_pdf() else "no PDF can be made; guides can be printed"
    yield Finding("PDF", verdict, seen, "install what README names for PDF")


def _database(_settings: Settings) -> Iterator[Finding]:
    connection = db.session.connection()
    version = ".".join(map(str, connection.dialect.server_version_info or ()))
    yield Finding("database", Verdict.OK, f"{connection.dialect.name} {version}".strip())
    here = MigrationContext.configure(connection).get_current_revision()
    wanted = ScriptDirectory(str(PACKAGE_ROOT / "migrations")).get_current_head()
    verdict = Verdict.OK if here == wanted else Verdict.WRONG
    yield Finding("migrations", verdict, f"at {here}, this release has {wanted}", "run `cso-directory init`")


def _key(settings: Settings) -> Iterator[Finding]:
    match installation_key.compare(db.session, settings.secret_keys):
        case installation_key.Match.OTHER:
            yield Finding("key", Verdict.WRONG, "another one than the database's", str(installation_key.OtherKey()))
        case installation_key.Match.FORMER:
            seen = "stored things are still written with a former key"
            yield Finding("key", Verdict.WARNING, seen, "run `cso-directory key rotate`")
        case _:
            yield Finding("key", Verdict.OK, "the one that the database knows")


def _backup(settings: Settings) -> Iterator[Finding]:
    at = last_backup(settings.data_dir)
    is_old = at is None or now() - at > BACKUP_OLD
    verdict = Verdict.WARNING if is_old else Verdict.OK
    seen = f"the last one on {at:%Y-%m-%d %H:%M} UTC" if at else "none was ever taken on this machine"
    yield Finding("backup", verdict, seen, "run `cso-directory backup --to DIR --keep 7d4w12m` every night")


def _clock(_settings: Settings) -> Iterator[Finding]:
    there, here = db.session.scalar(select(func.now())), now()
    if there is None:
        raise ValueError("the database has no clock")
    off = abs((there if there.tzinfo else there.replace(tzinfo=UTC)) - here)  # SQLite names no zone
    verdict = Verdict.OK if off <= CLOCK_OFF else Verdict.WRONG
    seen = (
        f"{here:%Y-%m-%dT%H:%M:%SZ}, zone {here.astimezone().tzname()}, {off.total_seconds():.0f} s from the database"
    )
    yield Finding("clock", verdict, seen, "set the clock, by NTP")


def _index(_settings: Settings) -> Iterator[Finding]:
    try:
        search_index().look()
        search_index().current()
        found = differences(search_index(), db.session)
    except (IndexMissing, IndexDamaged) as error:
        yield Finding("index", Verdict.WRONG, type(error).__name__, "run `cso-directory index build`")
        return
    seen = found[0] if found else "index and database agree"
    yield Finding("index", Verdict.WARNING if found else Verdict.OK, seen, "run `cso-directory index sync`")


def _mail(settings: Settings) -> Iterator[Finding]:
    if settings.mail_url is None:
        yield Finding("mail", Verdict.WARNING, "letters are files in outbox/", "set DIRECTORY_MAIL_URL")
    waits = OutboxMessage.sent_at.is_(None), OutboxMessage.refused_at.is_(None)
    count, oldest = db.session.execute(select(func.count(), func.min(OutboxMessage.created_at)).where(*waits)).one()
    is_late = oldest is not None and now() - oldest > MAIL_WAITS
    since = f", the oldest since {oldest:%Y-%m-%d %H:%M} UTC" if oldest else ""
    verdict = Verdict.WRONG if is_late else Verdict.OK
    yield Finding("letters that wait", verdict, f"{count}{since}", "is the mail server there, and `serve` running?")


def _second_factors(_settings: Settings) -> Iterator[Finding]:
    must = select(Grant.user_id).where(Grant.role != Role.EDITOR)
    count = db.session.scalar(
        select(func.count(User.id)).where(User.active, User.id.in_(must), User.tf_totp_secret.is_(None))
    )
    verdict = Verdict.WARNING if count else Verdict.OK
    yield Finding("second factors", verdict, f"{count} people still need one", "they are asked when they sign in")


def _terms(_settings: Settings) -> Iterator[Finding]:
    past = forget(db.session, now())  # rolled back by who asks
    verdict = Verdict.WARNING if past else Verdict.OK
    yield Finding("data past its term", verdict, f"{past} rows", "`serve` forgets them within six hours of running")


Look = Callable[[Settings], Iterator[Finding]]
_ALONE: tuple[Look, ...] = (_versions, _rights, _room, _addresses, _proxies, _backup, _fonts_and_pdf)
_WITH_DATABASE: tuple[Look, ...] = (_database, _key, _clock, _index, _mail, _second_factors, _terms)
