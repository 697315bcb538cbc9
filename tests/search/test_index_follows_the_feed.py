"""The index follows the change feed: at once, exactly, and again after damage."""

from __future__ import annotations

import time
import uuid
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from directory.changes.models import ChangeKind, Entity, FeedCounter
from directory.changes.recording import record_change
from directory.extensions import db
from directory.organizations.models import Organization
from directory.organizations.remove import unpublish
from directory.search import documents
from directory.search.engine.query import SearchQuery
from directory.search.execute import execute
from directory.search.follower import Follower, search_index
from directory.search.index import SearchIndex
from directory.search.marks import IndexMissing, WriterBusy
from directory.search.sync import differences, is_behind, rebuild, synchronise
from tests.factories import add_organizations, organization_row, start_writing


def total(text: str) -> int:
    search_index().look()
    return execute(SearchQuery(text=text)).total


def rename(name: str, to: str) -> None:
    start_writing()
    record = db.session.scalars(select(Organization).where(Organization.name == name)).one()
    record.name = to
    record_change(db.session, Entity.ORGANIZATION, record.id, ChangeKind.UPDATED)
    db.session.commit()


def test_without_an_index_search_says_so(app: Flask) -> None:
    with pytest.raises(IndexMissing):
        execute(SearchQuery())


def test_created_changed_and_removed_records_are_followed(app: Flask, tmp_path: Path) -> None:
    assert synchronise(search_index(), db.session).rebuilt
    add_organizations(tmp_path, organization_row())
    assert is_behind(search_index(), db.session)
    assert not synchronise(search_index(), db.session).rebuilt
    assert total("ejemplo") == 1
    rename("Casa Ejemplo", "Hogar Modelo")
    synchronise(search_index(), db.session)
    assert (total("ejemplo"), total("modelo")) == (0, 1)
    start_writing()
    unpublish(db.session, db.session.scalars(select(Organization)).one(), "test")
    db.session.commit()
    synchronise(search_index(), db.session)
    assert total("modelo") == 0
    assert differences(search_index(), db.session) == []


def test_applying_twice_is_harmless(app: Flask, tmp_path: Path) -> None:
    add_organizations(tmp_path, organization_row())
    synchronise(search_index(), db.session)
    assert synchronise(search_index(), db.session).documents == 0
    rebuild(search_index(), db.session)
    assert total("ejemplo") == 1


def test_readers_opened_afresh_return_the_right_documents_after_deletes_and_merges(app: Flask, tmp_path: Path) -> None:
    """The trap: Whoosh's `refresh()` and `reader(reuse=)` return wrong documents after these same steps."""
    synchronise(search_index(), db.session)
    names = [f"Organizacion {letter}{letter}{letter}" for letter in "abcdefghijkl"]
    for number, name in enumerate(names):
        add_organizations(
            tmp_path, organization_row(organization_key=f"k{number}", location_key=f"k{number}/x", name=name)
        )
        synchronise(search_index(), db.session)
    for number in range(0, 12, 2):
        rename(names[number], f"Cambiada {names[number][-3:]}")
        synchronise(search_index(), db.session)
        search_index().look()
        collection = search_index().current().collection
        for position in collection.live:
            source, own = collection.source_of(position)
            assert uuid.UUID(source.columns["ids"][own].tobytes().hex()) == collection.identity(position)
            assert source.columns["is_record"][own]
    assert total("organizacion") == 6
    assert total("cambiada") == 6
    for name in names[1::2]:
        hits = execute(SearchQuery(text=name.split()[1])).hits
        record = db.session.get(Organization, hits[0].organization_id)
        assert record is not None
        assert record.name == name
    assert differences(search_index(), db.session) == []


def test_a_flipped_bit_is_noticed_and_mended_while_the_old_generation_answers(app: Flask, tmp_path: Path) -> None:
    add_organizations(tmp_path, organization_row())
    synchronise(search_index(), db.session)
    assert total("ejemplo") == 1
    build = search_index().store.current()
    segment = next(build.glob("*.pst"))
    other = segment.with_suffix(".other")
    other.write_bytes(flipped(segment.read_bytes()))
    other.replace(segment)
    fresh = SearchIndex(search_index().store.folder, 2**20)
    fresh.look()
    assert fresh.damage is not None
    with pytest.raises(IndexMissing):
        fresh.current()
    assert execute(SearchQuery(text="ejemplo")).total == 1
    assert synchronise(fresh, db.session).rebuilt
    assert differences(fresh, db.session) == []


def flipped(content: bytes) -> bytes:
    position = len(content) // 2
    return content[:position] + bytes([content[position] ^ 1]) + content[position + 1 :]


def test_a_file_that_changes_under_an_open_index_is_mended_too(app: Flask, tmp_path: Path) -> None:
    add_organizations(tmp_path, organization_row())
    synchronise(search_index(), db.session)
    for segment in search_index().store.current().glob("*.pst"):
        segment.write_bytes(b"\xff" * len(segment.read_bytes()))
    with pytest.raises(IndexMissing):
        execute(SearchQuery(text="ejemplo"))
    assert is_behind(search_index(), db.session)
    assert synchronise(search_index(), db.session).rebuilt
    assert total("ejemplo") == 1


def test_a_new_epoch_or_another_vocabulary_means_rebuild(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_organizations(tmp_path, organization_row())
    synchronise(search_index(), db.session)
    start_writing()
    db.session.execute(update(FeedCounter).values(epoch=uuid.uuid4()))
    db.session.commit()
    assert synchronise(search_index(), db.session).rebuilt
    monkeypatch.setattr(documents, "FORMAT", documents.FORMAT + 1)
    assert differences(search_index(), db.session)
    assert synchronise(search_index(), db.session).rebuilt


def test_a_second_writer_is_refused_at_once(app: Flask) -> None:
    with search_index().store.writing(), pytest.raises(WriterBusy):
        synchronise(SearchIndex(search_index().store.folder, 2**20), db.session)


def test_a_follower_shows_a_change_within_a_second(app: Flask, tmp_path: Path) -> None:
    synchronise(search_index(), db.session)
    follower = Follower(app)
    follower.start()
    try:
        add_organizations(tmp_path, organization_row())
        committed = time.monotonic()
        while execute(SearchQuery(text="ejemplo")).total == 0:
            assert time.monotonic() - committed < 10, "the change never became visible"
            db.session.rollback()
            time.sleep(0.02)
    finally:
        follower.stop()
        follower.join()
    assert differences(search_index(), db.session) == []
