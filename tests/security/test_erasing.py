"""What is erased is nowhere: not in the database's files, not in the index, not in files made from records."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text

from directory.accounts.links import make_link
from directory.accounts.models import Grant, LinkPurpose, Role, User
from directory.changes.models import ChangeKind, Entity, Revision
from directory.changes.recording import record_audit, record_change
from directory.clock import now
from directory.extensions import db
from directory.identifiers import seed_uuid
from directory.mail.models import OutboxMessage
from directory.moderation.erasure import LastAdministrator, ask_for_purge, erase_address
from directory.operations.purge import purge, purge_if_due
from directory.organizations.models import Contact, Organization
from directory.partnerships.models import FocalPoint, Side
from directory.registration.models import Origin, Report, ReportKind, Submission, SubmissionKind, SubmissionState
from directory.search.follower import search_index
from directory.search.marks import WriterBusy
from directory.search.sync import differences, synchronise
from directory.settings import Settings
from tests import shell
from tests.site import database, hidden_fields, make_user, read, signed_in
from tests.world import SHELTER, World

SECRET = "Quetzalcoatlan"
ADDRESS = "maria.quetzalcoatlan@casa-quetzalcoatlan.example.org"


def place_everywhere(world: World) -> None:
    """A record, its past, its people and letters, all with the same word."""
    record_id = seed_uuid(f"organization/{SHELTER}")
    world.propose()
    for email in (ADDRESS, f"editor@{ADDRESS.partition('@')[2]}"):
        make_user(world.app, email, Role.EDITOR, organization_id=record_id)
    with database(world.app):
        partnership = world.partnership()
        record = db.session.get_one(Organization, record_id)
        record.name = f"Casa {SECRET}"
        record.email = ADDRESS
        record.contacts.append(Contact(name=f"María {SECRET}", email=ADDRESS))
        db.session.add(Report(organization_id=record_id, kind=ReportKind.CLOSED, note=f"{SECRET} cerró"))
        whom = {"name": SECRET, "email": ADDRESS}
        db.session.add(FocalPoint(partnership_id=partnership.id, side=Side.ORGANIZATION, position=1, **whom))
        letter = {"recipient": ADDRESS, "kind": "note", "subject": SECRET, "text": SECRET, "language": "es"}
        db.session.add(OutboxMessage(organization_id=record_id, **letter))
        told = {"recipient": "vecina@otra.example.org", "text": f"La Casa {SECRET} cierra; la Casa Ajena sigue."}
        db.session.add(OutboxMessage(**{**letter, **told, "subject": "Aviso"}))
        for state in (SubmissionState.WITHDRAWN, SubmissionState.PENDING):
            edit = Submission(kind=SubmissionKind.CHANGE, state=state, origin=Origin.LINK, language="es")
            edit.organization_id, edit.data, edit.email = record_id, whom, ADDRESS
            db.session.add(edit)
        make_link(db.session, LinkPurpose.MANAGE, now() + timedelta(days=1), organization_id=record_id, email=ADDRESS)
        record_change(db.session, Entity.ORGANIZATION, record_id, ChangeKind.UPDATED)
        record_audit(db.session, "test", "state-contacts", Entity.ORGANIZATION, record_id, after={"email": ADDRESS})
    with world.app.app_context():
        synchronise(search_index(), db.session)
        db.session.remove()
    assert world.anyone().get("/export/organizations.json").status_code == 200


def where_it_is(app: Flask, word: str) -> list[str]:
    """Every file of the data directory and, on PostgreSQL, every table with a word in it."""
    settings: Settings = app.extensions["directory.settings"]
    files = [path for path in settings.data_dir.glob("**/*") if path.is_file() and "static" not in path.parts]
    files += [Path(f"{settings.database_url.removeprefix('sqlite:///')}{ending}") for ending in ("", "-wal")]
    needle = word.lower().encode()
    found = [path.name for path in files if path.exists() and needle in path.read_bytes().lower()]
    for table in db.metadata.sorted_tables:
        with db.engine.connect() as connection:
            rows = connection.execute(text(f'SELECT * FROM "{table.name}"')).all()
        if any(word.lower() in str(row).lower() for row in rows):
            found.append(table.name)
    return found


@pytest.fixture
def erasing(world: World) -> Iterator[World]:
    place_everywhere(world)
    with world.app.app_context():
        assert {"organizations", "revisions", "submissions", "outbox_messages"} <= set(where_it_is(world.app, SECRET))
    yield world


def test_a_record_is_erased_and_leaves_a_tombstone(erasing: World) -> None:
    world = erasing
    page = f"/es/moderation/organizations/{SHELTER}"
    moderator = signed_in(world.app, make_user(world.app, "m@x.example", Role.ADMIN))
    shown = moderator.get(page)
    assert shown.status_code == 200
    hidden = hidden_fields(shown.get_data(as_text=True))
    assert moderator.post(f"{page}/erase", data={**hidden, "slug": "another"}).status_code == 303
    assert moderator.get(page).status_code == 200, "without its name written nothing goes"
    assert moderator.post(f"{page}/erase", data={**hidden, "slug": SHELTER}).status_code == 303
    record_id = seed_uuid(f"organization/{SHELTER}")
    with world.app.app_context():
        assert purge_if_due(world.app), "the page asked for it"
        assert where_it_is(world.app, SECRET) == []
        assert differences(search_index(), db.session) == []
        assert db.session.scalar(select(Grant).where(Grant.organization_id == record_id)) is None
        assert db.session.get_one(Organization, record_id).removed_at is not None
        kept = db.session.scalars(select(Revision.number).where(Revision.entity_id == record_id)).all()
        assert len(kept) == 1
        others = select(OutboxMessage.text).where(OutboxMessage.recipient == "vecina@otra.example.org")
        assert db.session.scalars(others).all() == ["La … cierra; la Casa Ajena sigue."], "letters to others go on"
        db.session.remove()
    assert world.anyone().get(f"/api/v1/organizations/{record_id}").status_code == 410
    assert world.anyone().get(f"/es/organizations/{SHELTER}").status_code in (404, 410)
    assert str(record_id) not in world.anyone().get("/export/organizations.json").get_data(as_text=True)
    last = world.anyone().get("/api/v1/changes").get_json()["changes"][-1]
    assert (last["id"], last["kind"]) == (str(record_id), "deleted")


def test_an_address_is_erased_wherever_it_is(erasing: World) -> None:
    app = erasing.app
    with database(app):
        erased = erase_address(db.session, ADDRESS.upper(), "test")
    assert {"organizations", "revisions", "submissions", "users", "audit_entries", "access_links"} <= set(erased)
    with app.app_context():
        purge(app)
        assert where_it_is(app, ADDRESS) == []
        assert "organizations" in where_it_is(app, SECRET), "the record itself stays, with its name"
        db.session.remove()
    body = erasing.anyone().get(f"/api/v1/organizations/{SHELTER}").get_json()
    assert body["email"] is None
    assert body["name"] == f"Casa {SECRET}"


def test_the_only_administrator_is_not_erased(site: Flask) -> None:
    make_user(site, "only@x.example", Role.ADMIN)
    with site.app_context():
        with pytest.raises(LastAdministrator):
            erase_address(db.session, "only@x.example", "test")
        db.session.rollback()
    make_user(site, "second@x.example", Role.ADMIN)
    with database(site):
        assert erase_address(db.session, "only@x.example", "test")["users"] == 1
    assert read(site, lambda: db.session.scalars(select(User.email)).all()) == ["second@x.example"]


def test_an_address_within_a_longer_one_stays(site: Flask) -> None:
    make_user(site, "susana@x.example", Role.ADMIN)
    make_user(site, "other@x.example", Role.ADMIN)
    with database(site):
        assert erase_address(db.session, "ana@x.example", "test")["users"] == 0
    assert len(read(site, lambda: db.session.scalars(select(User.email)).all())) == 2


def test_the_command_says_what_would_go(tmp_path: Path) -> None:
    assert shell.run(tmp_path, "init", "--no-seed").returncode == 0
    assert shell.run(tmp_path, "user", "create", "ana@x.example", "--role", "admin").returncode == 0
    assert shell.run(tmp_path, "user", "create", "eva@x.example", "--role", "admin").returncode == 0
    dry = shell.run(tmp_path, "erase", "address", "ana@x.example", "--dry-run")
    assert dry.returncode == 0, dry.stderr
    assert re.search(r"^users: 1$", dry.stdout, re.MULTILINE)
    assert "nothing was changed" in dry.stdout
    assert "ana@x.example" in shell.run(tmp_path, "user", "list").stdout
    assert shell.run(tmp_path, "erase", "address", "ana@x.example").returncode == 0
    assert b"ana@x.example" not in (tmp_path / "directory.sqlite3").read_bytes()
    assert shell.run(tmp_path, "erase", "address", "eva@x.example").returncode == 1, "the only administrator"
    assert shell.run(tmp_path, "erase", "address", "no address").returncode == 2
    assert shell.run(tmp_path, "erase", "organization", "nobody").returncode == 2


def test_what_is_busy_is_purged_later(site: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    settings: Settings = site.extensions["directory.settings"]
    ask_for_purge(settings.data_dir)

    def busy(*_: object) -> None:
        raise WriterBusy

    with site.app_context():
        monkeypatch.setattr("directory.operations.purge.rebuild", busy)
        assert not purge_if_due(site)
        monkeypatch.undo()
        assert purge_if_due(site)
        assert not purge_if_due(site)
        db.session.remove()
