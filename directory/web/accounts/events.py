"""What the log says of doors: who signed in and what was refused, so that an attack can be followed afterwards.

Accounts and networks are keyed digests, people their ids: a line tells nobody whose it is without the database.
"""

from __future__ import annotations

import logging

from flask import Flask, Response, g, request, session
from flask_login import user_logged_in, user_logged_out
from flask_security import current_user
from flask_security.signals import password_changed, password_reset, tf_profile_changed
from sqlalchemy import select

from directory.accounts.models import User
from directory.accounts.throttle import anonymous, network_of
from directory.accounts.viewer import NOBODY, actor_name
from directory.extensions import db

_log = logging.getLogger(__name__)
_TRIED = {
    "security.login": "password",
    "security.verify": "password",
    "security.two_factor_token_validation": "code",
    "security.mf_recovery": "recovery code",
}
_WITH = {"security.two_factor_token_validation": " with code", "security.mf_recovery": " with recovery code"}
_REFUSED = frozenset({401, 403, 413, 415, 429})


def bind(app: Flask) -> None:
    """Listen to an application's doors."""
    user_logged_in.connect(_signed_in, app)
    user_logged_out.connect(_signed_out, app)
    password_changed.connect(_new_password, app)
    password_reset.connect(_new_password, app)
    tf_profile_changed.connect(_new_factor, app)
    app.after_request(_tell_the_rest)


def _signed_in(_app: Flask, user: User, **_extra: object) -> None:
    _tell(f"signed in{_WITH.get(request.endpoint or '', '')}", user)


def _signed_out(_app: Flask, user: User | None = None, **_extra: object) -> None:
    _tell("signed out", user)


def _new_password(_app: Flask, user: User, **_extra: object) -> None:
    _tell("new password", user)


def _new_factor(_app: Flask, user: User, **_extra: object) -> None:
    _tell("new second factor", user)


def _tell(what: str, user: User | None) -> None:
    g.is_told = True
    _log.info(
        "%s account=%s by=%s %s", what, _account(user.email if user else ""), user.id if user else "-", _network()
    )


def _tell_the_rest(response: Response) -> Response:
    """What no signal told of: what was refused, a token that was taken, a try that opened nothing yet."""
    status = response.status_code
    if status in _REFUSED or (status == 400 and request.method == "POST"):
        by = actor_name() if g.get("viewer", NOBODY) != NOBODY else "public"
        _log.info("%s at %s by=%s %s", status, request.endpoint, by, _network())
    elif "api_token" in g:
        _log.info("token taken at %s by=%s %s", request.endpoint, actor_name(), _network())
    elif request.method == "POST" and request.endpoint in _TRIED and status < 400 and "is_told" not in g:
        _tell_try(_TRIED[request.endpoint], status)
    return response


def _tell_try(what: str, status: int) -> None:
    if request.endpoint == "security.verify" and status == 302:
        outcome = "right"
    else:
        is_right = request.endpoint == "security.login" and "tf_user_id" in session
        outcome = "right, code to come" if is_right else "refused"
    _log.info("%s %s account=%s %s", what, outcome, _account(_who_tried()), _network())


def _who_tried() -> str:
    if request.endpoint == "security.login":
        return request.form.get("email", "")
    if current_user.is_authenticated:
        return str(current_user.email)
    began = session.get("tf_user_id")
    return db.session.scalar(select(User.email).where(User.fs_uniquifier == str(began))) or ""


def _account(email: str) -> str:
    return anonymous(email.strip().lower())[:16] if email else "-"


def _network() -> str:
    return f"network={anonymous(network_of(request.remote_addr))[:16]}"
