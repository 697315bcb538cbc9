"""Processes killed in the middle of their work lose nothing that was committed and leave nothing half done."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from benchmarks.generate import write
from directory.changes.feed import changes_since, feed_position
from directory.changes.models import Change, Entity, Revision, Slug
from directory.exchange.load import import_organizations
from directory.extensions import db
from directory.operations.prepare import prepare
from directory.organizations.models import Organization
from directory.search.follower import search_index
from directory.search.sync import differences, synchronise
from tests.conftest import make_app
from tests.databases import drop_database, new_database

pytestmark = pytest.mark.soak
ORGANIZATIONS = 2_000
KILLS = 6


def test_an_import_killed_again_and_again_ends_whole(kind: str, tmp_path: Path) -> None:
    url = new_database(kind, tmp_path)
    data_dir = tmp_path / "data"
    path = write(tmp_path / "generated.csv", ORGANIZATIONS)
    chance = random.Random(7)
    environ = os.environ | {"DIRECTORY_DATA_DIR": str(data_dir), "DIRECTORY_DATABASE_URL": url}
    environ["DIRECTORY_SECRET_KEY"] = "for tests"
    app = make_app(data_dir, url)
    try:
        prepare(app)
        for _ in range(KILLS):
            for arguments in (["import", str(path)], ["index", "sync"]):
                process = subprocess.Popen([sys.executable, "-m", "directory", *arguments], env=environ)
                time.sleep(chance.uniform(2, 12))
                process.send_signal(signal.SIGKILL)
                process.wait()
        with app.app_context():
            import_organizations(db.session, path)
            synchronise(search_index(), db.session)
            assert differences(search_index(), db.session) == []
            _check_the_whole()
            db.session.remove()
            db.engine.dispose()
    finally:
        drop_database(url)


def _check_the_whole() -> None:
    count = db.session.scalar(select(func.count()).select_from(Organization))
    assert count == 1893 + ORGANIZATIONS
    last = feed_position(db.session).seq
    assert [change.seq for change in changes_since(db.session, 0, last + 10)] == list(range(1, last + 1))
    for table, entity in ((Revision, Revision.entity), (Slug, Slug.entity), (Change, Change.entity)):
        query = select(func.count(func.distinct(table.entity_id))).where(entity == Entity.ORGANIZATION)
        assert db.session.scalar(query) == count
