"""Where a user is signed in: one row a browser, which its owner can end from any other."""

from __future__ import annotations

import re
import secrets
import uuid
from datetime import datetime

from sqlalchemy import select, update

from directory.accounts.models import SignIn, User
from directory.database import AnySession

_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)  # fmt: skip


def open_sessions(database: AnySession, user_id: uuid.UUID) -> list[SignIn]:
    """Where a user is signed in, the last one first."""
    query = select(SignIn).where(SignIn.user_id == user_id, SignIn.ended_at.is_(None))
    return list(database.scalars(query.order_by(SignIn.created_at.desc())))


def end_session(database: AnySession, user_id: uuid.UUID, sign_in_id: uuid.UUID, instant: datetime) -> None:
    """Sign one browser of a user out."""
    end_where(database, instant, SignIn.id == sign_in_id, SignIn.user_id == user_id)


def end_all_sessions(database: AnySession, user_id: uuid.UUID, instant: datetime) -> None:
    """Sign a user out everywhere, in sessions that have no row too."""
    end_where(database, instant, SignIn.user_id == user_id)
    database.execute(
        update(User)
        .where(User.id == user_id)
        .values(fs_uniquifier=secrets.token_hex(32))
        .execution_options(synchronize_session="fetch")
    )


def end_where(database: AnySession, instant: datetime, *conditions: object) -> None:
    """Sign out the browsers whose rows fulfil all conditions."""
    database.execute(
        update(SignIn)
        .where(SignIn.ended_at.is_(None), *conditions)  # type: ignore[arg-type]
        .values(ended_at=instant)
        .execution_options(synchronize_session="fetch")
    )


def device_name(user_agent: str) -> str:
    """`Firefox · Linux`: what a person recognises, and nothing that tells two of them apart."""
    browser = next((name for sign, name in _BROWSERS if sign in user_agent), "Browser")
    system = next((name for sign, name in _SYSTEMS if re.search(sign, user_agent)), "")
    return " · ".join(part for part in (browser, system) if part)
