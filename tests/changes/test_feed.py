"""The change feed: numbers without gaps, in commit order, on both databases."""

from __future__ import annotations

import multiprocessing
import random
import uuid
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from directory.changes.feed import changes_since, feed_position
from directory.changes.models import Change, ChangeKind, Entity, Revision
from directory.changes.recording import record_change
from directory.database import begin_write
from directory.extensions import db
from directory.organizations.models import Organization
from tests.conftest import make_app
from tests.factories import add_organizations, organization_row


def note(count: int = 1) -> None:
    for _ in range(count):
        record_change(db.session, Entity.CONSULATE, uuid.uuid4(), ChangeKind.UPDATED)


def test_numbers_come_at_commit_without_gaps(app: Flask) -> None:
    begin_write(db.session)
    note(3)
    db.session.flush()
    assert db.session.scalars(select(Change.seq)).all() == [None, None, None]
    db.session.commit()
    begin_write(db.session)
    note(2)
    db.session.commit()
    assert [change.seq for change in changes_since(db.session, 0, 10)] == [1, 2, 3, 4, 5]
    assert feed_position(db.session).seq == 5


def test_a_rollback_takes_no_number(app: Flask) -> None:
    begin_write(db.session)
    note(2)
    db.session.flush()
    db.session.rollback()
    begin_write(db.session)
    note()
    db.session.commit()
    assert [change.seq for change in changes_since(db.session, 0, 10)] == [1]


def test_a_savepoint_that_was_rolled_back_leaves_no_ghost(app: Flask) -> None:
    begin_write(db.session)
    note()
    with pytest.raises(RuntimeError), db.session.begin_nested():
        note()
        db.session.flush()
        raise RuntimeError
    with db.session.begin_nested():
        note()
    db.session.commit()
    assert [change.seq for change in changes_since(db.session, 0, 10)] == [1, 2]
    assert db.session.scalar(select(func.count()).select_from(Change)) == 2


def test_since_is_exclusive_and_bounded(app: Flask) -> None:
    begin_write(db.session)
    note(5)
    db.session.commit()
    assert [change.seq for change in changes_since(db.session, 2, 2)] == [3, 4]


def test_one_revision_a_record_and_transaction(app: Flask, tmp_path: Path) -> None:
    add_organizations(tmp_path, organization_row())
    begin_write(db.session)
    record = db.session.scalars(select(Organization)).one()
    for name in ("Uno", "Dos"):
        record.name = name
        record_change(db.session, Entity.ORGANIZATION, record.id, ChangeKind.UPDATED)
    db.session.commit()
    revisions = db.session.scalars(select(Revision).order_by(Revision.number)).all()
    assert [(item.number, item.snapshot["name"]) for item in revisions] == [(1, "Casa Ejemplo"), (2, "Dos")]
    assert revisions[1].snapshot["locations"][0]["city"] == "Tijuana"


def _write(url: str, folder: str, seed: int, transactions: int) -> None:
    """One writing process: changes, savepoints that fail, and rollbacks."""
    app = make_app(Path(folder), url)
    chance = random.Random(seed)
    with app.app_context():
        for _ in range(transactions):
            begin_write(db.session)
            note(chance.randint(1, 4))
            if chance.random() < 0.3:
                savepoint = db.session.begin_nested()
                note()
                db.session.flush()
                savepoint.rollback()
            if chance.random() < 0.25:
                db.session.rollback()
            else:
                db.session.commit()
        db.session.remove()
        db.engine.dispose()


def test_a_follower_of_eight_writing_processes_misses_nothing(app: Flask, database_url: str, tmp_path: Path) -> None:
    # Each writer is a process of its own; what all of them import is imported once.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.changes.test_feed"])
    writers = [
        context.Process(target=_write, args=(database_url, str(tmp_path / f"w{seed}"), seed, 25)) for seed in range(8)
    ]
    for writer in writers:
        writer.start()
    seen: list[int | None] = []
    while any(writer.is_alive() for writer in writers):
        seen += [change.seq for change in changes_since(db.session, seen[-1] or 0 if seen else 0, 50)]
        db.session.rollback()
    for writer in writers:
        writer.join()
        assert writer.exitcode == 0
    seen += [change.seq for change in changes_since(db.session, seen[-1] or 0 if seen else 0, 100_000)]
    last = feed_position(db.session).seq
    assert seen == list(range(1, last + 1))
    assert last > 200
    assert db.session.scalar(select(func.count()).select_from(Change)) == last
