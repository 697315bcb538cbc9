"""A one-time code opens one door once, around its own half minute."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask_security.proxies import _security
from sqlalchemy import select

from directory.accounts.models import Role, User
from directory.extensions import db
from tests.client import CheckingClient
from tests.site import PASSWORD, Clock, make_user, read, send, visitor

EMAIL = "ana@x.example"
AT = datetime(2026, 11, 30, 12, 0, 15, tzinfo=UTC)


@pytest.fixture
def clock(site: Flask) -> Clock:
    make_user(site, EMAIL, Role.ADMIN, password=True)
    return Clock(site, AT)


def code(site: Flask, at: datetime) -> str:
    secret = read(site, lambda: db.session.scalars(select(User.tf_totp_secret).where(User.email == EMAIL)).one())
    with site.app_context():
        return str(_security.totp_factory._totp.from_source(secret).generate(time=at.timestamp()).token)


def try_code(site: Flask, given: str) -> tuple[CheckingClient, str]:
    browser = visitor(site)
    send(browser, "/es/login", {"email": EMAIL, "password": PASSWORD})
    return browser, send(browser, "/es/tf-validate", {"code": given}).get_data(as_text=True)


def is_in(browser: CheckingClient) -> bool:
    return browser.get("/es/moderation/").status_code == 200


def test_a_code_that_was_used_opens_nothing_in_another_browser(site: Flask, clock: Clock) -> None:
    given = code(site, AT)
    first, _ = try_code(site, given)
    assert is_in(first)
    second, told = try_code(site, given)
    assert not is_in(second)
    assert "ya se usó" in told
    earlier, _ = try_code(site, code(site, AT - timedelta(seconds=30)))
    assert not is_in(earlier), "nor does the one before it"
    clock.at = AT + timedelta(seconds=30)
    third, _ = try_code(site, code(site, clock.at))
    assert is_in(third)


@pytest.mark.parametrize(("off_s", "opens"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_one_step_on_either_side(site: Flask, clock: Clock, off_s: int, opens: bool) -> None:
    browser, _ = try_code(site, code(site, AT + timedelta(seconds=off_s)))
    assert is_in(browser) is opens


@pytest.mark.parametrize(
    ("off_s", "words"),
    [
        (-300, "unos 5 minutos"),
        (-60, "un minuto"),
        (60, "adelantado"),
        (300, "no es correcto"),
        (-3600, "no es correcto"),
    ],
)
def test_a_telephone_whose_clock_is_wrong_is_told(site: Flask, clock: Clock, off_s: int, words: str) -> None:
    """Of codes yet to come only the nearest: whoever guesses learns none that will be right."""
    _, told = try_code(site, code(site, AT + timedelta(seconds=off_s)))
    assert words in told
