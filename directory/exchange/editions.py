"""Exports as files: each made once for a position of the feed, a day and a format, with its compressed twins.

`exports/<name>.<form>/` of the data directory holds `<epoch>.<seq>.<tag>`, its twins `….br` and `….gz` beside it, and
the edition before it, which answers until the new one is there. An archive (`.zip`) is compressed already: no twins.
"""

from __future__ import annotations

import contextlib
import fcntl
import gzip
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import brotli

KEEP = 2
"""Editions of one export that are kept."""
MAX_BYTES = 1024**3
"""Of all exports together; beyond it only the newest edition of each is kept."""
ENCODINGS = {"br": ".br", "gzip": ".gz"}
"""Content codings in our order of preference, and the ending of the twin."""
_BROTLI_QUALITY, _GZIP_LEVEL = 5, 6
_CHUNK = 1024 * 1024
Write = Callable[[IO[bytes]], None]
"""Writes all of an export to a file."""


@dataclass(frozen=True)
class Edition:
    """One export as of a position of the feed and a day; `tag` is its entity tag."""

    folder: Path
    epoch: str
    seq: int
    tag: str

    @property
    def path(self) -> Path:
        """The file as it is."""
        return self.folder / f"{self.epoch}.{self.seq}.{self.tag}"

    def twin(self, encoding: str | None) -> Path:
        """The file in a content coding; as it is for None."""
        return self.path.with_name(self.path.name + ENCODINGS[encoding]) if encoding else self.path

    @property
    def encodings(self) -> tuple[str, ...]:
        """The content codings in which there are twins."""
        return () if self.folder.suffix == ".zip" else tuple(ENCODINGS)

    @property
    def is_ready(self) -> bool:
        """Whether it can be served: its twins are in their places before itself."""
        return self.path.exists()

    @property
    def made_at(self) -> datetime:
        """When it was made. Raises FileNotFoundError."""
        return datetime.fromtimestamp(self.path.stat().st_mtime, UTC)

    def write(self, write: Write) -> None:
        """Make file and twins and put them in their places, itself last; then tidy up. Call it `alone`.

        Raises OSError.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        for left in self.folder.glob(".*.part"):
            left.unlink(missing_ok=True)
        with _scratch(self.folder) as plain:
            with plain.open("wb") as file:
                write(file)
            for encoding in self.encodings:
                with _scratch(self.folder) as packed:
                    _COMPRESS[encoding](plain, packed)
                    packed.replace(self.twin(encoding))
            plain.replace(self.path)
        _tidy(self.folder)


def newest(folder: Path) -> Edition | None:
    """The edition that was made last; None where there is none."""
    found = _editions(folder)
    return found[0] if found else None


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Wait until nobody else in this installation makes an export. A process that dies lets go by itself."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".making").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _editions(folder: Path) -> list[Edition]:
    """All of a folder that can be served, the newest first."""
    found: list[tuple[datetime, Edition]] = []
    for path in folder.glob("*.*.*"):
        epoch, seq, tag = path.name.split(".", 2)
        if seq.isdigit() and "." not in tag:
            edition = Edition(folder, epoch, int(seq), tag)
            with contextlib.suppress(FileNotFoundError):
                found.append((edition.made_at, edition))
    return [edition for _, edition in sorted(found, key=lambda item: item[0], reverse=True)]


def _tidy(folder: Path) -> None:
    """Remove former editions, of other exports too where all together are too large, and what a dead process left."""
    for edition in _editions(folder)[KEEP:]:
        _remove(edition)
    siblings = [path for path in folder.parent.iterdir() if path.is_dir()]
    if sum(path.stat().st_size for sibling in siblings for path in sibling.iterdir()) > MAX_BYTES:
        for sibling in siblings:
            for edition in _editions(sibling)[1:]:
                _remove(edition)


def _remove(edition: Edition) -> None:
    """The file first: an edition without its twins is never seen."""
    for encoding in (None, *ENCODINGS):
        edition.twin(encoding).unlink(missing_ok=True)


@contextmanager
def _scratch(folder: Path) -> Iterator[Path]:
    """A name for a file that is being written; gone afterwards, unless it was put in its place."""
    path = folder / f".{uuid.uuid4().hex[:12]}.part"
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def _write_gzip(plain: Path, packed: Path) -> None:
    with (
        plain.open("rb") as source,
        packed.open("wb") as raw,
        gzip.GzipFile("", "wb", _GZIP_LEVEL, raw, mtime=0) as target,
    ):
        while chunk := source.read(_CHUNK):
            target.write(chunk)


def _write_brotli(plain: Path, packed: Path) -> None:
    compressor = brotli.Compressor(quality=_BROTLI_QUALITY)
    with plain.open("rb") as source, packed.open("wb") as target:
        while chunk := source.read(_CHUNK):
            target.write(compressor.process(chunk))
        target.write(compressor.finish())


_COMPRESS = {"br": _write_brotli, "gzip": _write_gzip}
