"""Browsers that have signed an account in before: a signed cookie, so that who guesses elsewhere locks nobody out."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from flask import Response, after_this_request, current_app, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

from directory.accounts.throttle import anonymous
from directory.web.accounts.keys import signer

HOLDS = timedelta(days=90)
MAX_ACCOUNTS = 4
"""Of one browser; the oldest goes first."""
_SALT = "known browser"


def browser_of(account: str) -> str | None:
    """The name of this browser, where it has signed this account in before."""
    name, accounts = _read()
    return name if _digest(account) in accounts else None


def remember_browser(account: str) -> None:
    """Set the cookie with the answer to this request. It opens nothing: it only has a count of its own."""
    name, accounts = _read()
    kept = [*(one for one in accounts if one != _digest(account)), _digest(account)][-MAX_ACCOUNTS:]
    value = _serializer().dumps([name or secrets.token_hex(8), kept])

    @after_this_request
    def tell(response: Response) -> Response:
        is_secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
        response.set_cookie(_name(), value, max_age=HOLDS, secure=is_secure, httponly=True, samesite="Lax", path="/")
        return response


def _read() -> tuple[str | None, list[str]]:
    try:
        known: Any = _serializer().loads(request.cookies.get(_name(), ""), max_age=int(HOLDS.total_seconds()))
    except BadSignature:
        return None, []
    return str(known[0]), [str(one) for one in known[1]]


def _name() -> str:
    return "__Host-known" if current_app.config["SESSION_COOKIE_SECURE"] else "known"


def _serializer() -> URLSafeTimedSerializer:
    return signer(_SALT)


def _digest(account: str) -> str:
    return anonymous(account.strip().lower())[:16]
