"""How many requests of a process may write at once: whoever waits for the database must not hold every thread."""

from __future__ import annotations

from threading import BoundedSemaphore

from flask import Flask, current_app, g, request
from flask_babel import gettext
from werkzeug.exceptions import ServiceUnavailable

from directory.problems import COME_BACK_S

READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
READING_BLUEPRINTS = frozenset({"hsds"})
"""What is sent to these by POST is a question: words that must not stand in an address, and so in no log."""
_TURNS = "directory.turns"


def only_reads() -> bool:
    """Whether the running request can change nothing."""
    return request.method in READING_METHODS or request.blueprint in READING_BLUEPRINTS


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
    if turns is None or only_reads() or request.routing_exception is not None:
        return
    if not turns.acquire(blocking=False):
        raise ServiceUnavailable(gettext("Many are sending something just now."), retry_after=COME_BACK_S)
    g.turn = turns


def _give_back(_error: BaseException | None) -> None:
    if turns := g.pop("turn", None):
        turns.release()
