"""Reading an index: its segments as the engine wants them, opened once and known by their id."""

from __future__ import annotations

import json
import mmap
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.filedb.filestore import FileStorage
from whoosh.reading import SegmentReader, TermNotFound

from directory.search.engine.columns import Columns, build_arrays, phrase_text, unpacked
from directory.search.engine.weights import Floats
from directory.search.marks import FeedMark, IndexDamaged
from directory.search.store.codec import MergedTerms, schema

FEED_ID = "__feed__"
_NO_NUMBERS: NDArray[np.uint32] = np.empty(0, np.uint32)
_NO_WEIGHTS: Floats = np.empty(0, np.float32)


class SegmentSource:
    """One open segment: its columns and texts, and its postings, which are decoded when they are asked for."""

    def __init__(self, build: Path, segment: Any) -> None:
        self.segment_id = str(segment.segment_id())
        self._lock = threading.Lock()
        self._reader = SegmentReader(FileStorage(str(build)), schema(), segment)
        self._files = [build / f"{self.segment_id}{suffix}" for suffix in (".trm", ".pst")]
        self._written = [file.stat().st_mtime_ns for file in self._files]
        self.columns, self.text, self.text_starts = self._columns(build)
        self.columns.check()

    def _columns(self, build: Path) -> tuple[Columns, bytes | mmap.mmap, NDArray[np.int64]]:
        path = columns_path(build, self.segment_id)
        if has_columns(path):
            arrays = unpacked(_mapped(path))
            return Columns(arrays), _mapped(path.with_suffix(".txt")), arrays["text_starts"]
        records = list(self.records())
        text, starts = phrase_text(records)
        return Columns(build_arrays(records)), text, starts

    def records(self) -> Iterator[tuple[str, Mapping[str, Any]] | None]:
        """(id, stored record) of every document, deleted ones too; None for the feed's mark."""
        for number in range(self._reader.doc_count_all()):
            row = self._row(number)
            yield None if row["id"] == FEED_ID else (row["id"], json.loads(row["data"]))

    def mark(self, deleted: set[int]) -> FeedMark | None:
        """The feed's mark, if this segment holds the living one."""
        for number in np.flatnonzero(~self.columns["is_record"]).tolist():
            if number not in deleted:
                return FeedMark(**json.loads(self._row(number)["data"]))
        return None

    def stored(self, number: int) -> Mapping[str, Any]:
        """The stored record of a document."""
        found: dict[str, Any] = json.loads(self._row(number)["data"])
        return found

    def _row(self, number: int) -> dict[str, str]:
        with self._lock:
            row: dict[str, str] = self._guarded(self._reader.stored_fields, number)
        return row

    def postings(self, term: str) -> tuple[NDArray[np.uint32], Floats]:
        """Documents that hold a term, ascending, with its weighted frequency (block-wise)."""
        with self._lock:
            found: tuple[NDArray[np.uint32], Floats] = self._guarded(self._postings, term)
        return found

    def _postings(self, term: str) -> tuple[NDArray[np.uint32], Floats]:
        try:
            # The reader's own `postings` would leave deleted documents out, and keep them out for good.
            matcher = self._reader._terms.matcher("terms", term.encode(), MergedTerms().format)
        except TermNotFound:
            return _NO_NUMBERS, _NO_WEIGHTS
        blocks: list[tuple[NDArray[np.uint32], Floats]] = list(matcher.blocks())
        if len(blocks) == 1:
            return blocks[0]
        return np.concatenate([block[0] for block in blocks]), np.concatenate([block[1] for block in blocks])

    def terms_with_prefix(self, prefix: str, limit: int) -> list[str]:
        """The first `limit` terms that begin with `prefix`."""
        with self._lock:
            found: list[str] = self._guarded(self._terms_with_prefix, prefix, limit)
        return found

    def _terms_with_prefix(self, prefix: str, limit: int) -> list[str]:
        wanted = prefix.encode()
        found: list[str] = []
        for name, term in self._reader._terms.terms_from("terms", wanted):
            if name != "terms" or not term.startswith(wanted) or len(found) >= limit:
                break
            found.append(term.decode())
        return found

    def _guarded(self, read: Any, *arguments: Any) -> Any:
        """What `read` returns; a file that changed under us makes Whoosh fail in many ways, or find nothing."""
        try:
            found = read(*arguments)
        except Exception as error:
            raise IndexDamaged(repr(error)) from error
        try:
            is_same = [file.stat().st_mtime_ns for file in self._files] == self._written
        except FileNotFoundError:
            is_same = True  # merged away since; what is open stays readable
        if not is_same:
            raise IndexDamaged(f"segment {self.segment_id} changed while it was open")
        return found


def _mapped(path: Path) -> mmap.mmap:
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def columns_path(build: Path, segment_id: str) -> Path:
    """Where the columns of a segment lie, if they do."""
    return build / f"{segment_id}.cols"


def has_columns(path: Path) -> bool:
    """Whether both the columns and the texts of a segment lie on disk."""
    return path.exists() and path.with_suffix(".txt").exists()


@dataclass(frozen=True)
class Opened:
    """What is on disk: segments with the numbers of their deleted documents."""

    mark: FeedMark
    segments: tuple[tuple[SegmentSource, frozenset[int]], ...]


def segments_of(build: Path) -> list[Any]:
    """Whoosh's list of the segments in a build's folder. Raises EmptyIndexError, FileNotFoundError and others."""
    return list(FileStorage(str(build)).open_index()._segments())


def open_segments(build: Path, segments: Iterable[Any], known: Mapping[str, SegmentSource]) -> Opened:
    """Open the segments that are not known yet. Raises IndexDamaged where the feed's mark is missing."""
    opened = []
    mark = None
    for segment in segments:
        source = known.get(str(segment.segment_id())) or SegmentSource(build, segment)
        deleted = frozenset(int(number) for number in segment.deleted_docs())
        mark = source.mark(set(deleted)) or mark
        opened.append((source, deleted))
    if mark is None:
        raise IndexDamaged("no feed mark")
    return Opened(mark, tuple(opened))
