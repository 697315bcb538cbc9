"""What answers say, and never say: their type and charset, and nothing of the machine when something fails."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from directory.accounts.models import User
from directory.accounts.throttle import LIMITS
from directory.extensions import db
from tests.accounts.test_policy import rows
from tests.site import read, visitor
from tests.world import World

SECRET = "palabrasecreta"
PAGE, JSON = ("pages.home", "/es/"), ("api.consulates", "/api/v1/consulates")
WITHOUT_CHARSET = frozenset(
    {"application/json", "application/problem+json", "application/geo+json", "application/x-ndjson",
     "application/pdf", "application/zip", "image/svg+xml", "image/png"}
)  # fmt: skip
"""Types that are UTF-8 by their own definition, or no text."""
WAYS_IN = {
    "login", "verify", "logout", "change_password", "forgot_password", "reset_password", "two_factor_setup",
    "two_factor_setup_validate", "two_factor_token_validation", "two_factor_rescue", "tf_select", "mf_recovery",
    "mf_recovery_codes",
}  # fmt: skip
"""As docs/controls.md tells them."""


def test_every_answer_says_its_type_and_texts_their_charset(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for what in LIMITS:
        monkeypatch.setitem(LIMITS, what, ("100000/hour", "100000/hour"))
    wrong, answered = [], 0
    for endpoint, method, path in rows(world.app):
        answer = world.mcallen.open(path.replace("hn-ejemplo", "hn-mcallen"), method=method)
        if answer.get_data():
            answered += 1
            is_said = answer.mimetype in WITHOUT_CHARSET or "charset=utf-8" in answer.headers["Content-Type"].lower()
            wrong += [] if answer.mimetype and is_said else [(endpoint, answer.headers.get("Content-Type"))]
    assert wrong == []
    assert answered > 150


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "DELETE", "PUT"])
@pytest.mark.parametrize("path", ["/es/", "/api/v1/search", "/es/login", "/static/", "/healthz"])
def test_methods_that_nobody_needs_are_refused(site: Flask, method: str, path: str) -> None:
    answer = visitor(site).open(path, method=method, headers={"X-Secret": SECRET})
    assert answer.status_code in (404, 405)
    assert SECRET not in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "path", ["/static/", "/static", "/static/../", "/.git/config", "/.env", "/var/", "/static/%2e%2e/settings.py",
             "/seed_data/", "/templates/", "/static/..%2f..%2fsecret_key", "/console", "/metrics", "/debug"],
)  # fmt: skip
def test_no_folder_is_listed_and_no_file_of_ours_is_served(site: Flask, path: str) -> None:
    assert visitor(site).get(path).status_code == 404


@pytest.mark.parametrize(("endpoint", "path"), [PAGE, JSON])
def test_a_fault_tells_nothing_of_itself(
    site: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, endpoint: str, path: str
) -> None:
    def fails(**_: object) -> str:
        raise RuntimeError(SECRET)

    monkeypatch.setitem(site.view_functions, endpoint, fails)
    answer = visitor(site).get(path)
    assert answer.status_code == 500
    assert not re.search(rf"{SECRET}|Traceback|RuntimeError|\.py", answer.get_data(as_text=True))
    assert "unexpected error" in caplog.text, "who runs it is told"


@pytest.mark.parametrize(("endpoint", "path"), [PAGE, JSON])
def test_a_database_that_is_away_tells_nothing_of_itself(
    site: Flask, monkeypatch: pytest.MonkeyPatch, endpoint: str, path: str
) -> None:
    def fails(**_: object) -> str:
        raise OperationalError(f"SELECT {SECRET}", {}, Exception(f"connection to 10.0.0.5 as {SECRET}"))

    monkeypatch.setitem(site.view_functions, endpoint, fails)
    answer = visitor(site).get(path)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert not re.search(rf"{SECRET}|SELECT|10\.0\.0", answer.get_data(as_text=True))


def test_a_new_installation_knows_nobody(seeded: Flask) -> None:
    assert read(seeded, lambda: db.session.query(User).count()) == 0


def test_there_are_no_other_ways_in(site: Flask) -> None:
    found = {rule.endpoint for rule in site.url_map.iter_rules() if rule.endpoint.startswith("security.")}
    assert found == {f"security.{name}" for name in WAYS_IN}


def test_passwords_are_masked_and_may_be_pasted_and_kept_by_a_browser(site: Flask) -> None:
    page = visitor(site).get("/es/login").get_data(as_text=True)
    (field,) = re.findall(r'<input[^>]*name="password"[^>]*>', page)
    assert 'type="password"' in field
    assert 'autocomplete="current-password"' in field
    assert not re.search(r"onpaste|maxlength|readonly", field)
