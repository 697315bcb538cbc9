"""Signing in and out of a browser: its row, its cookie, and what Flask-Login tells of it."""

from __future__ import annotations

import contextlib
import uuid
from datetime import timedelta

from flask import Flask, Response, g, request, session
from flask_login import logout_user, user_logged_in, user_logged_out
from flask_security import current_user
from flask_security.signals import tf_profile_changed
from sqlalchemy import insert, update
from sqlalchemy.exc import OperationalError

from directory.accounts.models import SignIn, User
from directory.accounts.policy import Permission, permission_for, session_limit
from directory.accounts.sessions import device_name, end_where
from directory.clock import now
from directory.database import writing_connection
from directory.extensions import db
from directory.web.accounts import events
from directory.web.accounts.known_browsers import remember_browser

KEY = "sign_in"
_WITH_SECOND_FACTOR = frozenset({"security.two_factor_token_validation", "security.mf_recovery"})
NOTE_EVERY = timedelta(minutes=10)


def bind(app: Flask) -> None:
    """Follow sign-ins and sign-outs of an application. A session is the only way in: tokens in headers are not."""
    app.login_manager._request_callback = None  # type: ignore[attr-defined]  # Flask-Login names no other way
    user_logged_in.connect(_signed_in, app)
    user_logged_out.connect(_signed_out, app)
    tf_profile_changed.connect(_second_factor_set_up, app)
    app.after_request(_keep_nothing)
    events.bind(app)


def _signed_in(_app: Flask, user: User, **_extra: object) -> None:
    values = {
        "id": uuid.uuid4(),
        "user_id": user.id,
        "device": device_name(request.user_agent.string),
        "created_at": now(),
        "seen_on": now(),
        "has_second_factor": request.endpoint in _WITH_SECOND_FACTOR,
    }
    if request.endpoint == "security.login":
        # Nothing else is written when a password is right: a short transaction of its own, not one around argon2.
        with writing_connection(db.engine) as connection:
            connection.execute(insert(SignIn).values(**values))
    else:
        db.session.add(SignIn(**values))
    session[KEY] = str(values["id"])
    remember_browser(user.email)
    session.pop("_remember", None)  # no cookie that outlives the row
    g.pop("viewer", None)


def _second_factor_set_up(_app: Flask, user: User, **_extra: object) -> None:
    """This browser has just shown a code. All others sign in anew, with one."""
    own = uuid.UUID(session[KEY])
    db.session.execute(
        update(SignIn)
        .where(SignIn.id == own)
        .values(has_second_factor=True)
        .execution_options(synchronize_session="fetch")
    )
    end_where(db.session, now(), SignIn.user_id == user.id, SignIn.id != own)


def _signed_out(_app: Flask, **_extra: object) -> None:
    if key := session.pop(KEY, None):
        end_where(db.session, now(), SignIn.id == uuid.UUID(key))
        g.signed_out = True
    g.pop("viewer", None)


def _keep_nothing(response: Response) -> Response:
    """Pages of somebody who is signed in stay in no cache of a shared PC; signing out empties what was kept."""
    is_own = "_user_id" in session or request.blueprint == "security"
    if is_own and (response.mimetype == "text/html" or permission_for(request.endpoint or "") != Permission.READ):
        response.headers["Cache-Control"] = "no-store"
    if g.get("signed_out"):
        response.headers["Clear-Site-Data"] = '"cache"'
    return response


def check_session() -> None:
    """Sign out a browser whose row was ended from elsewhere, or whose time is over."""
    if "_user_id" not in session or not current_user.is_authenticated:
        return
    row = db.session.get(SignIn, uuid.UUID(session[KEY])) if KEY in session else None
    if row is None or row.ended_at is not None or row.user_id != current_user.id or is_over(row):
        session.pop(KEY, None)
        logout_user()
        g.signed_out = True
        g.pop("viewer", None)
        return
    g.sign_in = row
    if now() - row.seen_on > NOTE_EVERY:
        _note_use(row)


def is_over(row: SignIn) -> bool:
    """Whether a browser of the user of this request has had its time."""
    limit = session_limit(grant.role for grant in current_user.grants)
    return now() - row.seen_on >= limit.idle or now() - row.created_at >= limit.whole


def _note_use(row: SignIn) -> None:
    """Reading counts as use. A page that only reads waits for nobody who writes: then the next one notes it."""
    if request.method not in ("GET", "HEAD", "OPTIONS"):
        row.seen_on = now()
        return
    seen = update(SignIn).where(SignIn.id == row.id, SignIn.seen_on < now()).values(seen_on=now())
    with contextlib.suppress(OperationalError), writing_connection(db.engine, patient=False) as connection:
        connection.execute(seen)
