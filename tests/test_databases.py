"""The tests' own ground: what one test wrote is not there for the next."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from sqlalchemy import select

from directory.changes.models import Change
from directory.extensions import db
from directory.organizations.models import Organization
from tests.conftest import make_app
from tests.databases import TemplateState, drop_database, new_database
from tests.factories import add_organizations, organization_row
from tests.world import make_world


def test_nothing_is_left_of_a_test_that_wrote_everywhere(kind: str, template_url: str, tmp_path: Path) -> None:
    if kind == "sqlite":
        first, second = (new_database(kind, tmp_path, template_url) for _ in range(2))
        _write(first, tmp_path)
        assert (
            Path(second.removeprefix("sqlite:///")).read_bytes()
            == Path(template_url.removeprefix("sqlite:///")).read_bytes()
        ), "a copy of the template knows nothing of the other copies"
        return
    state = TemplateState(new_database(kind, tmp_path, template_url))
    try:
        before = state.contents()
        _write(state.url, tmp_path)
        changed = [name for name, digest in state.contents().items() if digest != before[name]]
        assert len(changed) > 15, changed
        state.put_back()
        assert state.contents() == before
    finally:
        drop_database(state.url)


def _write(url: str, folder: Path) -> None:
    app = make_app(folder / "data", url)
    make_world(app, folder)
    with app.app_context():
        add_organizations(folder, organization_row(organization_key="one-more", location_key="one-more/1"))
        db.session.remove()
        db.engine.dispose()


def test_every_test_begins_with_an_empty_feed(app: Flask) -> None:
    assert db.session.scalars(select(Change)).first() is None
    assert db.session.scalars(select(Organization)).first() is None
