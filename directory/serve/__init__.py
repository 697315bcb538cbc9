"""The production server: gunicorn with threads, one index follower in each worker."""

from __future__ import annotations

import contextlib
import ctypes
import json
import logging.config
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from directory import create_app
from directory.operations import housekeeping
from directory.operations.logs import DISCRETION, IN_ENVIRON, LOGGING, Discreet, Line
from directory.search import follower
from directory.serve.worker import PatientWorker, writers_of
from directory.settings import Settings
from directory.web.turns import limit_writers

GRACE_S = 15
ARENAS = 2
_ARENA_MAX = -8
"""M_ARENA_MAX of malloc.h."""
MAX_REQUEST_LINE = 8190
CONNECTIONS = 400
"""Clients that a worker holds at once: with files and databases well below the usual 1,024 descriptors."""


ACCESS_LOG = (
    '{"at":"%(t)s","id":"%(i)s","method":"%(m)s","path":"%(U)s","status":%(s)s,"bytes":"%(B)s","seconds":%(L)s}'
)


class AccessLogger(Logger):  # type: ignore[misc]  # gunicorn has no types
    """Writes paths as JSON strings: a line break in an address starts no line of its own."""

    def setup(self, cfg: Any) -> None:
        """gunicorn's own lines name addresses too."""
        super().setup(cfg)
        self.error_log.addFilter(Discreet())
        for handler in self.error_log.handlers:
            handler.setFormatter(Line(self.error_fmt, self.datefmt))

    def atoms(self, resp: Any, _req: Any, environ: Any, request_time: Any) -> dict[str, Any]:
        """What an access line is made of, and no more: gunicorn's own gathers every header for each line."""
        path = json.dumps(DISCRETION.hide(str(environ.get("PATH_INFO"))), ensure_ascii=False)[1:-1]
        return {
            "t": self.now(),
            "i": environ.get(IN_ENVIRON, "-"),
            "m": environ.get("REQUEST_METHOD"),
            "U": path.replace('\\"', '"'),  # gunicorn escapes the quotation marks itself
            "s": str(resp.status).split(None, 1)[0],
            "B": getattr(resp, "sent", None),
            "L": f"{request_time.total_seconds():.6f}",
        }


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn, configured here; each worker makes its own application after the fork."""

    def __init__(self, settings: Settings, options: dict[str, Any]) -> None:
        self._settings = settings
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        """Hand our options to gunicorn."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """The application of one worker, with its index open and followed."""
        logging.config.dictConfig(LOGGING)
        _keep_memory_together()
        app = create_app(self._settings)
        limit_writers(app, writers_of(self.cfg.threads))
        with app.app_context():
            follower.search_index().look()
        follower.start(app)
        housekeeping.start(app)
        return app


def _keep_memory_together() -> None:
    """Tell the C library (glibc) to give threads two arenas, not eight a core: each keeps what was freed in it."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").mallopt(_ARENA_MAX, ARENAS)


def run(settings: Settings, host: str, port: int, workers: int, threads: int) -> None:
    """Serve until told to stop."""
    Server(
        settings,
        {
            "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
            "workers": workers,
            "threads": threads,
            "worker_class": PatientWorker,
            "worker_connections": CONNECTIONS,
            "timeout": 60,
            "graceful_timeout": GRACE_S,
            "keepalive": 5,
            # Against leaks: at 300 requests/s a worker lives an hour, and clients of a restarting one may be cut off.
            "max_requests": 1_000_000,
            "max_requests_jitter": 100_000,
            "limit_request_line": MAX_REQUEST_LINE,
            # Whom to believe about an address is DIRECTORY_TRUSTED_PROXIES alone; no header names our paths.
            "forwarded_allow_ips": "",
            "forwarder_headers": "",
            "control_socket_disable": True,
            "accesslog": "-",
            # No query text and no visitor's address: what people look for is nobody's business.
            "access_log_format": ACCESS_LOG,
            "logger_class": AccessLogger,
        },
    ).run()
