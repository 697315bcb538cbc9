"""How many requests of a process may write at once: whoever waits for the database must not hold every thread."""

from __future__ import annotations

from threading import BoundedSemaphore

from flask import Flask, current_app, g, request
from flask_babel import gettext
from werkzeug.exceptions import ServiceUnavailable

from directory.problems import COME_BACK_S

READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_TURNS = "directory.turns"


def limit_writers(app: Flask, at_once: int) -> None:
    """Let so many requests write at once. Without this all may."""
    app.extensions[_TURNS] = BoundedSemaphore(at_once)


def bind(app: Flask) -> None:
    """Before everything that waits for the database."""
    app.before_request(_take_turn)
    app.teardown_request(_give_back)


def _take_turn() -> None:
    """503 at once where the others write, or wait for it."""
    turns: BoundedSemaphore | None = current_app.extensions.get(_TURNS)
    if turns is None or request.method in READING_METHODS or request.routing_exception is not None:
        return
    if not turns.acquire(blocking=False):
        raise ServiceUnavailable(gettext("Many are sending something just now."), retry_after=COME_BACK_S)
    g.turn = turns


def _give_back(_error: BaseException | None) -> None:
    if turns := g.pop("turn", None):
        turns.release()
