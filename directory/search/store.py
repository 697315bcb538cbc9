"""What of the index lies on disk: the only file that touches Whoosh.

Whoosh keeps postings, stored records and deletions, segment by segment. Beside a large segment lie its columns
(`.cols`) and its folded texts (`.txt`), which can be made again from it. Segments never change: they are opened once
and known by their id. Which of their documents are deleted is read anew with each generation, because `refresh()` and
`reader(reuse=)` of Whoosh return wrong documents after deletes and merges.
"""

from __future__ import annotations

import json
import mmap
import threading
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh import formats
from whoosh.codec.whoosh3 import W3Codec, W3FieldWriter, W3LeafMatcher, W3PostingsWriter
from whoosh.fields import ID, STORED, FieldType, Schema
from whoosh.filedb.filestore import FileStorage
from whoosh.index import FileIndex
from whoosh.reading import SegmentReader, TermNotFound
from whoosh.writing import SegmentWriter

from directory.search.documents import Document
from directory.search.engine.columns import Columns, as_json, build_arrays, packed, phrase_text, unpacked
from directory.search.engine.weights import Floats, merged_weights
from directory.search.marks import FeedMark, IndexDamaged

FEED_ID = "__feed__"
BLOCK_LIMIT = 1024
"""Postings a block: few enough to skip, enough to decode at one stroke."""
MAX_SEGMENTS = 10
MERGE_UP_TO = 2.0
"""A merge takes a segment along that is at most so many times as large as the smaller ones together."""
ON_DISK_FROM = 256
"""Documents from which a segment's columns are written beside it; those of smaller ones are made when it is opened."""
Posting = tuple[str, bytes, int, float, bytes]
"""Field, term, document, weight, payload."""
TermPostings = tuple[str, bytes, "array[int]", "array[float]"]
"""Field, term, documents and weights."""
_NO_NUMBERS: NDArray[np.uint32] = np.empty(0, np.uint32)
_NO_WEIGHTS: Floats = np.empty(0, np.float32)


class _BlockWriter(W3PostingsWriter):  # type: ignore[misc]  # Whoosh has no types
    """Writes the numbers and weights of a block as they lie in memory; no positions, lengths or payloads."""

    def add_posting(self, id_: int, weight: float, _vbytes: bytes, _length: int | None = None) -> None:
        if len(self._ids) >= self._blocklimit:
            self._write_block()
        self._ids.append(id_)
        self._weights.append(weight)

    def add_postings(self, numbers: array[int], weights: array[float]) -> None:
        """All postings of a term at once."""
        for start in range(0, len(numbers), self._blocklimit):
            if start:
                self._write_block()
            self._ids = numbers[start : start + self._blocklimit]
            self._weights = weights[start : start + self._blocklimit]

    def _write_block(self, last: bool = False) -> None:
        self._maxweight = max(self._weights)
        super()._write_block(last)

    def _mini_ids(self) -> bytes:
        return bytes(self._ids.tobytes())

    def _mini_weights(self) -> bytes:
        return bytes(self._weights.tobytes())

    def _mini_values(self) -> None:
        return None


class _BlockMatcher(W3LeafMatcher):  # type: ignore[misc]
    """Reads such blocks: one by one as Whoosh wants it (merges), or whole."""

    def _read_ids(self) -> None:
        self._ids = array("I", self._block()[0])

    def _read_weights(self) -> None:
        self._weights = array("f", self._block()[1])

    def _read_values(self) -> None:
        self._values = (b"",) * self._blocklength

    def _block(self) -> tuple[bytes, bytes]:
        if self._data is None:
            self._read_data()
        return self._data[0], self._data[1]

    def blocks(self) -> Iterator[tuple[NDArray[np.uint32], Floats]]:
        """All blocks from here on, each decoded at one stroke."""
        while not self._atend:
            numbers, weights = self._block()
            yield np.frombuffer(numbers, np.uint32), np.frombuffer(weights, np.float32)
            self._next_block()


class _TermWriter(W3FieldWriter):  # type: ignore[misc]
    """Takes the postings of a term together; Whoosh's own takes them one by one."""

    def add_postings(self, fields: Schema, _lengths: Any, items: Iterable[TermPostings]) -> None:
        for name, of_field in groupby(items, key=itemgetter(0)):
            self.start_field(name, fields[name])
            for _, term, numbers, weights in of_field:
                self.start_term(term)
                self._postwriter.add_postings(numbers, weights)
                self.finish_term()
            self.finish_field()


class _Pool:
    """Postings that wait to be written, term by term: ten bytes each. Documents come in the order of their numbers, so
    that only terms have to be sorted; Whoosh's own pool sorts postings, on disk where they are many."""

    def __init__(self) -> None:
        self._terms: dict[tuple[str, bytes], tuple[array[int], array[float]]] = {}

    def add(self, item: Posting) -> None:
        name, term, number, weight, _ = item
        postings = self._terms.get((name, term))
        if postings is None:
            postings = self._terms[name, term] = (array("I"), array("f"))
        postings[0].append(number)
        postings[1].append(weight)

    def iter_postings(self) -> Iterator[TermPostings]:
        """By field and term."""
        for name, term in sorted(self._terms):
            yield name, term, *self._terms[name, term]

    def cleanup(self) -> None:
        """Forget everything."""
        self._terms.clear()


class BlockCodec(W3Codec):  # type: ignore[misc]
    """Whoosh's codec with plain blocks of 1,024 postings, uncompressed; no statistics of field lengths."""

    length_stats = False

    def __init__(self) -> None:
        super().__init__(blocklimit=BLOCK_LIMIT, compression=0)

    def field_writer(self, storage: FileStorage, segment: Any) -> W3FieldWriter:
        return _TermWriter(self, storage, segment)

    def postings_writer(self, dbfile: Any, byteids: bool = False) -> W3PostingsWriter:
        return _BlockWriter(dbfile, self._blocklimit, byteids, self._compression, self._inlinelimit)

    def postings_reader(self, dbfile: Any, terminfo: Any, format_: Any, term: Any = None, scorer: Any = None) -> Any:
        offset, length = terminfo.extent()
        return _BlockMatcher(dbfile, offset, length, format_, term=term, scorer=scorer)


class MergedTerms(FieldType):  # type: ignore[misc]
    """The terms of all fields of a document, as a mapping from term to weighted frequency."""

    def __init__(self) -> None:
        super().__init__(format=formats.Existence(), analyzer=None)

    def index(self, value: Mapping[str, float], **_options: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        """What the writer adds: (term, frequency, weight, payload)."""
        return ((term.encode(), 1, weight, b"") for term, weight in value.items())


def schema() -> Schema:
    """One field for all terms; nothing else is looked for but ids, to delete by."""
    return Schema(id=ID(stored=True, unique=True), terms=MergedTerms(), data=STORED)


def living_segments(_writer: SegmentWriter | None, segments: Sequence[Any]) -> list[Any]:
    """The segments that hold a living document, the smallest first: a commit merges nothing."""
    return sorted((item for item in segments if item.doc_count() > 0), key=lambda item: int(item.doc_count()))


def merge_policy(writer: SegmentWriter, segments: Sequence[Any]) -> list[Any]:
    """Merges the smallest segments, and only as many as are of a size, so that at most ten are left.

    So a commit of one record rewrites seven others on average (10,000 such commits on 20,000 records; a test counts
    them), and the largest segment only once the others together are as large. Who waits for a change does not wait
    for merges: they are a commit of their own, after it.
    """
    living = living_segments(writer, segments)
    merged = merged_count([int(item.doc_count()) for item in living])
    for segment in living[:merged]:
        reader = SegmentReader(writer.storage, writer.schema, segment)
        writer.add_reader(reader)
        reader.close()
    return living[merged:]


def merged_count(sizes: Sequence[int]) -> int:
    """How many of the smallest segments (sizes ascending) to merge into one."""
    if len(sizes) <= MAX_SEGMENTS:
        return 0
    count = len(sizes) - MAX_SEGMENTS + 1
    total = sum(sizes[:count])
    while count < len(sizes):
        is_largest = count == len(sizes) - 1
        if sizes[count] > (1.0 if is_largest else MERGE_UP_TO) * total:
            break
        total += sizes[count]
        count += 1
    return count


class SegmentSource:
    """One open segment: its columns and texts, and its postings, which are decoded when they are asked for."""

    def __init__(self, build: Path, segment: Any) -> None:
        self.segment_id = str(segment.segment_id())
        self._lock = threading.Lock()
        self._reader = SegmentReader(FileStorage(str(build)), schema(), segment)
        self._files = [build / f"{self.segment_id}{suffix}" for suffix in (".trm", ".pst")]
        self._written = [file.stat().st_mtime_ns for file in self._files]
        self.columns, self.text, self.text_starts = self._columns(build)

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


def create(build: Path, documents: Iterable[Document], mark: FeedMark) -> int:
    """Write a new index with one segment into an empty folder; returns how many documents it holds."""
    writer = _writer(FileStorage(str(build)).create_index(schema()))
    count = 0
    for document in documents:
        _add(writer, document)
        count += 1
    _commit(build, writer, mark)
    return count


def change(build: Path, gone: Iterable[str], documents: Iterable[Document], mark: FeedMark) -> None:
    """Take documents out by id, add others, in one commit."""
    index: FileIndex = FileStorage(str(build)).open_index()
    writer = _writer(index)
    for record_id in gone:
        writer.delete_by_term("id", record_id)
    for document in documents:
        _add(writer, document)
    writer.delete_by_term("id", FEED_ID)
    _commit(build, writer, mark)


def _writer(index: FileIndex) -> SegmentWriter:
    writer = SegmentWriter(index, codec=BlockCodec(), compound=False)  # compound files are copied into memory
    writer.pool = _Pool()
    return writer


def _add(writer: SegmentWriter, document: Document) -> None:
    writer.add_document(id=document.id, terms=merged_weights(document.fields), data=as_json(document.stored))


def _commit(build: Path, writer: SegmentWriter, mark: FeedMark) -> None:
    writer.add_document(id=FEED_ID, data=as_json(vars(mark)))
    writer.commit(mergetype=living_segments)
    _write_missing_columns(build)


def compact(build: Path) -> bool:
    """Merge small segments where there are more than ten; says whether there were."""
    if len(living_segments(None, segments_of(build))) <= MAX_SEGMENTS:
        return False
    _writer(FileStorage(str(build)).open_index()).commit(mergetype=merge_policy)
    _write_missing_columns(build)
    return True


def _write_missing_columns(build: Path) -> None:
    for segment in segments_of(build):
        if segment.doc_count_all() >= ON_DISK_FROM and not has_columns(columns_path(build, segment.segment_id())):
            _write_columns(build, SegmentSource(build, segment))


def _write_columns(build: Path, source: SegmentSource) -> None:
    records = list(source.records())
    text, starts = phrase_text(records)
    path = columns_path(build, source.segment_id)
    path.with_suffix(".txt").write_bytes(text)
    with path.open("wb") as file:
        file.writelines(packed({**build_arrays(records), "text_starts": starts}))
