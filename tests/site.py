"""Doing things with a test site as people do: signing in, sending forms, reading letters, letting days pass."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, has_app_context
from flask_security.proxies import _security
from flask_security.utils import hash_password
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from directory.accounts.models import Role, SignIn, User
from directory.accounts.people import Scope, grant_role
from directory.clock import CLOCK, now
from directory.database import begin_write
from directory.extensions import db
from directory.mail.models import OutboxMessage
from directory.organizations.models import Organization
from tests.client import CheckingClient

PASSWORD = "tres caballos cansados"
TEXT_FIELDS = re.compile(r'<input[^>]*name="(csrf_token|opened|version)"[^>]*>')


class Clock:
    """A clock that stands until it is moved; each look is a microsecond later, so that what follows has an order.

    It begins at midday of the region, when it is the same day in Tijuana, Halifax and Greenwich: what lapses at the end
    of a place's day must not depend on the hour at which the tests are run. With `runs` it goes on by itself, for pages
    that ask how long somebody took.
    """

    def __init__(self, app: Flask, at: datetime | None = None, *, runs: bool = False) -> None:
        self.at = at or datetime.now(UTC).replace(hour=18, minute=0, second=0, microsecond=0)
        self._runs = runs
        self._looked_at = time.monotonic()
        self._app = app
        app.extensions[CLOCK] = self._look

    def _look(self) -> datetime:
        passed = time.monotonic() - self._looked_at if self._runs else 1e-6
        self._looked_at = time.monotonic()
        self.at += timedelta(seconds=max(passed, 1e-6))
        return self.at

    def pass_days(self, days: float) -> None:
        """Let days pass. Whoever was signed in signs in anew, as people do in the morning."""
        self.set(self.at + timedelta(days=days))

    def set(self, at: datetime) -> None:
        """Let it be another time."""
        self.at = at
        if has_app_context():
            return  # within a transaction of the test's own
        with database(self._app):
            db.session.execute(
                update(SignIn).where(SignIn.ended_at.is_(None)).values(seen_on=self.at, created_at=self.at)
            )


@contextmanager
def database(app: Flask) -> Iterator[None]:
    """A write transaction of one's own, committed at the end."""
    with app.app_context():
        begin_write(db.session)
        yield
        db.session.commit()
        db.session.remove()


def read(app: Flask, ask: Callable[[], Any]) -> Any:
    """What `ask` returns within a context of its own."""
    with app.app_context():
        answer = ask()
        db.session.remove()
        return answer


def make_user(
    app: Flask,
    email: str,
    role: Role,
    *,
    country: str | None = None,
    consulate_id: uuid.UUID | None = None,
    organization_id: uuid.UUID | None = None,
    second_factor: bool = True,
    password: bool = False,
) -> uuid.UUID:
    """Somebody with a role; with a password only where a test signs in through the page, since hashing is slow."""
    with database(app):
        user, _ = grant_role(db.session, email, role, Scope(country, consulate_id, organization_id), "es", by="test")
        if second_factor:
            user.tf_primary_method = "authenticator"
            user.tf_totp_secret = _security.totp_factory.generate_totp_secret()
        if password:
            user.password = hash_password(PASSWORD)
            user.confirmed_at = datetime.now(UTC)
        return user.id


def visitor(app: Flask) -> CheckingClient:
    """Somebody who is not signed in."""
    client = app.test_client()
    assert isinstance(client, CheckingClient)
    return client


def signed_in(app: Flask, user_id: uuid.UUID) -> CheckingClient:
    """A browser in which a user is signed in, as the sign-in page would leave it."""
    client = visitor(app)
    with database(app):
        user = db.session.get_one(User, user_id)
        row = SignIn(id=uuid.uuid4(), user_id=user.id, device="Test", has_second_factor=bool(user.tf_primary_method))
        db.session.add(row)
        login = {"_user_id": user.fs_uniquifier, "_fresh": True, "fs_cc": "set", "sign_in": str(row.id)}
    with client.session_transaction() as session:
        session.update(login)
    return client


def one_time_code(app: Flask, email: str) -> str:
    """What somebody's authenticator shows now, by the clock of the application."""
    with app.app_context():
        secret = db.session.scalars(select(User.tf_totp_secret).where(User.email == email)).one()
        db.session.remove()
        return str(_security.totp_factory._totp.from_source(secret).generate(time=now().timestamp()).token)


def hidden_fields(page: str) -> dict[str, str]:
    """Token, time and version of the first form of a page."""
    found: dict[str, str] = {}
    for match in TEXT_FIELDS.finditer(page):
        value = re.search(r'value="([^"]*)"', match.group(0))
        found.setdefault(match.group(1), value.group(1) if value else "")
    return found


def send(client: CheckingClient, page: str, data: dict[str, Any] | None = None, to: str | None = None) -> TestResponse:
    """Open a page and send its form, with the hidden fields that it holds."""
    opened = client.get(page)
    assert opened.status_code == 200, (page, opened.status_code)
    return client.post(to or page, data={**hidden_fields(opened.get_data(as_text=True)), **(data or {})})


def letters(app: Flask, kind: str | None = None) -> list[OutboxMessage]:
    """What is in the outbox, oldest first."""
    with app.app_context():
        query = select(OutboxMessage).order_by(OutboxMessage.created_at)
        found = [item for item in db.session.scalars(query) if kind in (None, item.kind)]
        for item in found:
            db.session.expunge(item)
        db.session.remove()
        return found


def link_in(letter: OutboxMessage, word: str) -> str:
    """The path of the first link of a letter that holds a word."""
    for address in re.findall(r"https?://\S+", letter.text or ""):
        if word in address:
            return urlsplit(address).path
    raise AssertionError(f"no {word} in {letter.text}")


ESSENTIALS = {
    "name": "Casa de la Luz Ficticia",
    "country": "MX",
    "city": "Tijuana",
    "areas": ["shelter", "food"],
    "email": "luz@casa-luz.example.org",
    "phone": "664 123 4567",
    "visibility": "city_only",
    "address": "Calle Secreta 5",
    "consent": "y",
    "action": "submit",
}


def register(client: CheckingClient, **changes: Any) -> str:
    """Register through the page; the path of the draft."""
    answer = send(client, "/es/register", {**ESSENTIALS, **changes})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return urlsplit(answer.headers["Location"]).path


def organization_id(slug_or_name: str) -> uuid.UUID:
    """The id of the organization with this name; needs a context."""
    return db.session.scalars(select(Organization.id).where(Organization.name == slug_or_name)).one()
