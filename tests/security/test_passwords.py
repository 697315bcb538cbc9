"""New passwords: long, not among the first that are tried, never cut off without a word."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from directory.accounts.models import Role, User
from directory.extensions import db
from directory.web.accounts.passwords import MAX_LENGTH, is_guessed
from tests.site import PASSWORD, Clock, letters, link_in, make_user, read, send, visitor

EMAIL = "ana.ejemplo@consulado.example"


@pytest.mark.parametrize(
    "password",
    [
        "password1234", "123456789012", "contraseña123", "contrasena2026", "motdepasse123", "qwertyuiop12",
        "aaaaaaaaaaaaa", "abcdefghijkl", "consulado2026", "Guatemala2026", "república123", "teamomucho123",
        "migrante2026!", "1q2w3e4r5t6y", "ana.ejemplo@consulado.example", "ejemploejemplo", "directorio2026",
        "bonjour12345", "iloveyou1234", "P@ssw0rd1234", "megaparol12345", "MEGAPAROL12345", "yfdbufnjh10305070",
        "jundian2011xr", "telechargement", "1q4w7e8r9t6y",
    ],
)  # fmt: skip
def test_what_is_tried_first_is_not_taken(app: Flask, password: str) -> None:
    assert is_guessed(password, EMAIL)


@pytest.mark.parametrize(
    "password", [PASSWORD, "gato perro casa sol", "chaise verte neuf lapins", "correct horse battery", "kV9#rT2!mQ7x"]
)
def test_three_words_are_enough(app: Flask, password: str) -> None:
    assert not is_guessed(password, EMAIL)


def set_password(site: Flask, password: str) -> str:
    """The answer of the page under the link of the letter."""
    make_user(site, EMAIL, Role.MODERATOR, second_factor=False)
    browser = visitor(site)
    send(browser, "/es/reset", {"email": EMAIL})
    link = link_in(letters(site)[-1], "/reset/")
    return send(browser, link, {"password": password, "password_confirm": password}).get_data(as_text=True)


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("password1234", "primeras que se prueban"),
        ("ana.ejemplo2026", "primeras que se prueban"),
        ("gato perro casa sol " * 13, f"{MAX_LENGTH} caracteres"),
        ("x" * 5_000, f"{MAX_LENGTH} caracteres"),
    ],
)
def test_the_page_says_why(site: Flask, password: str, words: str) -> None:
    assert words in set_password(site, password)
    assert read(site, lambda: db.session.scalars(select(User.password)).one()) is None


@pytest.mark.parametrize("length", [MAX_LENGTH + 1, 4_097, 100_000])
def test_a_password_that_is_too_long_is_simply_wrong(site: Flask, length: int) -> None:
    make_user(site, EMAIL, Role.MODERATOR, second_factor=False, password=True)
    browser = visitor(site)
    for typed in ("x" * length, PASSWORD + "x" * length):
        answer = send(browser, "/es/login", {"email": EMAIL, "password": typed})
        assert answer.status_code == 200
        assert browser.get("/es/account").status_code == 302


@pytest.mark.parametrize("length", [64, MAX_LENGTH])
def test_a_long_one_counts_to_its_last_letter(site: Flask, length: int) -> None:
    make_user(site, EMAIL, Role.ADMIN, second_factor=False)
    send(visitor(site), "/es/reset", {"email": EMAIL})
    long = ("tres caballos cansados bajan despacio a la ciudad " * 6)[: length - 1].replace(" ", "-") + "z"
    answer = send(visitor(site), link_in(letters(site, "password-link")[0], "/reset/"),
                  {"password": long, "password_confirm": long})  # fmt: skip
    assert answer.status_code == 302
    for typed, opens in ((long[:-1], False), (long[:-1] + "Z", False), (long, True)):
        browser = visitor(site)
        send(browser, "/es/login", {"email": EMAIL, "password": typed})
        assert (browser.get("/es/account").status_code == 200) is opens


def test_one_never_ends_by_time(site: Flask) -> None:
    clock = Clock(site)
    make_user(site, EMAIL, Role.ADMIN, second_factor=False, password=True)
    clock.pass_days(1_000)
    browser = visitor(site)
    send(browser, "/es/login", {"email": EMAIL, "password": PASSWORD})
    assert browser.get("/es/account").status_code == 200
