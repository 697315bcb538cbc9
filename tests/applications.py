"""One application a process and database, lent to a test and put back after it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

from directory.extensions import db
from directory.moderation import uses
from directory.publication import cards, lines
from directory.search import follower
from directory.search.phrases import uses as phrase_uses
from directory.settings import Settings
from directory.statistics import unmet

_MADE_ONCE = ("static", "index/lexicon-*.bin", "index/phrases-*.bin")
"""What stays in the data directory: what an application makes of the release, not of what it is told."""


class Ground:
    """An application, and the way back to what it was when it was made.

    Compiling its 172 addresses takes longer than most tests. What it learns while it runs is in `extensions`, `config`
    and its data directory; nothing else of it changes.
    """

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._extensions = dict(app.extensions)
        self._config = dict(app.config)

    @contextmanager
    def lend(self) -> Iterator[Flask]:
        """The application for one test, with an empty data directory, an index without documents and no open file."""
        self._app.extensions.clear()
        self._app.extensions.update(self._extensions)
        self._app.config.clear()
        self._app.config.update(self._config)
        for part in (follower, cards, lines, uses, phrase_uses, unmet):
            part.bind(self._app)
        try:
            yield self._app
        finally:
            with self._app.app_context():
                db.session.remove()
                db.engine.dispose()
            settings: Settings = self._extensions["directory.settings"]
            _empty(settings.data_dir)


def _empty(folder: Path) -> None:
    kept = {path for pattern in _MADE_ONCE for path in folder.glob(pattern)}
    for path in sorted(folder.glob("**/*"), reverse=True):
        if path in kept or any(path.is_relative_to(other) or other.is_relative_to(path) for other in kept):
            continue
        if path.is_dir() and not path.is_symlink():
            path.rmdir()
        else:
            path.unlink()
