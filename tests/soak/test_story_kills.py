"""Fifty times the server dies in the middle of the story of a registration: no acknowledged step is lost."""

from __future__ import annotations

import email
import http.client
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import policy
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from directory.accounts.models import Role
from directory.changes.feed import changes_since, feed_position
from directory.changes.models import Entity, Revision
from directory.extensions import db
from directory.operations.prepare import prepare
from directory.organizations.models import Organization
from directory.registration.models import Submission, SubmissionState
from directory.search.follower import search_index
from directory.search.sync import differences, synchronise
from tests.conftest import make_app
from tests.databases import drop_database, new_database
from tests.factories import add_organizations, organization_row
from tests.site import ESSENTIALS, hidden_fields, make_user, read, signed_in
from tests.test_commands import free_port

pytestmark = pytest.mark.soak
KILLS = int(os.environ.get("DIRECTORY_TEST_KILLS", "50"))
FAILURES = (urllib.error.URLError, http.client.HTTPException, ConnectionError, TimeoutError, OSError)


class Killed(Exception):
    """The server died before it answered: the step is not acknowledged."""


class Browser:
    """A visitor that follows no redirect and tells a dead server from an answer."""

    def __init__(self, address: str, cookie: str | None = None) -> None:
        self.address = address
        self.cookie = cookie
        self._opener = urllib.request.build_opener(_NoRedirect)

    def ask(self, path: str, data: dict[str, object] | None = None) -> tuple[int, str, str]:
        """Status, text and Location of an answer. Raises Killed."""
        body = urllib.parse.urlencode(data, doseq=True).encode() if data is not None else None
        request = urllib.request.Request(self.address + path, data=body)
        if self.cookie:
            request.add_header("Cookie", f"session={self.cookie}")
        try:
            with self._opener.open(request, timeout=20) as answer:
                return self._read(answer.status, answer)
        except urllib.error.HTTPError as error:
            return self._read(error.code, error)
        except FAILURES as error:
            raise Killed(path) from error

    def _read(self, status: int, answer: Any) -> tuple[int, str, str]:
        for header in answer.headers.get_all("Set-Cookie") or ():
            if header.startswith("session="):
                self.cookie = header.removeprefix("session=").partition(";")[0]
        return status, answer.read().decode(), answer.headers.get("Location") or ""

    def send(self, page: str, data: dict[str, object], to: str | None = None) -> tuple[int, str, str]:
        """Open a page and send its form."""
        status, text, _ = self.ask(page)
        if status != 200:
            return status, text, ""
        return self.ask(to or page, {**hidden_fields(text), **data})


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: object) -> None:
        return None


class Server:
    """A server that is killed at random moments and started again, until it has died often enough."""

    def __init__(self, environ: dict[str, str], port: int, chance: random.Random) -> None:
        self._command = [sys.executable, "-m", "directory", "serve", "--port", str(port), "--workers", "2"]
        self._environ = environ
        self._chance = chance
        self.address = f"http://127.0.0.1:{port}"
        self.kills = 0
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._live_and_die)

    def __enter__(self) -> Server:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._stopped.set()
        self._thread.join()

    def _live_and_die(self) -> None:
        while not self._stopped.is_set():
            process = subprocess.Popen(self._command, env=self._environ, start_new_session=True,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
            self.wait_until_ready()
            is_last = self.kills >= KILLS
            self._stopped.wait(None if is_last else self._chance.uniform(0.05, 3))
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            self.kills += 1

    def wait_until_ready(self) -> None:
        """Until the server answers; a killed one is being started again."""
        for _ in range(600):
            try:
                with urllib.request.urlopen(f"{self.address}/healthz", timeout=5):
                    return
            except FAILURES:
                time.sleep(0.05)
        raise AssertionError("the server did not come back")


@pytest.fixture
def place(kind: str, tmp_path: Path) -> Iterator[tuple[Flask, dict[str, str]]]:
    """An application over a small database, and the environment of a server over the same."""
    url = new_database(kind, tmp_path)
    data_dir = tmp_path / "data"
    app = make_app(data_dir, url)
    prepare(app, with_seeds=False)
    with app.app_context():
        add_organizations(tmp_path, organization_row())
        synchronise(search_index(), db.session)
        db.session.remove()
    environ = os.environ | {
        "DIRECTORY_DATA_DIR": str(data_dir), "DIRECTORY_DATABASE_URL": url, "DIRECTORY_SECRET_KEY": "for tests",
    }  # fmt: skip
    yield app, environ
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    drop_database(url)


def test_fifty_kills_lose_no_acknowledged_step(place: tuple[Flask, dict[str, str]]) -> None:
    app, environ = place
    moderator = signed_in(app, make_user(app, "m@x.example", Role.MODERATOR)).get_cookie("session")
    assert moderator
    chance = random.Random(11)
    stories = 0
    with Server(environ, free_port(), chance) as server:
        server.wait_until_ready()
        while server.kills < KILLS or stories < 3:
            Story(app, server, moderator.value, stories).tell()
            stories += 1
        server.wait_until_ready()
    check_the_whole(app, stories)


class Story:
    """One registration from the form to `full`; each step is tried until it is acknowledged, then must stand."""

    def __init__(self, app: Flask, server: Server, moderator: str, number: int) -> None:
        self.app = app
        self.server = server
        self.name = f"Casa Ficticia Numero {number}"
        self.email = f"casa{number}@numero{number}.example.org"
        self.moderator = Browser(server.address, moderator)

    def tell(self) -> None:
        """All steps in their order."""
        for step, happened in (
            (self.register, lambda: self.state() is not None),
            (self.confirm, lambda: self.state() not in (None, SubmissionState.UNCONFIRMED)),
            (self.approve, lambda: self.state() == SubmissionState.APPROVED),
            (self.say_full, lambda: self.availability() == "full"),
        ):
            self.until_acknowledged(step)
            assert happened(), f"{step.__name__} was acknowledged and is gone"

    def until_acknowledged(self, step: object) -> None:
        """Try a step until the server says that it is done."""
        for _ in range(60):
            self.server.wait_until_ready()
            try:
                if step():  # type: ignore[operator]
                    return
            except Killed:
                continue
            time.sleep(0.2)
        raise AssertionError(f"{step} never succeeded")

    def ask_database(self, query: object) -> object:
        return read(self.app, lambda: db.session.scalars(query).first())  # type: ignore[call-overload]

    def submission(self) -> Submission | None:
        query = select(Submission).where(Submission.email == self.email).order_by(Submission.created_at.desc())

        def ask() -> Submission | None:
            found = db.session.scalars(query).first()
            if found:
                db.session.expunge(found)
            return found

        return read(self.app, ask)

    def state(self) -> SubmissionState | None:
        found = self.submission()
        return found.state if found else None

    def availability(self) -> str | None:
        def ask() -> str | None:
            row = db.session.scalars(select(Organization).where(Organization.name == self.name)).one()
            said = row.services[0].availability
            return said.state.value if said else None

        return read(self.app, ask)

    def register(self) -> bool:
        visitor = Browser(self.server.address)
        data = {**ESSENTIALS, "name": self.name, "email": self.email, "phone": ""}
        page = visitor.ask("/es/register")[1]
        time.sleep(3.1)
        return visitor.ask("/es/register", {**data, **hidden_fields(page)})[0] == 303

    def letter(self, word: str) -> str | None:
        """The path of the newest letter's link, once the housekeeper has carried it out."""
        folder = Path(self.app.extensions["directory.settings"].data_dir) / "outbox"
        for path in sorted(folder.glob("*.eml"), key=lambda item: item.stat().st_mtime, reverse=True):
            message = email.message_from_bytes(path.read_bytes(), policy=policy.default)
            body = message.get_body(("plain",))
            text = body.get_content() if body else ""
            found = re.search(rf"https?://[^/\s]+(\S*{word}\S*)", text)
            if message["To"] == self.email and found:
                return found.group(1)
        return None

    def confirm(self) -> bool:
        if self.state() != SubmissionState.UNCONFIRMED:
            return True
        link = self.letter("/confirm/")
        return bool(link) and Browser(self.server.address).send(link or "", {})[0] == 303

    def approve(self) -> bool:
        found = self.submission()
        assert found
        if found.state == SubmissionState.APPROVED:
            return True
        address = f"/es/moderation/submissions/{found.id}"
        status, _, location = self.moderator.send(address, {"version": found.version}, to=f"{address}/approve")
        return status == 303 and "undo=" in location

    def say_full(self) -> bool:
        link = self.letter("/manage/")
        if not link:
            return False
        services = read(self.app, lambda: [str(row.id) for row in db.session.scalars(
            select(Organization).where(Organization.name == self.name)).one().services])  # fmt: skip
        until = (datetime.now(UTC).date() + timedelta(days=2)).isoformat()
        data = {"services": services, "state": "full", "until": until}
        return Browser(self.server.address).send(link, data, to=f"{link}/availability")[0] == 303


def check_the_whole(app: Flask, stories: int) -> None:
    """Everything acknowledged is there once, the feed has no gaps, and the index equals the database."""
    with app.app_context():
        names = list(db.session.scalars(select(Organization.name).where(Organization.name.like("Casa Ficticia%"))))
        assert sorted(names) == sorted(f"Casa Ficticia Numero {number}" for number in range(stories)), "each once"
        last = feed_position(db.session).seq
        assert [change.seq for change in changes_since(db.session, 0, last + 10)] == list(range(1, last + 1))
        count = db.session.query(Revision.entity_id).filter(Revision.entity == Entity.ORGANIZATION).distinct().count()
        assert count == stories + 1
        synchronise(search_index(), db.session)
        assert differences(search_index(), db.session) == []
        db.session.remove()
