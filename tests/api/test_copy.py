"""docs/sync_client.py as it stands, against a serving directory in which others edit, hide and remove."""

from __future__ import annotations

import importlib.util
import json
import random
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select, update
from werkzeug.serving import make_server

from directory.changes.models import Change, FeedCounter
from directory.clock import now
from directory.database import begin_write
from directory.exchange.export import Format, export_organizations
from directory.extensions import db
from directory.organizations.edit import change_record, record_data
from directory.organizations.models import Location, Organization, Visibility
from directory.organizations.remove import protect_address, unpublish
from directory.vocabulary.catalogue import read_vocabulary
from tests.client import CheckingClient
from tests.factories import add_consulates, add_organizations, consulate_row, organization_row, start_writing

DEEDS = 500
ORGANIZATIONS = 60


def sync_client() -> Any:
    path = Path(__file__).resolve().parents[2] / "docs" / "sync_client.py"
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 60
    spec = importlib.util.spec_from_file_location("sync_client", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()


def stocked(folder: Path) -> None:
    rows = [
        organization_row(
            organization_key=f"o{number}", name=f"Casa {number}", location_key=f"o{number}/{place}",
            latitude=f"32.5{number:02}{place}77", longitude=f"-117.0{number:02}{place}33",
        )
        for number in range(ORGANIZATIONS)
        for place in (1, 2)
    ]  # fmt: skip
    add_organizations(folder, *rows)
    db.session.rollback()


def deed(number: int, chance: random.Random) -> None:
    """Somebody edits, hides or removes."""
    begin_write(db.session)
    there = db.session.scalars(select(Organization.id).where(Organization.removed_at.is_(None)).order_by("id")).all()
    record = db.session.get_one(Organization, chance.choice(there))
    shown = [place for place in record.locations if place.visibility == Visibility.PUBLIC]
    if number % 20 == 7:
        unpublish(db.session, record, "test")
    elif number % 10 == 3 and shown:
        protect_address(db.session, shown[0], chance.choice([Visibility.HIDDEN, Visibility.CITY_ONLY]), "test")
    else:
        terms = read_vocabulary(db.session)
        data = record_data(db.session, record.id, terms).model_copy(update={"name": f"Casa {uuid.uuid4().hex[:8]}"})
        change_record(db.session, record, data, terms, "test", "edit")
    db.session.commit()
    db.session.expunge_all()


def lines_of(copy: Path) -> dict[str, Any]:
    _, *lines = copy.read_text(encoding="utf-8").splitlines()
    return {record["id"]: record for record in map(json.loads, lines)}


def exported(base: str) -> dict[str, Any]:
    db.session.rollback()
    lines = "".join(export_organizations(db.session, Format.NDJSON, base, now())).splitlines()
    db.session.rollback()
    return {record["id"]: record for record in map(json.loads, lines)}


def test_a_copy_equals_the_export_after_five_hundred_deeds_of_others(app: Flask, tmp_path: Path) -> None:
    stocked(tmp_path)
    client, copy = sync_client(), tmp_path / "copy.ndjson"
    failed: list[BaseException] = []

    def others() -> None:
        chance = random.Random(19)
        with app.app_context():
            try:
                for number in range(DEEDS):
                    deed(number, chance)
            except BaseException as error:
                failed.append(error)
            finally:
                db.session.remove()

    with serving(app) as base:
        client.synchronize(base, copy)
        assert len(lines_of(copy)) == ORGANIZATIONS
        thread = threading.Thread(target=others)
        thread.start()
        rounds = 0
        while thread.is_alive():
            client.synchronize(base, copy)
            rounds += 1
            thread.join(0.5)
        assert not failed
        client.synchronize(base, copy)
        base_url = app.extensions["directory.settings"].base_url
        assert lines_of(copy) == exported(base_url)
    assert rounds > 1
    text = copy.read_text(encoding="utf-8")
    kept_back = [place for place in db.session.scalars(select(Location)) if place.visibility != Visibility.PUBLIC]
    assert len(kept_back) > 20
    assert [place for place in kept_back if str(place.latitude) in text or str(place.longitude) in text] == []


def test_another_epoch_begins_anew(app: Flask, tmp_path: Path) -> None:
    stocked(tmp_path)
    client, copy = sync_client(), tmp_path / "copy.ndjson"
    with serving(app) as base:
        client.synchronize(base, copy)
        first, *lines = copy.read_text(encoding="utf-8").splitlines()
        copy.write_text("\n".join([first, json.dumps({"id": "of before the backup"}), *lines, ""]), encoding="utf-8")
        client.synchronize(base, copy)
        assert "of before the backup" in lines_of(copy)
        start_writing()
        db.session.execute(update(FeedCounter).values(epoch=uuid.uuid4()))
        db.session.commit()
        client.synchronize(base, copy)
        assert "of before the backup" not in lines_of(copy)
        assert len(lines_of(copy)) == ORGANIZATIONS


def test_changes_of_one_kind_of_record(app: Flask, tmp_path: Path) -> None:
    add_organizations(tmp_path, organization_row())
    add_consulates(tmp_path, consulate_row())
    start_writing()
    last = max(db.session.scalars(select(Change.seq)))
    db.session.rollback()
    client = app.test_client()
    assert isinstance(client, CheckingClient)

    def asked(**query: Any) -> Any:
        answer = client.get("/api/v1/changes", query_string=query)
        assert answer.status_code == 200
        return answer.get_json()

    for entity in ("organization", "consulate"):
        feed = asked(entity=entity)
        assert {change["entity"] for change in feed["changes"]} == {entity}
        assert feed["next"] == last, "those of the other kind are behind it, too"
        assert asked(entity=entity, since=last)["changes"] == []
        assert asked(entity=entity, since=last + 5)["next"] == last + 5
    assert len(asked()["changes"]) == sum(len(asked(entity=name)["changes"]) for name in ("organization", "consulate"))
    assert client.get("/api/v1/changes?entity=line").status_code == 400
