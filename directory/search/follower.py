"""Keeps index and suggestions of a serving process in step with the database: a thread that looks every 250 ms."""

from __future__ import annotations

import logging
import threading
import time

from flask import Flask, current_app
from sqlalchemy.exc import SQLAlchemyError

from directory.extensions import db
from directory.publication.lines import look_at_lines
from directory.search.index import CHECK_EVERY_S, SearchIndex
from directory.search.knowledge import KnowledgeBase
from directory.search.marks import WriterBusy
from directory.search.suggest.sources import Suggestions
from directory.search.sync import is_behind, synchronise
from directory.settings import Settings
from directory.vocabulary.catalogue import vocabulary

_EXTENSION = "directory.index"
_SUGGESTIONS = "directory.suggestions"
_KNOWLEDGE = "directory.knowledge"
IN_STEP_AT = "directory.index_in_step_at"
"""Key in `app.extensions` of when a follower last saw index and feed agree (monotonic seconds)."""
MAX_LAG_S = 30.0
_log = logging.getLogger(__name__)


def bind(app: Flask) -> None:
    """Give the application its index and its suggestions; nothing is opened yet."""
    settings: Settings = app.extensions["directory.settings"]
    index = SearchIndex(settings.index_dir, settings.index_cache_mb * 2**20)
    app.extensions[_EXTENSION] = index
    app.extensions[_SUGGESTIONS] = Suggestions(index)
    app.extensions[_KNOWLEDGE] = KnowledgeBase(settings.index_dir)


def search_index() -> SearchIndex:
    """The index of the running application."""
    index: SearchIndex = current_app.extensions[_EXTENSION]
    return index


def suggestions() -> Suggestions:
    """What the running application suggests from."""
    known: Suggestions = current_app.extensions[_SUGGESTIONS]
    return known


def knowledge() -> KnowledgeBase:
    """What the running application knows of words and places."""
    known: KnowledgeBase = current_app.extensions[_KNOWLEDGE]
    return known


def is_in_step() -> bool:
    """Whether index and feed agreed within the last 30 s; True where nothing follows in this process.

    What was taken out of public sight must not stay there because an index cannot be written.
    """
    seen: float | None = current_app.extensions.get(IN_STEP_AT)
    return seen is None or time.monotonic() - seen <= MAX_LAG_S


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
        looked_at = time.monotonic()
        try:
            look_at_lines(db.session)
            if is_behind(search_index(), db.session):
                report = synchronise(search_index(), db.session)
                _log.info("index in step: %d documents in %.2f s", report.documents, report.seconds)
            self._app.extensions[IN_STEP_AT] = looked_at
            # Made here, so that nobody who types has to wait for it.
            suggestions().sources(db.session)
            knowledge().current(db.session, vocabulary(db.session))
            knowledge().refresh(db.session, vocabulary(db.session))
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
