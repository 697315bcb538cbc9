"""Signing in: argon2, a second factor, recovery, sessions that can be ended, and answers that tell nothing."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask_security.proxies import _security
from sqlalchemy import select

from directory.accounts.models import RateWindow, Role, SignIn, User
from directory.extensions import db
from tests.conftest import make_app
from tests.site import PASSWORD, database, letters, link_in, make_user, one_time_code, read, send, signed_in, visitor


def _sign_in(app: Flask, email: str, password: str, client=None):
    browser = client or visitor(app)
    return browser, send(browser, "/es/login", {"email": email, "password": password})


def test_password_and_code_open_the_door(site: Flask) -> None:
    make_user(site, "ana@x.example", Role.ADMIN, password=True)
    browser, answer = _sign_in(site, "ana@x.example", PASSWORD)
    assert "/es/tf-validate" in (answer.headers.get("Location") or "") or answer.status_code == 200
    assert browser.get("/es/moderation/").status_code == 302, "the password alone opens nothing"
    answer = send(browser, "/es/tf-validate", {"code": one_time_code(site, "ana@x.example")})
    assert answer.status_code == 302
    assert browser.get("/es/moderation/").status_code == 200
    stored = read(site, lambda: db.session.query(User.password).scalar())
    assert "argon2" in stored


def test_a_wrong_code_and_a_used_recovery_code_do_not(site: Flask) -> None:
    user_id = make_user(site, "ana@x.example", Role.ADMIN, password=True)
    with database(site):
        codes = _security.mf_recovery_codes_util.create_recovery_codes(db.session.get_one(User, user_id))
    browser, _ = _sign_in(site, "ana@x.example", PASSWORD)
    send(browser, "/es/tf-validate", {"code": "000000"})
    assert browser.get("/es/moderation/").status_code == 302
    browser, _ = _sign_in(site, "ana@x.example", PASSWORD)
    send(browser, "/es/mf-recovery", {"code": codes[0]})
    assert browser.get("/es/moderation/").status_code == 200
    other, _ = _sign_in(site, "ana@x.example", PASSWORD)
    send(other, "/es/mf-recovery", {"code": codes[0]})
    assert other.get("/es/moderation/").status_code == 302, "each code works once"


def test_a_second_factor_is_set_up_with_codes_to_print(site: Flask) -> None:
    user_id = make_user(site, "ana@x.example", Role.MODERATOR, second_factor=False)
    browser = signed_in(site, user_id)
    denied = browser.get("/es/moderation/queue")
    assert urlsplit(denied.headers["Location"]).path == "/es/tf-setup"
    with browser.session_transaction() as session:
        import time

        session["fs_paa"] = time.time()
    browser.page("/es/tf-setup")
    page = send(browser, "/es/tf-setup", {"setup": "authenticator"}).get_data(as_text=True)
    assert 'src="data:image' in page
    key = re.search(r'class="key">([^<]+)<', page)
    action = re.search(r'action="(/es/tf-setup/[^"]+)"', page)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert key and action and token
    from passlib.totp import TOTP

    code = TOTP(key=key.group(1).replace("-", "").replace(" ", "")).generate().token
    browser.post(action.group(1), data={"code": code, "csrf_token": token.group(1)})
    assert browser.get("/es/moderation/queue").status_code == 200
    codes = send(browser, "/es/mf-recovery-codes", {"generate_new_codes": "1"})
    assert codes.get_data(as_text=True).count("<li><code>") == 8


def test_known_and_unknown_addresses_get_the_same_answer(site: Flask) -> None:
    make_user(site, "ana@x.example", Role.EDITOR, organization_id=_organization(site), password=True)

    def answer(email: str, path: str) -> tuple[int, str]:
        browser = visitor(site)
        found = send(browser, path, {"email": email, "password": "wrong wrong wrong"})
        page = browser.get(found.headers["Location"]) if found.status_code == 302 else found
        return found.status_code, _without_what_differs(page.get_data(as_text=True), email)

    for path in ("/es/login", "/es/reset"):
        assert answer("ana@x.example", path) == answer("nobody@x.example", path)


def _without_what_differs(page: str, email: str) -> str:
    return re.sub(r'name="csrf_token"[^>]*>', "", page).replace(email, "")


def _organization(app: Flask):
    from directory.organizations.models import Organization

    with database(app):
        row = Organization(name="Casa Ejemplo", country="MX", source_name="x")
        db.session.add(row)
        db.session.flush()
        return row.id


def test_the_answer_takes_as_long_for_unknown_addresses(site: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both wait until the same moment; measured by what is slept, not by a clock."""
    waits: list[float] = []
    site.config["SIGN_IN_FLOOR_S"] = 30.0
    monkeypatch.setattr("directory.web.accounts.security.time.sleep", waits.append)
    make_user(site, "ana@x.example", Role.ADMIN, password=True)
    for email in ("ana@x.example", "nobody@x.example"):
        _sign_in(site, email, "wrong wrong wrong")
        send(visitor(site), "/es/reset", {"email": email})
    assert len(waits) == 4
    assert all(20 < wait <= 30 for wait in waits)


def test_a_link_from_the_letter_sets_the_password_once(site: Flask) -> None:
    user_id = make_user(site, "ana@x.example", Role.ADMIN, second_factor=False)
    send(visitor(site), "/es/reset", {"email": "ana@x.example"})
    letter = letters(site, "password-link")[0]
    link = link_in(letter, "/reset/")
    visitor(site).page(link)
    answer = send(visitor(site), link, {"password": PASSWORD, "password_confirm": PASSWORD})
    assert answer.status_code == 302
    user = read(site, lambda: db.session.get_one(User, user_id).confirmed_at)
    assert user is not None, "the letter proved the mailbox"
    assert letters(site, "password-notice")
    again = visitor(site).get(link)
    assert again.status_code == 302, "the link was used up"


def test_a_short_password_is_refused_and_said_why(site: Flask) -> None:
    make_user(site, "ana@x.example", Role.ADMIN, second_factor=False)
    send(visitor(site), "/es/reset", {"email": "ana@x.example"})
    link = link_in(letters(site, "password-link")[0], "/reset/")
    answer = send(visitor(site), link, {"password": "short", "password_confirm": "short"})
    assert answer.status_code == 200
    assert "field-error" in answer.get_data(as_text=True)


def test_sessions_are_listed_and_ended_from_anywhere(site: Flask) -> None:
    user_id = make_user(site, "ana@x.example", Role.ADMIN)
    phone, office = signed_in(site, user_id), signed_in(site, user_id)
    assert phone.page("/es/account") is not None
    send(phone, "/es/account", to="/es/account/sessions/end")
    assert office.get("/es/account").status_code == 302
    assert phone.get("/es/account").status_code == 302
    third, fourth = signed_in(site, user_id), signed_in(site, user_id)
    last = read(site, lambda: db.session.scalars(select(SignIn.id).where(SignIn.ended_at.is_(None))).all())
    send(third, "/es/account", to=f"/es/account/sessions/{last[-1]}/end")
    assert sorted([third.get("/es/account").status_code, fourth.get("/es/account").status_code]) == [200, 302]


def test_nobody_ends_the_session_of_another(site: Flask) -> None:
    mine = signed_in(site, make_user(site, "ana@x.example", Role.ADMIN))
    theirs = signed_in(site, make_user(site, "eva@x.example", Role.ADMIN))
    row = read(site, lambda: db.session.scalars(select(SignIn.id).join(User).where(User.email.like("eva%"))).one())
    send(mine, "/es/account", to=f"/es/account/sessions/{row}/end")
    assert theirs.get("/es/account").status_code == 200


def test_tries_are_counted_for_all_workers_together(site: Flask, database_url: str, tmp_path: Path) -> None:
    """Two applications over one database share the count, as two workers do."""
    other = make_app(tmp_path / "other", database_url)
    make_user(site, "ana@x.example", Role.ADMIN, password=True)
    answers = [
        _sign_in(app, "ana@x.example", "wrong wrong wrong")[1].status_code for _ in range(5) for app in (site, other)
    ]
    assert answers.count(429) == 2
    blocked = _sign_in(site, "ANA@x.example", PASSWORD)[1]
    assert blocked.status_code == 429
    assert int(blocked.headers["Retry-After"]) > 0
    keys = read(site, lambda: db.session.scalars(select(RateWindow.key)).all())
    assert all(re.fullmatch(r"[0-9a-f]{64}", key) for key in keys), "no address and no account in the table"
    with other.app_context():
        db.session.remove()
        db.engine.dispose()
