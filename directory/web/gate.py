"""What every request passes before its view runs: the write transaction, the session, permission, the form's token."""

from __future__ import annotations

from flask import Flask, abort, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from directory.accounts.policy import BY_TOKEN, Permission, permission_for
from directory.accounts.viewer import SecondFactorNeeded, SignInNeeded, require, require_token
from directory.database import begin_write
from directory.extensions import csrf, db
from directory.web.accounts import security, sessions
from directory.web.turns import READING_METHODS, only_reads


def bind(app: Flask) -> None:
    """Guard an application, in this order: begin to write, know the browser, ask who may, check the form's token.

    What counts tries has transactions of its own and must have been bound before.
    """
    app.before_request(_open_write_transaction)
    security.bind(app)
    app.before_request(sessions.check_session)
    app.before_request(_check_permission)
    csrf.init_app(app)
    sessions.bind(app)
    app.register_error_handler(SignInNeeded, _to_sign_in)
    app.register_error_handler(SecondFactorNeeded, _to_second_factor)


def _open_write_transaction() -> None:
    if request.method in READING_METHODS or request.routing_exception is not None:
        return
    # The whole request is read first: who sends slowly must not hold the only writer's lock of SQLite.
    _refuse_nul(request.get_data(parse_form_data=True))
    if (
        not only_reads() and request.endpoint != "security.login"
    ):  # checking a password takes long; it writes at the very end
        begin_write(db.session)


def _refuse_nul(body: bytes) -> None:
    """Refuse JSON that holds a NUL: PostgreSQL takes none. Forms clean their own fields."""
    if request.is_json and b"\\u0000" in body:
        abort(400, gettext("What was sent holds a character that cannot be used."))


def _check_permission() -> None:
    """The permission of the route, whatever record it is about."""
    if request.endpoint is None:
        return
    permission = permission_for(request.endpoint)
    if permission is None:
        current_app.logger.error("the route %s has no permission in accounts/policy.py", request.endpoint)
        abort(403)
    if permission in BY_TOKEN:
        require_token(permission, request.headers.get("Authorization", ""))
    elif permission not in (Permission.READ, Permission.SIGN_IN):
        require(permission)


def _to_sign_in(_error: SignInNeeded) -> ResponseReturnValue:
    back = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("security.login", next=back), code=302)


def _to_second_factor(_error: SecondFactorNeeded) -> ResponseReturnValue:
    flash(gettext("For this you need a second factor: a code from an app on your phone. Set it up here, once."))
    return redirect(url_for("security.two_factor_setup"), code=302)
