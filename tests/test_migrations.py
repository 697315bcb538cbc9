"""Every migration goes up and down with rows in the tables, and ends where the models are."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError

from directory.extensions import db
from directory.operations.prepare import prepare
from tests import shell
from tests.conftest import make_app
from tests.databases import drop_database, new_database
from tests.factories import add_consulates, add_organizations, consulate_row, organization_row, start_writing


def test_the_migrations_make_what_the_models_say(app: Flask) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata) == []


def test_down_and_up_again_with_rows(app: Flask, tmp_path: Path) -> None:
    add_organizations(tmp_path, organization_row())
    add_consulates(tmp_path, consulate_row())
    db.session.remove()
    downgrade(revision="base")
    assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
    upgrade()
    with db.engine.connect() as connection:
        assert connection.execute(text("SELECT value FROM feed_counter")).scalar() == 0


def test_preparing_twice_changes_nothing(kind: str, tmp_path: Path) -> None:
    url = new_database(kind, tmp_path)
    app = make_app(tmp_path / "data", url)
    try:
        for _ in range(2):
            prepare(app, with_seeds=False)
        with app.app_context():
            assert db.session.execute(text("SELECT count(*) FROM organizations")).scalar() == 0
            db.session.remove()
            db.engine.dispose()
    finally:
        drop_database(url)


def test_tables_of_a_newer_release_are_left_alone(database_url: str, tmp_path: Path) -> None:
    app = make_app(tmp_path / "data", database_url)
    with app.app_context():
        start_writing()
        db.session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    for command in (["serve", "--port", "1"], ["init"], ["export", "--format", "json"], ["user", "list"]):
        refused = shell.run(tmp_path / "data", *command, url=database_url)
        assert refused.returncode == 1, command
        assert "newer release" in refused.stderr
        assert "Traceback" not in refused.stderr


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE organizations SET name = ''",
        "UPDATE organizations SET country = 'mx'",
        "UPDATE organizations SET website = 'javascript:alert(1)'",
        "UPDATE organizations SET verified_on = '2026-01-01'",
        "UPDATE locations SET latitude = 10, longitude = NULL",
        "UPDATE locations SET latitude = 100, longitude = 10",
        "UPDATE locations SET admin1 = 'US-TX'",
        "UPDATE locations SET visibility = 'secret'",
        "UPDATE phones SET number = '5551234'",
        "UPDATE feed_counter SET id = 2",
        "UPDATE changes SET seq = 0",
        "UPDATE changes SET seq = 1",
        "UPDATE locations SET organization_id = NULL",
        "UPDATE consulates SET host_country = sending_country",
        "UPDATE consulates SET status = 'closed'",
        "UPDATE taxonomy_terms SET parent_id = NULL WHERE taxonomy = 'service-area'",
    ],
)
def test_the_database_itself_refuses_what_must_not_be(app: Flask, tmp_path: Path, statement: str) -> None:
    add_organizations(tmp_path, organization_row(phones="664 682 5180", latitude="32.5", longitude="-117.0"))
    add_organizations(tmp_path, organization_row(organization_key="b", location_key="b/x"))
    add_consulates(tmp_path, consulate_row())
    start_writing()
    with pytest.raises(IntegrityError):
        db.session.execute(text(statement))
        db.session.commit()
    db.session.rollback()
