"""What the log says of doors, so that an attack can be followed afterwards, and what no visitor can make it say."""

from __future__ import annotations

import logging
import re
import sys

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from directory.accounts.models import Role, TokenScope
from directory.operations.logs import LOGGING, Discreet, Line
from tests.api.test_referrals import ask, token
from tests.site import PASSWORD, make_user, one_time_code, send, signed_in, visitor
from tests.world import World

EMAIL = "ana@x.example"


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, logger="directory")
    return caplog


def doors(said: pytest.LogCaptureFixture) -> list[str]:
    """What was said of doors since one last asked, without whom and from where."""
    lines = [record.getMessage() for record in said.records if record.name == "directory.web.accounts.events"]
    said.clear()
    return [re.sub(r" (account|by|network)=.*", "", line) for line in lines]


def test_every_try_to_sign_in_is_told(site: Flask, said: pytest.LogCaptureFixture) -> None:
    make_user(site, EMAIL, Role.ADMIN, password=True)
    browser = visitor(site)
    send(browser, "/es/login", {"email": EMAIL, "password": "wrong wrong wrong"})
    assert doors(said) == ["password refused"]
    send(browser, "/es/login", {"email": EMAIL, "password": PASSWORD})
    assert doors(said) == ["password right, code to come"]
    send(browser, "/es/tf-validate", {"code": "000000"})
    assert doors(said) == ["code refused"]
    send(browser, "/es/tf-validate", {"code": one_time_code(site, EMAIL)})
    assert doors(said) == ["signed in with code"]
    send(browser, "/es/verify", {"password": "wrong wrong wrong"})
    assert doors(said) == ["password refused"]
    send(browser, "/es/verify", {"password": PASSWORD})
    assert doors(said) == ["password right"]
    new = "cuatro caballos muy cansados"
    send(browser, "/es/change", {"password": PASSWORD, "new_password": new, "new_password_confirm": new})
    assert "new password" in doors(said)
    send(visitor(site), "/es/login", {"email": "nobody@x.example", "password": PASSWORD})
    assert doors(said) == ["password refused"]


def test_without_names_addresses_or_networks_that_tell_whose(site: Flask, said: pytest.LogCaptureFixture) -> None:
    user_id = make_user(site, EMAIL, Role.ADMIN, second_factor=False, password=True)
    for password in ("wrong wrong wrong", PASSWORD):
        send(visitor(site), "/es/login", {"email": EMAIL, "password": password})
    refused, opened = (record.getMessage() for record in said.records if record.name.endswith("events"))
    account = re.findall(r"account=([0-9a-f]{16}) ", f"{refused} {opened} ")
    assert len(account) == 2
    assert account[0] == account[1], "a line can be followed to the next"
    assert str(user_id) in opened
    assert not re.search(r"@|127\.0|wrong|caballos", refused + opened)


def test_a_code_that_was_refused_is_told_with_its_account(site: Flask, said: pytest.LogCaptureFixture) -> None:
    make_user(site, EMAIL, Role.ADMIN, password=True)
    browser = visitor(site)
    send(browser, "/es/login", {"email": EMAIL, "password": PASSWORD})
    send(browser, "/es/tf-validate", {"code": "000000"})
    send(browser, "/es/mf-recovery", {"code": "no-such-code"})
    accounts = {
        re.findall(r"account=(\S+)", record.getMessage())[0] for record in said.records if "events" in record.name
    }
    assert len(accounts) == 1
    assert accounts != {"-"}


def test_what_was_refused_is_told_with_who_asked(world: World, said: pytest.LogCaptureFixture) -> None:
    world.mcallen.get("/es/moderation/")
    world.anyone().get("/api/v1/referrals")
    world.anyone().post("/es/register", data={"name": "x"})
    lines = [record.getMessage() for record in said.records if record.name.endswith("events")]
    assert re.fullmatch(r"403 at moderation\.home by=user:[0-9a-f-]{36} network=[0-9a-f]{16}", lines[0])
    assert re.fullmatch(r"401 at referral_api\.listed by=public network=[0-9a-f]{16}", lines[1])
    assert len(lines) < 4


def test_the_token_of_a_case_register_is_told_when_it_opens_and_when_it_does_not(
    world: World, said: pytest.LogCaptureFixture
) -> None:
    for scope, status in ((TokenScope.READ_REFERRALS, 200), (TokenScope.CREATE_REFERRALS, 403)):
        said.clear()
        key = token(world, scope)
        assert ask(world, key, "").status_code == status
        (line,) = (record.getMessage() for record in said.records if record.name.endswith("events"))
        what = "token taken" if status == 200 else "403"
        assert re.fullmatch(rf"{what} at referral_api\.listed by=token:[0-9a-f-]{{36}} network=[0-9a-f]{{16}}", line)
        assert key not in line


def test_a_database_that_is_away_refused_nobody(
    site: Flask, said: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(**_: object) -> str:
        raise OperationalError("SELECT", {}, Exception())

    monkeypatch.setitem(site.view_functions, "security.login", fails)
    site.config["WTF_CSRF_ENABLED"] = False
    browser = visitor(site)
    assert browser.post("/es/login", data={"email": EMAIL, "password": PASSWORD}).status_code == 503
    assert [line for line in doors(said) if "refused" in line] == []


def test_forms_without_their_token_are_told(site: Flask, said: pytest.LogCaptureFixture) -> None:
    browser = signed_in(site, make_user(site, EMAIL, Role.ADMIN))
    assert browser.post("/es/account/sessions/end").status_code == 400
    assert doors(said) == ["400 at account.end_all"]


def test_tries_that_are_too_many_are_told(site: Flask, said: pytest.LogCaptureFixture) -> None:
    for _ in range(9):
        send(visitor(site), "/es/login", {"email": EMAIL, "password": "wrong wrong wrong"})
    assert doors(said) == [*["password refused"] * 8, "429 at security.login"]


def line(message: str, *args: object, error: bool = False) -> str:
    """A record as it is written."""
    settings = LOGGING["formatters"]["line"]
    try:
        raise ValueError("one\n2026-01-01T00:00:00Z ERROR forged [-] two") if error else LookupError
    except (ValueError, LookupError):
        exc_info = sys.exc_info() if error else None
    record = logging.LogRecord("x", logging.ERROR, "", 0, message, args, exc_info)
    record.created = 1_800_000_000.0
    assert Discreet().filter(record)
    return Line(settings["fmt"], settings["datefmt"]).format(record)


def test_instants_are_utc_and_say_so() -> None:
    assert line("told").startswith("2027-01-15T08:00:00Z ERROR x [-] told")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028", "\u0085", "\x0b"])
def test_nobody_begins_a_line_of_the_log(end: str) -> None:
    forged = f"{end}2026-01-01T00:00:00Z ERROR forged [-] two"
    for text in (line("asked for %s", f"a{forged}"), line("failed", error=True)):
        assert [part for part in text.splitlines()[1:] if not part.startswith("  ")] == []
        assert "forged" in text
