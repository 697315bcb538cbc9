"""The index on disk: the only file that touches Whoosh.

An index is a folder `build-…` that CURRENT names. After every commit a manifest with the digest of each file
is written and synced; a reader opens nothing whose digest it has not checked. Readers are always opened
afresh: `refresh()` and `reader(reuse=)` of Whoosh return wrong documents after deletes and merges.
"""

from __future__ import annotations

import fcntl
import shutil
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from whoosh import query as wq
from whoosh import scoring
from whoosh.analysis import SpaceSeparatedTokenizer
from whoosh.fields import ID, KEYWORD, STORED, TEXT, Schema
from whoosh.filedb.filestore import FileStorage
from whoosh.index import EmptyIndexError, FileIndex
from whoosh.writing import IndexWriter

from directory.search.documents import Document
from directory.search.files import MANIFEST, NotYetWritten, check_files, write_manifest, write_synced

FEED_ID = "__feed__"
POINTER, LOCK = "CURRENT", "writer.lock"
FIELD_WEIGHTS: Mapping[str, float] = {
    "acronym": 6.0,
    "name": 4.0,
    "name_stem": 2.0,
    "place": 2.0,
    "topic": 1.5,
    "text": 1.0,
}
"""How much a term counts in each field (BM25F)."""
_OPEN_TRIES, _OPEN_WAIT_S = 40, 0.05


class IndexMissing(Exception):
    """There is no usable index; a rebuild is on its way."""


class IndexDamaged(IndexMissing):
    """A file of the index is not what was written."""


class WriterBusy(Exception):
    """Another process is writing the index."""


@dataclass(frozen=True)
class FeedMark:
    """Up to where the index has followed the change feed, and the vocabulary and analysis it was built with."""

    epoch: str
    seq: int
    digest: str


@dataclass(frozen=True)
class TermsQuery:
    """One word of a query: terms by field, any of which is enough."""

    any_of: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class AnyQuery:
    """Alternatives, each a set of words that must all be found."""

    alternatives: tuple[tuple[TermsQuery, ...], ...]


def _schema() -> Schema:
    def terms(weight: float) -> TEXT:
        return TEXT(analyzer=SpaceSeparatedTokenizer(), phrase=False, field_boost=weight)

    fields = {name: terms(weight) for name, weight in FIELD_WEIGHTS.items()}
    return Schema(
        id=ID(stored=True, unique=True),
        area=KEYWORD(scorable=False),
        spelling=terms(1.0),
        data=STORED,
        **fields,
    )


class Generation:
    """One state of the index, opened afresh. Segment contents are kept by segment id between generations."""

    def __init__(self, index: FileIndex, known: Mapping[str, list[Any]], read: Callable[[Any], Any]) -> None:
        self._read = read
        self._lock = threading.Lock()
        self._searcher = index.searcher(weighting=scoring.BM25F())
        self.mark: FeedMark | None = None
        self.segments: dict[str, list[Any]] = {}
        self.live: list[tuple[int, str, list[int]]] = []
        """(offset, segment id, live document numbers within the segment) for every segment."""
        for leaf, offset in self._searcher.leaf_searchers():
            self._take(leaf.reader(), offset, known)
        if self.mark is None:
            raise IndexDamaged("no feed mark")

    def _take(self, reader: Any, offset: int, known: Mapping[str, list[Any]]) -> None:
        segment = reader.segment().segment_id() if reader.segment() else f"virtual-{offset}"
        rows = known.get(segment)
        if rows is None:
            rows = [None] * reader.doc_count_all()
            for number in reader.all_doc_ids():
                rows[number] = self._read_stored(reader.stored_fields(number))
        live = []
        for number in reader.all_doc_ids():
            if isinstance(rows[number], FeedMark):
                self.mark = rows[number]
            else:
                live.append(number)
        self.segments[segment] = rows
        self.live.append((offset, segment, live))

    def _read_stored(self, stored: dict[str, Any]) -> Any:
        return FeedMark(**stored["data"]) if stored["id"] == FEED_ID else self._read(stored)

    def find(self, parts: Sequence[TermsQuery | AnyQuery]) -> dict[int, float]:
        """Documents that hold all parts, with their BM25F scores."""
        query = wq.And([_whoosh_query(part) for part in parts])
        with self._searching():
            return self._scores(query)

    @contextmanager
    def _searching(self) -> Iterator[None]:
        """One thread at a time; a file that changed under us makes Whoosh fail in many ways: one way for callers."""
        with self._lock:
            try:
                yield
            except Exception as error:
                raise IndexDamaged(repr(error)) from error

    def _scores(self, query: wq.Query) -> dict[int, float]:
        found: dict[int, float] = {}
        for leaf, offset in self._searcher.leaf_searchers():
            matcher = query.matcher(leaf, leaf.context())
            while matcher.is_active():
                found[offset + matcher.id()] = matcher.score()
                matcher.next()
        return found

    def knows(self, word: str) -> bool:
        """Whether any document holds an unstemmed word."""
        with self._searching():
            return ("spelling", word) in self._searcher.reader()

    def correct(self, word: str) -> str | None:
        """The likeliest known spelling of a word, within two edits (Whoosh's corrector)."""
        with self._searching():
            corrector = self._searcher.corrector("spelling")
            found = corrector.suggest(word, limit=1, maxdist=2 if len(word) > 6 else 1, prefix=1)
        return str(found[0]) if found else None

    def close(self) -> None:
        """Let go of the files."""
        self._searcher.close()


def _whoosh_query(part: TermsQuery | AnyQuery) -> wq.Query:
    if isinstance(part, TermsQuery):
        return wq.Or([wq.Term(field, text) for field, text in part.any_of])
    return wq.Or([wq.And([_whoosh_query(word) for word in words]) for words in part.alternatives])


class IndexStore:
    """The folder that holds the index, its writer lock and the pointer to the current build."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the writer lock; raises WriterBusy at once where another process has it."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.folder / LOCK).open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise WriterBusy from error
            yield

    def current(self) -> Path:
        """The folder of the current build. Raises IndexMissing."""
        try:
            return self.folder / (self.folder / POINTER).read_text(encoding="ascii").strip()
        except FileNotFoundError as error:
            raise IndexMissing("no index yet") from error

    def state(self) -> tuple[str, int] | None:
        """Changes whenever another generation can be opened; None where there is no index."""
        try:
            build = self.current()
            return build.name, (build / MANIFEST).stat().st_mtime_ns
        except (IndexMissing, FileNotFoundError):
            return None

    def open(self, known: Mapping[str, list[Any]], checked: dict[str, str], read: Callable[[Any], Any]) -> Generation:
        """The current generation; `checked` remembers the digests that were already compared.

        `read` turns what is stored of a document into what `Generation.segments` shall hold.

        Raises IndexMissing or IndexDamaged. Waits up to 2 s for a commit that is under way.
        """
        last: Exception = IndexMissing("no index yet")
        for _ in range(_OPEN_TRIES):
            build = self.current()
            try:
                index = FileStorage(str(build)).open_index()
                segments = [item.segment_id() for item in index._segments()]
                check_files(build, segments, checked)
                return Generation(index, known, read)
            except (FileNotFoundError, NotYetWritten) as error:
                last = error
                time.sleep(_OPEN_WAIT_S)
            except EmptyIndexError as error:
                raise IndexDamaged(str(error)) from error
            except IndexMissing:
                raise
            except Exception as error:  # a damaged file makes Whoosh fail in many ways
                raise IndexDamaged(repr(error)) from error
        raise IndexDamaged(repr(last))

    def build(self, documents: Iterable[Document], mark: Callable[[], FeedMark]) -> int:
        """Write a new index beside the live one, then swap. The caller holds the writer lock."""
        build = self.folder / f"build-{uuid.uuid4().hex[:12]}"
        build.mkdir(mode=0o700)
        index = FileStorage(str(build)).create_index(_schema())
        writer = index.writer(limitmb=128)
        count = 0
        for document in documents:
            writer.add_document(**_whoosh_fields(document))
            count += 1
        self._commit(build, writer, mark())
        write_synced(self.folder / POINTER, build.name)
        self._remove_others(build.name)
        return count

    def update(self, gone: Iterable[str], documents: Iterable[Document], mark: FeedMark) -> None:
        """Apply changes to the current build. The caller holds the writer lock."""
        build = self.current()
        writer = FileStorage(str(build)).open_index().writer()
        for record_id in gone:
            writer.delete_by_term("id", record_id)
        for document in documents:
            writer.add_document(**_whoosh_fields(document))
        writer.delete_by_term("id", FEED_ID)
        self._commit(build, writer, mark)

    def _commit(self, build: Path, writer: IndexWriter, mark: FeedMark) -> None:
        writer.add_document(id=FEED_ID, data=vars(mark))
        writer.commit()
        write_manifest(build)

    def _remove_others(self, name: str) -> None:
        for path in self.folder.glob("build-*"):
            if path.name != name:
                shutil.rmtree(path, ignore_errors=True)


def _whoosh_fields(document: Document) -> dict[str, Any]:
    fields: dict[str, Any] = {name: " ".join(terms) for name, terms in document.fields.items() if terms}
    return {"id": document.id, "data": document.stored, **fields}
