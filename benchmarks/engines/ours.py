"""The project's own engine, through the seam that page and API use, inside an application with an empty database."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.engines.ask import Ask
from benchmarks.engines.contender import Answer
from directory import create_app
from directory.extensions import db
from directory.operations.prepare import prepare
from directory.search.builds import IndexFolder
from directory.search.execute import execute
from directory.search.follower import search_index
from directory.search.marks import FeedMark
from directory.settings import Settings
from directory.vocabulary.catalogue import vocabulary

if TYPE_CHECKING:
    from flask import Flask

    from directory.search.documents import Document

_MARK = FeedMark("benchmark", 1, "benchmark")


def _settings(folder: Path) -> Settings:
    return Settings.from_environ({"DIRECTORY_DATA_DIR": str(folder)})


class Ours:
    """Finished documents go straight to the index; the database holds the vocabulary and nothing else."""

    name = "this engine"
    facets = True

    def __init__(self) -> None:
        self._app: Flask
        self._store: IndexFolder

    def prepare(self, folder: Path) -> None:
        """The database that an application needs: migrated, with the vocabulary and no records."""
        prepare(create_app(_settings(folder)), with_seeds=False)

    def build(self, commits: Iterable[Iterable[Document]], folder: Path) -> None:
        """The first commit is a build, the others are updates that replace nothing."""
        store = IndexFolder(_settings(folder).index_dir)
        with store.writing():
            for number, documents in enumerate(commits):
                if number == 0:
                    store.build(documents, lambda: _MARK)
                else:
                    store.update([], documents, _MARK)

    def start(self, folder: Path) -> None:
        """The application and its vocabulary."""
        self._app = create_app(_settings(folder))
        self._app.app_context().push()
        vocabulary(db.session)

    def open(self, folder: Path) -> None:
        """Open the newest generation."""
        self._store = IndexFolder(_settings(folder).index_dir)
        search_index().look()

    def segments(self) -> int:
        """Segments of the open generation."""
        return len(search_index().current().sources)

    def search(self, ask: Ask) -> Answer:
        """Through `execute`, which counts seven facets, each without its own filter, and orders ties by name."""
        found = execute(ask.query)
        return Answer(found.total, [hit.organization_id for hit in found.hits], found.facets)

    def update(self, document: Document) -> None:
        """As the follower does it: write, commit, look."""
        with self._store.writing():
            self._store.update([document.id], [document], _MARK)
        search_index().look()
