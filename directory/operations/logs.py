"""What is written of requests: with an id, and no secret of a link in any line of any log."""

from __future__ import annotations

import logging
import re
import secrets
import time
from collections.abc import Iterable
from typing import Any

from flask import Flask, Response, g, has_request_context, request
from werkzeug.routing import Map

REQUEST_ID = "X-Request-Id"
IN_ENVIRON = "directory.request_id"
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"discreet": {"()": "directory.operations.logs.Discreet"}},
    "formatters": {
        "line": {
            "()": "directory.operations.logs.Line",
            "fmt": "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s",
            "datefmt": "%Y-%m-%dT%H:%M:%SZ",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["discreet"]}},
    "root": {"level": "INFO", "handlers": ["stderr"]},
}
_LINE_END = re.compile("\r\n?|[\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_TOKEN = re.compile(r"/([\w.~-]+)/<(?:\w+(?:\([^)]*\))?:)?token>")


class Discretion:
    """Which parts of addresses are secrets: whatever stands in the place of a route's `<token>`."""

    def __init__(self) -> None:
        self._secret = re.compile(r"(?!)")

    def learn(self, routes: Map | Iterable[str]) -> None:
        """Take the doors from an application's routes."""
        rules = [rule.rule for rule in routes.iter_rules()] if isinstance(routes, Map) else list(routes)
        doors = sorted({door for rule in rules for door in _TOKEN.findall(rule)})
        self._secret = re.compile(rf"(/(?:{'|'.join(map(re.escape, doors))})/)[^/\s\"'?]{{20,}}" if doors else r"(?!)")

    def hide(self, text: str) -> str:
        """A text without the secrets of links: who reads a log must not be able to open a door with it."""
        return self._secret.sub(r"\1…", text)


DISCRETION = Discretion()
"""Of this process; it knows the doors once an application is made."""


def bind(app: Flask) -> None:
    """Give each request an id, before anything else of it happens; its answer and its lines carry it."""
    app.before_request(_begin)
    app.after_request(_tell_id)


def _begin() -> None:
    g.request_id = request.environ[IN_ENVIRON] = secrets.token_hex(8)


def _tell_id(response: Response) -> Response:
    response.headers[REQUEST_ID] = g.get("request_id", "-")
    return response


class Discreet(logging.Filter):
    """Takes secrets out of a line, and puts the request's id in."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Every line passes."""
        record.msg, record.args = DISCRETION.hide(record.getMessage()), ()
        record.request_id = g.get("request_id", "-") if has_request_context() else "-"
        return True


class Line(logging.Formatter):
    """Instants in UTC; whatever a message or an error brings along, no line but the first begins at the margin."""

    converter = staticmethod(time.gmtime)

    def format(self, record: logging.LogRecord) -> str:
        """The record as it is written."""
        return _LINE_END.sub("\n  ", super().format(record))
