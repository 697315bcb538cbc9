"""A browser that nobody uses, or that was signed in long ago, is signed out; how soon depends on what it opens."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from directory.accounts.models import Role, SignIn
from directory.accounts.policy import SESSION_LIMITS
from directory.changes.models import AuditEntry
from directory.database import writing_connection
from directory.extensions import db
from tests import shell
from tests.client import CheckingClient
from tests.conftest import make_app
from tests.site import PASSWORD, Clock, make_user, read, send, signed_in, visitor
from tests.world import World

MINUTE = timedelta(minutes=1)


def is_in(browser: CheckingClient) -> bool:
    return browser.get("/es/account").status_code == 200


def a_person(world: World, role: Role) -> uuid.UUID:
    scopes = {
        Role.CONSULATE: {"country": "HN"},
        Role.EDITOR: {"organization_id": uuid.UUID("0a0188c0-a054-5e4b-9323-10df5a4c306d")},
    }
    return make_user(world.app, f"{role}@x.example", role, **scopes.get(role, {}))


def test_every_role_has_a_limit() -> None:
    assert set(SESSION_LIMITS) == set(Role)


@pytest.mark.parametrize("role", list(Role))
def test_idle_and_whole_time_end_a_session(world: World, role: Role) -> None:
    limit = SESSION_LIMITS[role]
    user = a_person(world, role)
    browser = signed_in(world.app, user)
    world.clock.at += limit.idle - MINUTE
    assert is_in(browser)
    world.clock.at += limit.idle + MINUTE
    assert not is_in(browser), "nobody used it"
    browser = signed_in(world.app, user)
    began = world.clock.at
    while world.clock.at + limit.idle / 2 < began + limit.whole:
        world.clock.at += limit.idle / 2
        assert is_in(browser), "reading counts as use"
    world.clock.at = began + limit.whole
    assert not is_in(browser), "however much it is used"


def test_of_several_roles_the_shortest_holds(world: World) -> None:
    user = a_person(world, Role.CONSULATE)
    make_user(world.app, "consulate@x.example", Role.MODERATOR, country="MX")
    browser = signed_in(world.app, user)
    world.clock.at += SESSION_LIMITS[Role.MODERATOR].idle + MINUTE
    assert not is_in(browser)


def seen_on(app: Flask) -> datetime:
    return read(app, lambda: db.session.scalars(select(SignIn.seen_on)).one())


def test_use_is_noted_once_in_ten_minutes_and_waits_for_nobody(site: Flask) -> None:
    user = make_user(site, "a@x.example", Role.ADMIN)
    browser = signed_in(site, user)
    clock = Clock(site, seen_on(site))
    began = seen_on(site)
    clock.at += 9 * MINUTE
    assert is_in(browser)
    assert seen_on(site) == began
    clock.at += 2 * MINUTE
    with site.app_context(), writing_connection(db.engine):
        if db.engine.dialect.name == "sqlite":
            assert is_in(browser), "a page that reads is not held up by who writes"
            assert seen_on(site) == began
    assert is_in(browser)
    assert seen_on(site) > began


def test_a_browser_whose_time_is_over_is_not_listed(site: Flask) -> None:
    user = make_user(site, "a@x.example", Role.ADMIN)
    signed_in(site, user)
    clock = Clock(site, seen_on(site) + SESSION_LIMITS[Role.ADMIN].idle)
    clock.at += MINUTE
    page = signed_in(site, user).get("/es/account").get_data(as_text=True)
    assert page.count("/sessions/") == 2, "one to end, and the button for all"


def test_to_be_remembered_is_not_offered(site: Flask) -> None:
    make_user(site, "ana@x.example", Role.ADMIN, second_factor=False, password=True)
    browser = visitor(site)
    send(browser, "/es/login", {"email": "ana@x.example", "password": PASSWORD, "remember": "y"})
    assert is_in(browser)
    assert browser.get_cookie("remember_token") is None


def test_who_runs_the_machine_signs_somebody_or_everybody_out(tmp_path: Path) -> None:
    assert shell.run(tmp_path, "init", "--no-seed").returncode == 0
    app = make_app(tmp_path, f"sqlite:///{tmp_path / 'directory.sqlite3'}")
    people = [make_user(app, email, Role.ADMIN) for email in ("ana@x.example", "eva@x.example", "ines@x.example")]
    ana, eva, ines = (signed_in(app, person) for person in people)
    assert shell.run(tmp_path, "user", "sign-out", "ANA@x.example").returncode == 0
    assert [is_in(browser) for browser in (ana, eva, ines)] == [False, True, True]
    assert shell.run(tmp_path, "user", "sign-out").returncode == 2
    said = shell.run(tmp_path, "user", "sign-out", "--everybody")
    assert (said.returncode, said.stdout) == (0, "3 signed out\n")
    assert not any(is_in(browser) for browser in (ana, eva, ines))
    noted = read(app, lambda: db.session.query(AuditEntry.action).filter(AuditEntry.action == "sign-out").count())
    assert noted == 4
    with app.app_context():
        db.engine.dispose()
