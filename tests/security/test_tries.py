"""Guessing passwords: stopped for who guesses, not for the owner; the owner is told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from directory.accounts.models import Role
from tests.client import CheckingClient
from tests.site import PASSWORD, Clock, letters, make_user, send, visitor

EMAIL = "ana@x.example"
WINDOW = timedelta(minutes=15)


@pytest.fixture
def clock(site: Flask) -> Clock:
    make_user(site, EMAIL, Role.MODERATOR, second_factor=False, password=True)
    return Clock(site)


def attempt(site: Flask, password: str, address: str, browser: CheckingClient | None = None, email: str = EMAIL) -> int:
    client = browser or visitor(site)
    client.environ_base["REMOTE_ADDR"] = address
    return send(client, "/es/login", {"email": email, "password": password}).status_code


def test_eight_tries_from_one_network_and_the_owner_elsewhere_gets_in(site: Flask, clock: Clock) -> None:
    answers = [attempt(site, "wrong", "192.0.2.7") for _ in range(9)]
    assert answers == [200] * 8 + [429]
    assert attempt(site, PASSWORD, "192.0.2.9") == 429, "the same network"
    assert attempt(site, PASSWORD, "198.51.100.1") == 302, "another one"


def test_from_many_networks_a_known_browser_still_gets_in(site: Flask, clock: Clock) -> None:
    known = visitor(site)
    assert attempt(site, PASSWORD, "198.51.100.1", known) == 302
    send(known, "/es/account", to="/es/account/sessions/end")
    answers = [attempt(site, "wrong", f"10.{number}.0.1") for number in range(60)]
    assert answers == [200] * 59 + [429], "the first of sixty was the owner"
    assert attempt(site, PASSWORD, "203.0.113.5") == 429, "an unknown browser waits"
    assert attempt(site, PASSWORD, "203.0.113.5", known) == 302
    send(known, "/es/account", to="/es/account/sessions/end")
    other = [attempt(site, "wrong", "203.0.113.6", known, "eva@x.example") for _ in range(9)]
    assert other[-1] == 429, "it is known for one account only"


def test_a_known_browser_has_a_count_of_its_own(site: Flask, clock: Clock) -> None:
    known = visitor(site)
    attempt(site, PASSWORD, "198.51.100.1", known)
    send(known, "/es/account", to="/es/account/sessions/end")
    assert [attempt(site, "wrong", f"10.{number}.0.1", known) for number in range(9)] == [200] * 8 + [429]


def test_the_owner_gets_one_letter_a_day_and_a_stranger_none(site: Flask, clock: Clock) -> None:
    for _ in range(12):
        attempt(site, "wrong", "192.0.2.7")
        attempt(site, "wrong", "192.0.2.7", email="nobody@x.example")
    assert [letter.recipient for letter in letters(site, "tries-notice")] == [EMAIL]
    clock.pass_days(1.01)
    for _ in range(9):
        attempt(site, "wrong", "192.0.2.7")
    assert len(letters(site, "tries-notice")) == 2


def test_waiting_is_never_longer_than_the_window_even_after_a_wrong_clock(site: Flask, clock: Clock) -> None:
    clock.at += timedelta(days=1)
    for _ in range(9):
        attempt(site, "wrong", "192.0.2.7")
    clock.at -= timedelta(days=1)
    assert attempt(site, PASSWORD, "192.0.2.7") == 302, "that window was begun by a clock that was wrong"
    for _ in range(8):
        attempt(site, "wrong", "192.0.2.8")
    client = visitor(site)
    client.environ_base["REMOTE_ADDR"] = "192.0.2.8"
    answer = send(client, "/es/login", {"email": EMAIL, "password": PASSWORD})
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= WINDOW.total_seconds()
