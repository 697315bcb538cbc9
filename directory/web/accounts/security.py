"""Flask-Security, bound to our users, our mail, our pages and our throttle."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

from flask import Flask, Response, abort, current_app, g, request, session
from flask_babel import lazy_gettext
from flask_security import MailUtil, Security, SQLAlchemyUserDatastore
from flask_security.signals import password_changed, password_reset
from sqlalchemy import select
from werkzeug.exceptions import TooManyRequests

from directory.accounts.letters import TRIES_NOTICE, post_from_security, post_tries_notice
from directory.accounts.models import Grant, User
from directory.accounts.sessions import end_all_sessions
from directory.accounts.throttle import throttle, throttle_account
from directory.clock import now
from directory.database import begin_write
from directory.extensions import db
from directory.mail.outbox import sent_lately
from directory.settings import LANGUAGES, Settings
from directory.web.accounts.keys import derived, recovery_keys, totp_secrets
from directory.web.accounts.known_browsers import browser_of
from directory.web.accounts.one_time_codes import STEP_S, OneTimeCodes, wrong_code
from directory.web.accounts.passwords import MIN_LENGTH, OwnPasswords

FLOOR = "SIGN_IN_FLOOR_S"
"""Answers to a sign-in or a forgotten password take at least this long, whether or not the account exists."""
_THROTTLED = {
    "security.login": ("sign-in", "email"),
    "security.forgot_password": ("recover", "email"),
    "security.two_factor_token_validation": ("second-factor", None),
    "security.mf_recovery": ("second-factor", None),
    "security.verify": ("second-factor", None),
    "security.reset_password": ("second-factor", None),
}
_EVEN = frozenset({"security.login", "security.forgot_password"})


class OutboxMail(MailUtil):
    """Flask-Security's mail goes through the outbox, as our letters."""

    def send_mail(
        self,
        template: str,
        subject: str,  # noqa: ARG002  (our letters have their own)
        recipient: Any,  # noqa: ARG002
        sender: Any,  # noqa: ARG002
        body: Any,  # noqa: ARG002
        html: Any,  # noqa: ARG002
        **kwargs: Any,
    ) -> None:
        """Queue the letter that stands for `template`."""
        post_from_security(db.session, template, kwargs["user"])


def bind(app: Flask) -> Security:
    """Give the application sign-in, recovery and second factors, under /{lang}/."""
    app.config.from_mapping(_config(app.extensions["directory.settings"]))
    app.config.setdefault(FLOOR, 0.6)
    security = Security(
        app,
        SQLAlchemyUserDatastore(db, User, Grant),
        mail_util_cls=OutboxMail,
        totp_cls=OneTimeCodes,
        password_util_cls=OwnPasswords,
        register_blueprint=True,
    )
    app.url_value_preprocessor(_take_language)
    app.url_defaults(_give_language)
    app.after_request(_finish)
    password_reset.connect(_password_was_set, app)
    password_changed.connect(_password_was_set, app)
    return security


def throttle_sign_in() -> None:
    """Count tries to sign in, before anything else happens in the request."""
    if request.blueprint == "security" and request.is_json:
        abort(415)  # forms only: what is counted and what is tried must be the same
    if request.method != "POST" or request.endpoint not in _THROTTLED:
        return
    g.asked_at = time.monotonic()
    what, field = _THROTTLED[request.endpoint]
    who = request.form.get(field, "") if field else str(session.get("tf_user_id") or session.get("_user_id") or "")
    if request.endpoint == "security.login":
        _throttle_account(who[:200])
    else:
        throttle(what, request.remote_addr, who[:200] or None)


def _throttle_account(account: str) -> None:
    try:
        throttle_account(request.remote_addr, account, browser_of(account))
    except TooManyRequests:
        _tell_owner(account)
        raise


def _tell_owner(account: str) -> None:
    """One letter a day, where there is an account: the answer takes as long where there is none."""
    begin_write(db.session)
    user = db.session.scalar(select(User).where(User.email == account.strip().lower(), User.active))
    if user is not None and not sent_lately(db.session, user.email, {TRIES_NOTICE}, now() - timedelta(days=1)):
        post_tries_notice(db.session, user)
    db.session.commit()


def _finish(response: Response) -> Response:
    """Commit what a recovery or a sign-out wrote, then make known and unknown accounts take equally long."""
    if request.method != "POST" or request.blueprint != "security":
        return response
    if response.status_code < 400:
        db.session.commit()
    else:
        db.session.rollback()
    if request.endpoint in _EVEN and "asked_at" in g:
        # Nothing is locked any more while we wait.
        rest = current_app.config[FLOOR] - (time.monotonic() - g.asked_at)
        if rest > 0:
            time.sleep(rest)
    return response


def _password_was_set(_app: Flask, user: User, **_extra: object) -> None:
    """A password set through a link proves the mailbox; everybody who was signed in with the old one is out."""
    user.confirmed_at = user.confirmed_at or now()
    end_all_sessions(db.session, user.id, now())


def _take_language(endpoint: str | None, values: dict[str, Any] | None) -> None:
    if endpoint and endpoint.startswith("security.") and values:
        g.lang = values.pop("lang", None)


def _give_language(endpoint: str, values: dict[str, Any]) -> None:
    if endpoint.startswith("security."):
        values.setdefault("lang", g.get("lang") or LANGUAGES[0])


def _config(settings: Settings) -> dict[str, Any]:
    return {
        "SECURITY_URL_PREFIX": f"/<any({', '.join(LANGUAGES)}):lang>",
        "SECURITY_STATIC_FOLDER": None,
        "SECURITY_JOIN_USER_ROLES": False,  # the grants load themselves
        "SECURITY_PASSWORD_SALT": derived(settings.secret_key, "password salt"),
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_SCHEMES": ["argon2"],
        "SECURITY_PASSWORD_SINGLE_HASH": ["argon2"],
        "SECURITY_PASSWORD_LENGTH_MIN": MIN_LENGTH,
        "SECURITY_RECOVERABLE": True,
        "SECURITY_CHANGEABLE": True,
        "SECURITY_RESET_PASSWORD_WITHIN": timedelta(days=2),
        "SECURITY_SEND_PASSWORD_RESET_NOTICE_EMAIL": True,
        "SECURITY_TWO_FACTOR": True,
        "SECURITY_TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "SECURITY_TWO_FACTOR_AUTHENTICATOR_VALIDITY": STEP_S,
        "SECURITY_TWO_FACTOR_RESCUE_EMAIL": False,
        "SECURITY_TWO_FACTOR_POST_SETUP_VIEW": "security.mf_recovery_codes",
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_N": 8,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_KEYS": recovery_keys(settings),
        "SECURITY_TOTP_SECRETS": totp_secrets(settings),
        "SECURITY_TOTP_ISSUER": "CSO directory",
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_EMAIL_PLAINTEXT": False,
        "SECURITY_EMAIL_HTML": False,
        "SECURITY_EMAIL_VALIDATOR_ARGS": {"test_environment": True},
        "SECURITY_POST_LOGIN_VIEW": "account.begin",
        "SECURITY_POST_CHANGE_VIEW": "account.home",
        "SECURITY_POST_LOGOUT_VIEW": "root",
        "SECURITY_POST_VERIFY_VIEW": "account.home",
        "SECURITY_API_ENABLED_METHODS": ["session"],
        # Who changes a second factor typed the password just now: a browser left open is not its owner.
        "SECURITY_FRESHNESS": timedelta(minutes=15),
        "SECURITY_FRESHNESS_GRACE_PERIOD": timedelta(minutes=15),
        **{f"SECURITY_MSG_{name}": (text, "info") for name, text in _messages().items()},
    }


def _messages() -> dict[str, Any]:
    """Flask-Security's messages in our words and languages."""
    old_link = lazy_gettext("This link was used already or is too old. Ask for a new one here.")
    return {
        "GENERIC_AUTHN_FAILED": lazy_gettext("E-mail and password do not belong together."),
        "GENERIC_RECOVERY": lazy_gettext("If this address has access, a letter with a link is on its way to it."),
        "UNAUTHENTICATED": lazy_gettext("Sign in to go on."),
        "REAUTHENTICATION_REQUIRED": lazy_gettext("Type your password once more before you change this."),
        "REAUTHENTICATION_SUCCESSFUL": lazy_gettext("Thank you. Go on."),
        "PASSWORD_RESET_EXPIRED": old_link,
        "INVALID_RESET_PASSWORD_TOKEN": old_link,
        "PASSWORD_RESET_NO_LOGIN": lazy_gettext("Your password is set. Sign in with it."),
        "PASSWORD_CHANGE": lazy_gettext("Your password was changed."),
        "PASSWORD_IS_THE_SAME": lazy_gettext("That is the password you had. Choose another one."),
        "PASSWORD_INVALID_LENGTH": lazy_gettext(
            "At least %(length)s characters; three or four words are easy to keep."
        ),
        "RETYPE_PASSWORD_MISMATCH": lazy_gettext("The two passwords differ."),
        "EMAIL_NOT_PROVIDED": lazy_gettext("Fill in your e-mail."),
        "PASSWORD_NOT_PROVIDED": lazy_gettext("Fill in your password."),
        "INVALID_PASSWORD": lazy_gettext("This password is not right."),
        "INVALID_EMAIL_ADDRESS": lazy_gettext("This is not an e-mail address."),
        "TWO_FACTOR_INVALID_TOKEN": wrong_code(),
        "INVALID_CODE": wrong_code(),
        "INVALID_RECOVERY_CODE": lazy_gettext("This recovery code is not right or was used already."),
        "NO_RECOVERY_CODES_SETUP": lazy_gettext("You have no recovery codes yet."),
        "TWO_FACTOR_LOGIN_SUCCESSFUL": lazy_gettext("You are signed in."),
        "TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL": lazy_gettext("Your second factor works. Now print your recovery codes."),
        "TWO_FACTOR_DISABLED": lazy_gettext("Your second factor was taken away."),
        "TWO_FACTOR_PERMISSION_DENIED": lazy_gettext("Sign in first."),
        "TWO_FACTOR_SETUP_EXPIRED": lazy_gettext("That took too long. Begin again."),
        "TWO_FACTOR_METHOD_NOT_AVAILABLE": lazy_gettext("Choose a method."),
    }
