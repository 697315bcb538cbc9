"""Fixtures over real databases: `app` starts almost empty; `seeded` has all seed data and is only read."""

from __future__ import annotations

import atexit
import dataclasses
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache

from directory import create_app
from directory.database import begin_write
from directory.extensions import db
from directory.operations.prepare import prepare
from directory.places.models import County, Place, PlaceKind, PlaceName
from directory.places.names import fold
from directory.search.follower import knowledge, search_index
from directory.search.sync import synchronise
from directory.settings import Settings, resource_dir
from directory.vocabulary.catalogue import load_vocabulary, vocabulary
from tests.applications import Ground
from tests.client import CheckingClient
from tests.databases import (
    REQUIRED,
    borrowed_database,
    copy_rows,
    drop_database,
    new_database,
    only_once,
    postgresql_answers,
)
from tests.world import World, make_world

KINDS = ("sqlite", "postgresql")
TOWNS = (
    ("t-mcallen", "McAllen", "US", "US-TX", "48215", 26.20341, -98.23001, "America/Chicago", 142_696),
    ("t-tijuana", "Tijuana", "MX", "MX-BCN", None, 32.5027, -117.00371, "America/Tijuana", 1_922_523),
    ("t-mexico", "Mexico City", "MX", "MX-CMX", None, 19.42847, -99.12766, "America/Mexico_City", 12_294_193),
    ("t-toronto", "Toronto", "CA", "CA-ON", None, 43.70643, -79.39864, "America/Toronto", 2_731_571),
    ("t-guatemala", "Guatemala City", "GT", "GT-01", None, 14.64072, -90.51327, "America/Guatemala", 994_938),
)


def _skip_or_fail(kind: str) -> None:
    if kind == "postgresql" and not postgresql_answers():
        reason = "no PostgreSQL server answers (DIRECTORY_TEST_POSTGRESQL_URL)"
        if "postgresql" in REQUIRED:
            pytest.fail(reason)
        pytest.skip(reason)


@cache
def _static_dir() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="directory-static-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def make_settings(data_dir: Path, url: str) -> Settings:
    """Settings of a test application."""
    data_dir.mkdir(parents=True, exist_ok=True)
    static = data_dir / "static"
    if not static.exists():
        # Compressing the static files takes longer than most tests: each test process does it once.
        static.symlink_to(_static_dir())
    return Settings(data_dir=data_dir, database_url=url, secret_key="for tests", base_url="http://localhost")


def make_app(data_dir: Path, url: str, **changes: Any) -> Flask:
    """A test application over a database that may be empty, with settings that are not the usual ones."""
    app = create_app(dataclasses.replace(make_settings(data_dir, url), **changes))
    app.config.update(TESTING=True, MIN_FILL_S=0, SIGN_IN_FLOOR_S=0, UNDO_S=0)
    app.test_client_class = CheckingClient
    # What is the same in every application of a process is made once: a page's code, a password's stretching.
    app.jinja_env.bytecode_cache = _bytecode_cache()
    app.extensions["security"].pwd_context.update(argon2__time_cost=1, argon2__memory_cost=64, argon2__parallelism=1)
    return app


@cache
def _bytecode_cache() -> FileSystemBytecodeCache:
    folder = Path(tempfile.mkdtemp(prefix="directory-templates-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return FileSystemBytecodeCache(str(folder))


@pytest.fixture(scope="session", params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """The kind of database; every test that uses it runs on both."""
    _skip_or_fail(request.param)
    return str(request.param)


@pytest.fixture(scope="session")
def template_url(kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A migrated database with the vocabulary and a few towns, to be copied."""
    folder = tmp_path_factory.mktemp(f"template-{kind}")
    url = new_database(kind, folder)
    app = make_app(folder / "data", url)
    prepare(app, with_seeds=False)
    with app.app_context():
        begin_write(db.session)
        load_vocabulary(db.session, resource_dir("seed_data"))
        db.session.add(County(code="48215", country="US", admin1="US-TX", name="Hidalgo"))
        db.session.flush()
        for place_id, name, country, admin1, admin2, latitude, longitude, zone, population in TOWNS:
            db.session.add(
                Place(id=place_id, kind=PlaceKind.TOWN, name=name, country=country, admin1=admin1, admin2=admin2,
                      latitude=latitude, longitude=longitude, timezone=zone, population=population)
            )  # fmt: skip
            db.session.flush()
            db.session.add(PlaceName(place_id=place_id, folded=fold(name), name=name))
        db.session.commit()
        db.session.remove()
        if kind == "sqlite":
            with db.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        db.engine.dispose()
    yield url
    drop_database(url)


@pytest.fixture
def database_url(kind: str, template_url: str) -> Iterator[str]:
    """A database that holds what the template holds; what a test writes there, the next does not find."""
    with borrowed_database(kind, template_url) as url:
        yield url


@cache
def _ground(url: str) -> Ground:
    folder = Path(tempfile.mkdtemp(prefix="directory-ground-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Ground(make_app(folder / "data", url))


@pytest.fixture
def site(database_url: str) -> Iterator[Flask]:
    """An application without records, outside any context: each request makes its own, as in a server."""
    with _ground(database_url).lend() as application:
        yield application


@pytest.fixture
def app(site: Flask) -> Iterator[Flask]:
    """An application without records, inside its context."""
    with site.app_context():
        yield site
        db.session.remove()


@pytest.fixture
def world(site: Flask, tmp_path: Path) -> World:
    """Three consulates, a liaison, two organizations."""
    return make_world(site, tmp_path)


@pytest.fixture(scope="session")
def seeded_place(kind: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The data directory and database of an installation with all seed data."""
    return seeded_installation(kind, tmp_path_factory)


def seeded_installation(kind: str, factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Such an installation, made once for all test processes."""
    own = factory.getbasetemp()
    shared = (own.parent if os.environ.get("PYTEST_XDIST_WORKER") else own) / f"seeded-{kind}"
    shared.mkdir(exist_ok=True)
    marker = shared / "ready.json"
    with only_once(marker) as is_mine:
        if is_mine:
            url = new_database(kind, shared)
            _seed(kind, shared / "data", url, factory)
            marker.write_text(json.dumps({"url": url}))
    return shared / "data", json.loads(marker.read_text())["url"]


def _seed(kind: str, data_dir: Path, url: str, factory: pytest.TempPathFactory) -> None:
    """All seed data, with an index of it. Read from the files once; the other database is given the same rows."""
    app = make_app(data_dir, url)
    if kind == "sqlite":
        prepare(app)
        with app.app_context():
            synchronise(search_index(), db.session)
            # As the follower of a server does before anybody searches.
            knowledge().current(db.session, vocabulary(db.session))
            db.session.remove()
            db.engine.dispose()
        return
    first_dir, first_url = seeded_installation("sqlite", factory)
    prepare(app, with_seeds=False)
    with app.app_context():
        db.engine.dispose()
    copy_rows(first_url, url)
    shutil.copytree(first_dir / "index", data_dir / "index", dirs_exist_ok=True)


@pytest.fixture(scope="session")
def seeded_app(seeded_place: tuple[Path, str]) -> Flask:
    """An application over all seed data. Read it, do not write."""
    return make_app(*seeded_place)


@pytest.fixture
def seeded(seeded_app: Flask) -> Iterator[Flask]:
    """The seeded application, inside its context."""
    with seeded_app.app_context():
        yield seeded_app
        db.session.remove()


@pytest.fixture
def client(seeded_app: Flask) -> CheckingClient:
    """A client over the seed data, outside any context: each request makes its own, as in a server."""
    client = seeded_app.test_client()
    assert isinstance(client, CheckingClient)
    return client


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Drop the shared databases when the last process ends."""
    if hasattr(session.config, "workerinput"):
        return
    factory = getattr(session.config, "_tmp_path_factory", None)
    if factory is None:
        return
    for marker in factory.getbasetemp().glob("seeded-*/ready.json"):
        drop_database(json.loads(marker.read_text())["url"])
