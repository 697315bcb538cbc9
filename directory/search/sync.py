"""From the change feed to the index: catching up, rebuilding, and telling whether both agree."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from directory.changes.feed import changes_since, feed_position
from directory.changes.models import Entity
from directory.clock import now
from directory.database import AnySession
from directory.publication.organizations import all_organizations, public_organizations, published_ids
from directory.search.documents import Document, DocumentWriter, index_digest
from directory.search.index import SearchIndex
from directory.search.marks import FeedMark, IndexDamaged, IndexMissing
from directory.vocabulary.catalogue import vocabulary

BATCH_CHANGES = 1_000


@dataclass(frozen=True)
class SyncReport:
    """What a synchronisation did: how many documents it wrote, and whether it built from scratch."""

    documents: int
    rebuilt: bool
    seconds: float


def is_behind(index: SearchIndex, session: AnySession) -> bool:
    """Whether the feed is ahead of the index, or the index has to be built anew."""
    index.look()
    return _wanted_mark(session) != _open_mark(index)


def synchronise(index: SearchIndex, session: AnySession) -> SyncReport:
    """Bring the index in step with the database. Raises WriterBusy where another process is at it."""
    started = time.monotonic()
    with index.store.writing():
        index.look()
        mark = _open_mark(index)
        wanted = _wanted_mark(session)
        if mark is None or (mark.epoch, mark.digest) != (wanted.epoch, wanted.digest) or mark.seq > wanted.seq:
            count = _rebuild(index, session)
            rebuilt = True
        else:
            count = _catch_up(index, session, mark)
            rebuilt = False
    index.look()
    session.rollback()
    return SyncReport(count, rebuilt, time.monotonic() - started)


def rebuild(index: SearchIndex, session: AnySession) -> SyncReport:
    """Build from scratch beside the live index, then swap. Raises WriterBusy."""
    started = time.monotonic()
    with index.store.writing():
        count = _rebuild(index, session)
    index.look()
    session.rollback()
    return SyncReport(count, rebuilt=True, seconds=time.monotonic() - started)


def differences(index: SearchIndex, session: AnySession) -> list[str]:
    """What is wrong with the index, in words; empty where it agrees with the database."""
    index.look()
    if index.damage:
        return [f"the index cannot be opened: {index.damage}"]
    try:
        generation = index.current()
    except IndexMissing as error:
        return [str(error)]
    wanted = _wanted_mark(session)
    found = []
    if generation.mark != wanted:
        found.append(f"the index is at {generation.mark}, the database at {wanted}")
    indexed = [generation.collection.identity(number) for number in generation.collection.live]
    published = set(published_ids(session))
    found += [f"{record_id} is in the index and not published" for record_id in set(indexed) - published]
    found += [f"{record_id} is published and not in the index" for record_id in published - set(indexed)]
    if len(indexed) != len(set(indexed)):
        found.append("an organization is in the index more than once")
    return found


def _wanted_mark(session: AnySession) -> FeedMark:
    position = feed_position(session)
    return FeedMark(str(position.epoch), position.seq, index_digest(vocabulary(session)))


def _open_mark(index: SearchIndex) -> FeedMark | None:
    if index.damage:
        return None
    try:
        return index.current().mark
    except (IndexMissing, IndexDamaged):
        return None


def _rebuild(index: SearchIndex, session: AnySession) -> int:
    session.rollback()
    # The mark is read before the records: a change that comes between is applied twice, which is harmless.
    mark = _wanted_mark(session)
    writer = DocumentWriter(vocabulary(session))
    documents = map(writer.document, all_organizations(session, now()))
    return index.store.build(documents, lambda: mark)


def _catch_up(index: SearchIndex, session: AnySession, mark: FeedMark) -> int:
    writer = DocumentWriter(vocabulary(session))
    count = 0
    for changed, seq in _changed_organizations(session, mark.seq):
        documents = _documents(session, writer, changed)
        index.store.update([str(item) for item in changed], documents, FeedMark(mark.epoch, seq, mark.digest))
        count += len(changed)
    return count


def _changed_organizations(session: AnySession, since: int) -> Iterator[tuple[list[UUID], int]]:
    """Batches of ids with the number up to which each batch goes."""
    while changes := changes_since(session, since, BATCH_CHANGES):
        since = changes[-1].seq or since
        ids = dict.fromkeys(change.entity_id for change in changes if change.entity == Entity.ORGANIZATION)
        session.rollback()
        yield list(ids), since


def _documents(session: AnySession, writer: DocumentWriter, ids: list[UUID]) -> list[Document]:
    records = public_organizations(session, ids, now())
    return [writer.document(record) for record in records]
