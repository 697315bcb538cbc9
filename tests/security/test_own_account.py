"""What opens an account is changed only by somebody who has just shown that it is theirs."""

from __future__ import annotations

import re
import time
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from argon2 import extract_parameters
from flask import Flask
from flask_security.proxies import _security
from itsdangerous import BadSignature, TimestampSigner

from directory import create_app
from directory.accounts.models import Role, SignIn, User
from directory.extensions import db
from directory.web.accounts.keys import signer
from tests.client import CheckingClient
from tests.conftest import make_app
from tests.site import PASSWORD, hidden_fields, letters, link_in, make_user, read, send, signed_in, visitor

EMAIL = "ana@x.example"
NEW = "cuatro caballos muy cansados"
MINUTES = 60


@pytest.fixture
def browser(site: Flask) -> CheckingClient:
    """A browser in which a moderator signed in a while ago."""
    client = signed_in(site, make_user(site, EMAIL, Role.MODERATOR, password=True))
    authenticated(client, 16)
    return client


def authenticated(client: CheckingClient, minutes_ago: int) -> None:
    with client.session_transaction() as session:
        session["fs_paa"] = time.time() - minutes_ago * MINUTES
        session.pop("fs_gexp", None)


@pytest.mark.parametrize("page", ["/es/tf-setup", "/es/mf-recovery-codes"])
def test_a_second_factor_is_changed_by_who_typed_the_password_just_now(browser: CheckingClient, page: str) -> None:
    assert urlsplit(browser.get(page).headers["Location"]).path == "/es/verify"
    send(browser, "/es/verify", {"password": "not the password"})
    assert browser.get(page).status_code == 302
    send(browser, "/es/verify", {"password": PASSWORD})
    assert browser.get(page).status_code == 200
    authenticated(browser, 14)
    assert browser.get(page).status_code == 200


def test_a_password_is_changed_by_who_knows_it_and_every_other_browser_is_out(
    site: Flask, browser: CheckingClient
) -> None:
    user_id = read(site, lambda: db.session.query(User.id).scalar())
    other = signed_in(site, user_id)
    fields = {"new_password": NEW, "new_password_confirm": NEW}
    send(browser, "/es/change", {"password": "not the password", **fields})
    assert other.get("/es/account").status_code == 200
    assert send(browser, "/es/change", {"password": PASSWORD, **fields}).status_code == 302
    assert other.get("/es/account").status_code == 302


def test_a_link_to_a_new_password_is_no_way_past_the_code(site: Flask) -> None:
    make_user(site, EMAIL, Role.MODERATOR, password=True)
    send(visitor(site), "/es/reset", {"email": EMAIL})
    client = visitor(site)
    answer = send(
        client, link_in(letters(site, "password-link")[0], "/reset/"), {"password": NEW, "password_confirm": NEW}
    )
    assert answer.status_code == 302
    assert client.get("/es/account").status_code == 302, "a link signs nobody in"
    send(client, "/es/login", {"email": EMAIL, "password": NEW})
    assert client.get("/es/account").status_code == 302, "nor does the password alone"


def test_every_sign_in_is_a_session_of_its_own(site: Flask) -> None:
    user_id = make_user(site, EMAIL, Role.ADMIN, second_factor=False, password=True)
    keys = set()
    client = visitor(site)
    for _ in range(2):
        send(client, "/es/login", {"email": EMAIL, "password": PASSWORD})
        with client.session_transaction() as session:
            keys.add(session["sign_in"])
        send(client, "/es/account", to="/es/logout")
    rows = read(site, lambda: db.session.query(SignIn.id, SignIn.ended_at).filter_by(user_id=user_id).all())
    assert {str(row.id) for row in rows} == keys
    assert len(keys) == 2
    assert all(row.ended_at for row in rows)


@pytest.mark.parametrize("to", ["https://evil.example/", "//evil.example/", "/\\evil.example", "https:evil.example"])
def test_after_signing_in_nobody_is_sent_elsewhere(site: Flask, to: str) -> None:
    make_user(site, EMAIL, Role.ADMIN, second_factor=False, password=True)
    client = visitor(site)
    answer = send(client, "/es/login", {"email": EMAIL, "password": PASSWORD}, to=f"/es/login?next={to}")
    location = answer.headers.get("Location", "")
    assert urlsplit(urljoin("http://localhost/es/login", location.replace("\\", "/"))).netloc == "localhost"


def test_passwords_and_codes_are_stored_so_that_a_copy_of_the_database_tells_nothing(site: Flask) -> None:
    """Argon2id as RFC 9106 asks; recovery codes of 48 bits, enciphered with a key that is elsewhere."""
    user_id = make_user(site, EMAIL, Role.ADMIN)
    fresh = create_app(site.extensions["directory.settings"])
    with fresh.app_context():
        found = extract_parameters(fresh.extensions["security"].pwd_context.hash(PASSWORD))
        user = db.session.get_one(User, user_id)
        codes = _security.mf_recovery_codes_util.create_recovery_codes(user)
        stored = str(user.mf_recovery_codes)
        db.session.remove()
        db.engine.dispose()
    assert (found.type.name, found.time_cost >= 3, found.memory_cost >= 12_288) == ("ID", True, True)
    assert len({code for code in codes if re.fullmatch(r"[0-9a-f]{4}(-[0-9a-f]{4}){2}", code)}) == 8
    assert not [code for code in codes if code in stored]


def test_a_link_to_a_new_password_ends_after_two_days(site: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    make_user(site, EMAIL, Role.ADMIN)
    send(visitor(site), "/es/reset", {"email": EMAIL})
    link = link_in(letters(site, "password-link")[0], "/reset/")
    assert visitor(site).get(link).status_code == 200
    for days, status in ((1.9, 200), (2.1, 302)):
        later = time.time() + days * 86_400
        monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _self, at=later: int(at))
        assert visitor(site).get(link).status_code == status


def test_what_was_signed_for_one_purpose_is_nothing_for_another(site: Flask) -> None:
    with site.app_context():
        signed = signer("form-opened").dumps("x")
        assert signer("form-opened").loads(signed) == "x"
        for other, altered in (("known browser", signed), ("form-opened", signed[:-2] + "AA")):
            with pytest.raises(BadSignature):
                signer(other).loads(altered)


def test_whose_access_is_taken_is_out_everywhere(site: Flask) -> None:
    admin = signed_in(site, make_user(site, "admin@x.example", Role.ADMIN))
    ana = make_user(site, EMAIL, Role.MODERATOR)
    browsers = [signed_in(site, ana), signed_in(site, ana)]
    send(admin, "/es/people", to=f"/es/people/{ana}/withdraw")
    assert [browser.get("/es/account").status_code for browser in browsers] == [302, 302]


def test_no_cookie_leaves_this_host_or_is_read_by_a_script(database_url: str, tmp_path: Path) -> None:
    address = "https://directorio.example"
    app = make_app(tmp_path, database_url, base_url=address, trusted_hosts=("directorio.example",))
    make_user(app, EMAIL, Role.ADMIN, second_factor=False, password=True)
    browser = visitor(app)
    page = browser.get("/es/login", base_url=address).get_data(as_text=True)
    data = {**hidden_fields(page), "email": EMAIL, "password": PASSWORD}
    answer = browser.post("/es/login", data=data, base_url=address)
    cookies = answer.headers.getlist("Set-Cookie")
    assert {cookie.partition("=")[0] for cookie in cookies} == {"__Host-session", "__Host-known"}
    for cookie in cookies:
        parts = {part.strip() for part in cookie.split(";")}
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= parts
        assert not [part for part in parts if part.startswith("Domain")]
    with app.app_context():
        db.engine.dispose()
