"""Handing out exports as files that are made beside the requests: the former edition answers until the new is there."""

from __future__ import annotations

import logging
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

from flask import Flask, current_app, request, send_file
from sqlalchemy import func, select
from werkzeug.exceptions import ServiceUnavailable
from werkzeug.wrappers import Response as WerkzeugResponse

from directory.accounts.throttle import throttle
from directory.api.responses import not_modified, open_to_all
from directory.changes.feed import feed_position
from directory.changes.models import Change, Entity
from directory.clock import last_end_of_day, now
from directory.exchange.editions import Edition, Write, alone, newest
from directory.extensions import db
from directory.problems import COME_BACK_S
from directory.publication.validator import held
from directory.settings import LANGUAGES, Settings

MAX_STALE = timedelta(seconds=50)
"""How long a former edition answers after the first change that it lacks: what was hidden is gone within a minute."""
WAIT_S, WAIT_FOR_NEWER_S = 45.0, 1.0
"""How long a request waits for an export of which there is none, and for one newer than the one there is."""
WAITERS = 2
"""Requests of one process that wait; the others get what there is, or are asked to come back."""
MAX_IN_MEMORY = 1024 * 1024
"""Bytes of an answer that is gathered; a longer one waits on disk."""
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_EXTENSION = "directory.export_maker"
_log = logging.getLogger(__name__)
Pieces = Callable[[], Iterable[str]]


class _Job:
    """The making of one edition."""

    def __init__(self) -> None:
        self.ended = threading.Event()
        self.has_failed = False


class _Maker:
    """What this process is making. One thread an export; of all in an installation one works at a time."""

    def __init__(self) -> None:
        self.waiters = threading.Semaphore(WAITERS)
        self._jobs: dict[Path, _Job] = {}
        self._lock = threading.Lock()

    def begin(self, edition: Edition, write: Write) -> _Job:
        """Begin to make an edition, unless this process is making one of the same export already."""
        app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
        with self._lock:
            if known := self._jobs.get(edition.folder):
                return known
            job = self._jobs[edition.folder] = _Job()
        threading.Thread(target=self._run, args=(app, edition, write, job), name="export-maker", daemon=True).start()
        return job

    def _run(self, app: Flask, edition: Edition, write: Write, job: _Job) -> None:
        try:
            with alone(edition.folder.parent), app.app_context():
                if not edition.is_ready:
                    edition.write(write)
        except Exception:  # noqa: BLE001  (whatever it was, who waits must hear of it)
            job.has_failed = True
            _log.exception("the export %s could not be made", edition.folder.name)
        finally:
            with self._lock:
                del self._jobs[edition.folder]
            job.ended.set()


def text_of(pieces: Pieces) -> Write:
    """What writes the pieces of a text, made when they are wanted, as UTF-8."""

    def write(file: IO[bytes]) -> None:
        for piece in pieces():
            file.write(piece.encode())

    return write


def gathered(write: Write) -> IO[bytes]:
    """All of an export at once: what is sent slowly must hold neither a thread nor the database."""
    file = tempfile.SpooledTemporaryFile(MAX_IN_MEMORY)  # noqa: SIM115  (closed with the answer)
    write(file)
    file.seek(0)
    return file


def last_change(entity: Entity) -> datetime:
    """When a record of an entity last changed; `NEVER` where none did."""
    return db.session.scalar(select(func.max(Change.at)).where(Change.entity == entity)) or NEVER


def hand_out(name: str, tag: str, media_type: str, last_modified: datetime, write: Write) -> WerkzeugResponse:
    """The file of an export as of `tag`; the former one for a moment, while `write` makes it beside.

    `Feed-Position: EPOCH/NUMBER` says from where a copy goes on with /api/v1/changes.

    Who sends back the tag of what would be handed out gets 304, which is not counted.
    Raises TooManyRequests and ServiceUnavailable.
    """
    settings: Settings = current_app.extensions["directory.settings"]
    position = feed_position(db.session)
    wanted = Edition(settings.data_dir / "exports" / name, position.epoch.hex, position.seq, tag)
    edition = wanted if held(tag, request.if_none_match) else _made(wanted, write)
    has = held(edition.tag, request.if_none_match)
    if has:
        return not_modified(LANGUAGES[0], has)
    throttle("export", request.remote_addr)
    accepted = request.accept_encodings.best_match([*edition.encodings, "identity"], default="identity")
    encoding = accepted if accepted in edition.encodings else None
    response = send_file(
        edition.twin(encoding), media_type, as_attachment=True, download_name=name,
        conditional=False, etag=False,
    )  # fmt: skip
    if encoding:
        response.content_encoding = encoding
    response.headers["Feed-Position"] = f"{uuid.UUID(edition.epoch)}/{edition.seq}"
    if edition == wanted:
        response.last_modified = last_modified  # else when the former one was made, before what it lacks
    return open_to_all(response, LANGUAGES[0], f"{edition.tag}:{encoding}" if encoding else edition.tag)


def _made(wanted: Edition, write: Write) -> Edition:
    """An edition to hand out now: the wanted one if it is there soon, else the former one if it is young."""
    if wanted.is_ready:
        return wanted
    maker: _Maker = current_app.extensions.setdefault(_EXTENSION, _Maker())
    former = _former(wanted)
    db.session.rollback()  # nothing is held open while it waits
    job = maker.begin(wanted, write)
    if maker.waiters.acquire(blocking=False):
        try:
            until = time.monotonic() + (WAIT_FOR_NEWER_S if former else WAIT_S)
            while job.ended.wait(max(0.0, until - time.monotonic())) and not (wanted.is_ready or job.has_failed):
                job = maker.begin(wanted, write)  # what ended was an edition before this one
        finally:
            maker.waiters.release()
    if wanted.is_ready:
        return wanted
    if former is None or not former.is_ready:
        raise ServiceUnavailable(f"{wanted.folder.name} is being made", retry_after=COME_BACK_S)
    return former


def _former(wanted: Edition) -> Edition | None:
    """The edition before the wanted one, while no change or end of a day that it lacks is older than `MAX_STALE`."""
    former = newest(wanted.folder)
    if former is None or former.epoch != wanted.epoch:
        return None
    since = db.session.scalar(select(func.min(Change.at)).where(Change.seq > former.seq))
    if since is None and former.made_at < (midnight := last_end_of_day(now())):
        since = midnight
    return former if since is not None and now() - since <= MAX_STALE else None
