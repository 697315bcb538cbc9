"""Keeps the index of a serving process in step with the database: a thread that looks every 250 ms."""

from __future__ import annotations

import logging
import threading

from flask import Flask, current_app
from sqlalchemy.exc import SQLAlchemyError

from directory.extensions import db
from directory.search.index import CHECK_EVERY_S, SearchIndex
from directory.search.store import WriterBusy
from directory.search.sync import is_behind, synchronise
from directory.settings import Settings

_EXTENSION = "directory.index"
_log = logging.getLogger(__name__)


def bind(app: Flask) -> None:
    """Give the application its index; nothing is opened yet."""
    settings: Settings = app.extensions["directory.settings"]
    app.extensions[_EXTENSION] = SearchIndex(settings.index_dir)


def search_index() -> SearchIndex:
    """The index of the running application."""
    index: SearchIndex = current_app.extensions[_EXTENSION]
    return index


class Follower(threading.Thread):
    """Follows the feed until `stop` is called. One process at a time writes; all of them reopen."""

    def __init__(self, app: Flask) -> None:
        super().__init__(name="index-follower", daemon=True)
        self._app = app
        self._stopped = threading.Event()

    def run(self) -> None:
        """Look, synchronise if the feed is ahead, and wait 250 ms; a failure is logged and tried again."""
        while not self._stopped.wait(CHECK_EVERY_S):
            with self._app.app_context():
                self.step()

    def step(self) -> None:
        """One look; needs an application context."""
        try:
            if is_behind(search_index(), db.session):
                report = synchronise(search_index(), db.session)
                _log.info("index in step: %d documents in %.2f s", report.documents, report.seconds)
        except WriterBusy:
            _log.debug("another process is writing the index")
        except SQLAlchemyError as error:
            _log.warning("the database did not answer the index follower: %s", type(error).__name__)
        except Exception:  # noqa: BLE001  (search must outlive a bad batch)
            # The old generation keeps answering; the next look tries again.
            _log.exception("the index could not be synchronised")
            self._stopped.wait(5)
        finally:
            db.session.remove()

    def stop(self) -> None:
        """End the thread after its current look."""
        self._stopped.set()


def start(app: Flask) -> Follower:
    """Start following in this process."""
    follower = Follower(app)
    follower.start()
    return follower
