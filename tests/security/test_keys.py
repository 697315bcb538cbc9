"""A new key: what the old one stored and signed is read, then written anew, and the old one may go."""

from __future__ import annotations

import base64
import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask_security.proxies import _security
from passlib.totp import AppWallet
from sqlalchemy import select

from directory.accounts.models import Role, User
from directory.database import begin_write
from directory.extensions import db
from directory.settings import Settings
from directory.web.accounts.keys import SEALED, rotate
from tests import shell
from tests.conftest import make_app
from tests.site import PASSWORD, make_user, one_time_code, send, signed_in, visitor

EMAIL = "ana@x.example"
OLD, NEW, OTHER = "the old key of forty characters or more", "the new key of forty characters or more", "a third one"


@pytest.fixture
def old(site: Flask) -> Iterator[Flask]:
    """An installation with the old key, and a moderator with a second factor and recovery codes."""
    app = with_keys(site, OLD)
    make_user(app, EMAIL, Role.ADMIN, password=True)
    yield app
    with app.app_context():
        db.engine.dispose()


def with_keys(app: Flask, *keys: str) -> Flask:
    settings: Settings = app.extensions["directory.settings"]
    return make_app(settings.data_dir, settings.database_url, secret_key=keys[0], former_keys=keys[1:])


def codes_of(app: Flask, *, make: bool = False) -> list[str]:
    with app.app_context():
        begin_write(db.session)
        user = db.session.scalars(select(User).where(User.email == EMAIL)).one()
        util = _security.mf_recovery_codes_util
        codes: list[str] = util.create_recovery_codes(user) if make else util.get_recovery_codes(user)
        db.session.commit()
        db.session.remove()
    return codes


def signs_in(app: Flask, code: str, page: str = "/es/tf-validate") -> bool:
    browser = visitor(app)
    send(browser, "/es/login", {"email": EMAIL, "password": PASSWORD})
    send(browser, page, {"code": code})
    return browser.get("/es/moderation/").status_code == 200


def rotated(app: Flask) -> tuple[int, int, tuple[str, ...]]:
    with app.app_context():
        begin_write(db.session)
        done = rotate(db.session)
        db.session.commit()
        db.session.remove()
    return dataclasses.astuple(done)  # type: ignore[return-value]


def test_from_the_old_key_to_the_new_one(old: Flask) -> None:
    codes = codes_of(old, make=True)
    with old.app_context():
        begin_write(db.session)
        user_id = db.session.scalars(select(User.id).where(User.email == EMAIL)).one()
        db.session.commit()
        db.session.remove()
    browser = signed_in(old, user_id)
    cookie = browser.get_cookie("session")
    assert cookie is not None
    both = with_keys(old, NEW, OLD)
    moved = visitor(both)
    moved.set_cookie("session", cookie.value)
    assert moved.get("/es/moderation/").status_code == 200, "whoever was signed in stays so"
    assert codes_of(both) == codes
    assert signs_in(both, codes[0], "/es/mf-recovery")
    assert rotated(both) == (1, 1, ())
    alone = with_keys(old, NEW)
    assert codes_of(alone) == codes[1:]
    assert signs_in(alone, one_time_code(alone, EMAIL))
    gone = visitor(alone)
    gone.set_cookie("session", cookie.value)
    assert gone.get("/es/moderation/").status_code != 200
    assert rotated(alone) == (1, 1, ()), "done twice it changes nothing"


def test_what_no_known_key_reads_is_named_and_left(old: Flask) -> None:
    codes = codes_of(old, make=True)
    assert rotated(with_keys(old, NEW)) == (0, 0, (EMAIL,))
    assert rotated(with_keys(old, NEW, OTHER)) == (0, 0, (EMAIL,))
    assert codes_of(old) == codes, "nothing was lost: the old key reads it still"
    assert signs_in(old, one_time_code(old, EMAIL))


def test_a_second_factor_of_a_release_before_is_the_oldest_keys(old: Flask) -> None:
    with old.app_context():
        begin_write(db.session)
        user = db.session.scalars(select(User).where(User.email == EMAIL)).one()
        tag = _security.totp_factory._totp.wallet.default_tag
        user.tf_totp_secret = _security.totp_factory.generate_totp_secret().replace(tag, "1")
        db.session.commit()
        db.session.remove()
    for keys in ((OLD,), (NEW, OLD), (OTHER, NEW, OLD)):
        with with_keys(old, *keys).app_context():
            stored = db.session.scalars(select(User.tf_totp_secret).where(User.email == EMAIL)).one()
            assert '"t":"1"' in str(stored).replace(" ", "")
            assert _security.totp_factory._totp.from_source(stored).key
            db.session.remove()


def test_a_second_factor_that_was_changed_in_the_database_opens_nothing(old: Flask) -> None:
    with old.app_context():
        begin_write(db.session)
        user = db.session.scalars(select(User).where(User.email == EMAIL)).one()
        factory = _security.totp_factory._totp
        stored = json.loads(user.tf_totp_secret)
        assert factory.from_source(json.dumps(stored)).key
        raw = bytearray(base64.b64decode(stored["enckey"]["k"]))
        raw[-20] ^= 1
        changed = {**stored, "enckey": {**stored["enckey"], "k": base64.b64encode(bytes(raw)).decode()}}
        with pytest.raises(ValueError, match="changed"):
            factory.from_source(json.dumps(changed))
        user.tf_totp_secret = json.dumps(changed)
        db.session.commit()
        db.session.remove()
    assert rotated(old) == (0, 0, (EMAIL,)), "it is named"
    browser = visitor(old)
    send(browser, "/es/login", {"email": EMAIL, "password": PASSWORD})
    assert send(browser, "/es/tf-validate", {"code": "123456"}).status_code == 200, "refused, and no fault"
    assert browser.get("/es/moderation/").status_code == 302


def test_what_passlib_stored_is_read_and_written_anew(old: Flask) -> None:
    with old.app_context():
        begin_write(db.session)
        user = db.session.scalars(select(User).where(User.email == EMAIL)).one()
        factory = _security.totp_factory._totp
        key = factory.from_source(user.tf_totp_secret).key
        enckey = AppWallet.encrypt_key(factory.wallet, key)
        user.tf_totp_secret = json.dumps({**json.loads(user.tf_totp_secret), "enckey": enckey})
        db.session.commit()
        db.session.remove()
    assert signs_in(old, one_time_code(old, EMAIL))
    assert rotated(old) == (1, 0, ())
    with old.app_context():
        stored = json.loads(db.session.scalars(select(User.tf_totp_secret)).one())
        db.session.remove()
    assert stored["enckey"]["v"] == SEALED


def test_the_command_says_when_the_old_key_may_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIRECTORY_SECRET_KEY", OLD.replace(" ", "-"))
    assert shell.run(tmp_path, "init", "--no-seed").returncode == 0
    said = shell.run(tmp_path, "key", "rotate")
    assert (said.returncode, said.stdout.splitlines()[-1]) == (0, "there is no former key")
    monkeypatch.setenv("DIRECTORY_SECRET_KEY", NEW.replace(" ", "-"))
    monkeypatch.setenv("DIRECTORY_SECRET_KEY_FORMER", OLD.replace(" ", "-"))
    said = shell.run(tmp_path, "key", "rotate")
    assert said.returncode == 0, said.stderr
    assert "DIRECTORY_SECRET_KEY_FORMER may go" in said.stdout
