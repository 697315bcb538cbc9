"""Writing an index: made anew, changed, its segments merged within a bound."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from whoosh.filedb.filestore import FileStorage
from whoosh.index import FileIndex
from whoosh.reading import SegmentReader
from whoosh.writing import SegmentWriter

from directory.search.documents import Document
from directory.search.engine.columns import as_json, build_arrays, packed, phrase_text
from directory.search.engine.weights import merged_weights
from directory.search.marks import FeedMark
from directory.search.store.codec import BlockCodec, Pool, schema
from directory.search.store.segments import FEED_ID, SegmentSource, columns_path, has_columns, segments_of

MAX_SEGMENTS = 10
MERGE_UP_TO = 2.0
"""A merge takes a segment along that is at most so many times as large as the smaller ones together."""
ON_DISK_FROM = 256
"""Documents from which a segment's columns are written beside it; those of smaller ones are made when it is opened."""


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
    writer.pool = Pool()
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
