"""Making PDF guides beside the requests: one at a time in a process, one of each in an installation, with progress.

A guide's files lie in `guides/` of the data directory, named by a digest of all that it depends on: `.pdf` when it is
ready, `.lock` while somebody makes it, `.progress` for how far, `.failed` where it went wrong.
"""

from __future__ import annotations

import contextlib
import enum
import fcntl
import hashlib
import importlib
import importlib.util
import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from flask import Flask, current_app, g

from directory.changes.feed import feed_position
from directory.clock import today
from directory.extensions import db
from directory.mail.letters import in_language
from directory.publication.consulate_records import PublicConsulate
from directory.publication.consulates import public_consulates
from directory.publication.lines import lines_stamp
from directory.search.follower import search_index
from directory.search.marks import WriterBusy
from directory.search.sync import is_behind, synchronise
from directory.settings import VERSION, Settings
from directory.web.paper.guide import guide_of

STALE_AFTER_S = 120
"""A lock that was not touched for so long belongs to a process that died."""
KEEP_S = 2 * 24 * 3600
_WAIT_S, _WAITS = 0.25, 40
_EXTENSION = "directory.guide_maker"
_log = logging.getLogger(__name__)
Report = Callable[[int, int], None]


class PdfMissing(RuntimeError):
    """This installation was made without the extra `pdf`, or without the libraries that it needs."""


class IndexNotReady(RuntimeError):
    """There is no search index, so that a guide would be empty."""


def pdf_module() -> ModuleType:
    """The module that sets PDF files. Raises PdfMissing."""
    try:
        return importlib.import_module("directory.web.paper.guide_pdf")
    except (ImportError, OSError) as error:  # OSError: WeasyPrint is there, Pango is not
        raise PdfMissing(str(error)) from error


def has_pdf() -> bool:
    """Whether this installation can set PDF files."""
    try:
        pdf_module()
    except PdfMissing:
        return False
    return True


def is_pdf_installed() -> bool:
    """Whether the extra `pdf` is there, without loading all of it as `has_pdf` does."""
    return importlib.util.find_spec("weasyprint") is not None


class State(enum.StrEnum):
    """Where the making of a guide stands."""

    ABSENT = "absent"
    RUNNING = "running"
    STOPPED = "stopped"
    """The process that made it died."""
    FAILED = "failed"
    READY = "ready"


@dataclass(frozen=True)
class GuideFile:
    """The files of one guide, as it is today."""

    folder: Path
    digest: str

    @property
    def pdf(self) -> Path:
        """The guide itself."""
        return self.folder / f"{self.digest}.pdf"

    def _side(self, kind: str) -> Path:
        return self.folder / f"{self.digest}.{kind}"

    def state(self) -> State:
        """Where it stands, for whoever asks in whichever process."""
        if self.pdf.exists():
            return State.READY
        if self._side("failed").exists():
            return State.FAILED
        age_s = _age_s(self._side("lock"))
        if age_s is None:
            return State.ABSENT
        return State.STOPPED if age_s > STALE_AFTER_S else State.RUNNING

    def progress(self) -> tuple[int, int]:
        """How many organizations are set, and of how many; (0, 0) before that is known."""
        try:
            done, total = self._side("progress").read_text(encoding="ascii").split()
        except (FileNotFoundError, ValueError):
            return 0, 0
        return int(done), int(total)

    def take(self) -> bool:
        """Take the lock; False where another has it. One that is stale is taken over."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.folder / ".gate").open("w") as gate:
            fcntl.flock(gate, fcntl.LOCK_EX)
            age_s = _age_s(self._side("lock"))
            if age_s is not None and age_s <= STALE_AFTER_S:
                return False
            self._side("lock").write_text("", encoding="ascii")
            for kind in ("failed", "progress"):
                self._side(kind).unlink(missing_ok=True)
            return True

    def note(self, done: int, total: int) -> None:
        """Write down how far it is; the lock stays fresh by it."""
        self._replace("progress", f"{done} {total}".encode("ascii"))
        self._side("lock").touch()

    def finish(self, content: bytes) -> None:
        """Put the guide in its place at one stroke and let go of the lock."""
        self._replace("pdf", content)
        for kind in ("lock", "progress"):
            self._side(kind).unlink(missing_ok=True)
        self._clear()

    def fail(self) -> None:
        """Leave word that it could not be made."""
        self._replace("failed", b"")
        for kind in ("lock", "progress"):
            self._side(kind).unlink(missing_ok=True)

    def _replace(self, kind: str, content: bytes) -> None:
        temporary = self._side(f"{kind}.{uuid.uuid4().hex[:8]}")
        temporary.write_bytes(content)
        temporary.replace(self._side(kind))

    def _clear(self) -> None:
        """Remove what belongs to other guides and is older than two days."""
        for path in self.folder.iterdir():
            age_s = _age_s(path)
            if not path.name.startswith((self.digest, ".")) and age_s is not None and age_s > KEEP_S:
                path.unlink(missing_ok=True)


def _age_s(path: Path) -> float | None:
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return None


def guide_file(consulate: PublicConsulate, language: str) -> GuideFile:
    """The files of a consulate's guide as it is today: another day, change or release makes another guide."""
    settings: Settings = current_app.extensions["directory.settings"]
    position = feed_position(db.session)
    parts = (consulate.slug, language, position.epoch, position.seq, *lines_stamp(db.session), today(), VERSION,
             settings.base_url)  # fmt: skip
    digest = hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()[:32]
    return GuideFile(settings.data_dir / "guides", digest)


def pdf_of(consulate: PublicConsulate, language: str, report: Report) -> bytes:
    """A consulate's guide as PDF. Raises PdfMissing and IndexNotReady. Needs an application context."""
    module = pdf_module()
    _bring_index_in_step()
    with in_language(language):
        guide = guide_of(consulate, language)
        if g.get("is_index_missing"):
            raise IndexNotReady
        content: bytes = module.make_pdf(guide, report)
    return content


def _bring_index_in_step() -> None:
    """A guide is kept until something changes, so it must not be made from an index that lags behind."""
    for _ in range(_WAITS):
        if not is_behind(search_index(), db.session):
            return
        try:
            synchronise(search_index(), db.session)
        except WriterBusy:
            time.sleep(_WAIT_S)


def start(file: GuideFile, consulate: PublicConsulate, language: str) -> bool:
    """Begin to make a guide in a thread of its own, unless it is there or being made.

    False where this process makes another one: only one at a time, so that pages are still answered.
    """
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    maker: threading.Lock = app.extensions.setdefault(_EXTENSION, threading.Lock())
    if file.state() in (State.READY, State.RUNNING):
        return True
    if not maker.acquire(blocking=False):
        return False
    if not file.take():
        maker.release()
        return True
    arguments = (app, maker, file, consulate.id, language)
    threading.Thread(target=_run, args=arguments, name="guide-maker", daemon=True).start()
    return True


def _run(app: Flask, maker: threading.Lock, file: GuideFile, consulate_id: uuid.UUID, language: str) -> None:
    with _released(maker), app.app_context():
        try:
            consulate = public_consulates(db.session, [consulate_id])[0]
            file.finish(pdf_of(consulate, language, file.note))
        except Exception:  # noqa: BLE001  (whatever it was, who waits must hear of it)
            _log.exception("the guide %s could not be made", file.digest)
            with contextlib.suppress(OSError):
                file.fail()
        finally:
            db.session.remove()


@contextmanager
def _released(lock: threading.Lock) -> Iterator[None]:
    try:
        yield
    finally:
        lock.release()
