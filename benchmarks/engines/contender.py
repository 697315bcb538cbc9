"""What every engine of the comparison can do."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from benchmarks.engines.ask import Ask

if TYPE_CHECKING:
    from directory.search.documents import Document

WEIGHTS = {"acronym": 6.0, "name": 4.0, "name_stem": 2.0, "place": 2.0, "topic": 1.5, "text": 1.0}
"""How much a term counts in each field, for every engine that can weigh fields."""
SEGMENTS = 10
FIRST_SHARE = 0.55
"""The share of the documents in the first commit; the other commits share the rest."""


@dataclass(frozen=True)
class Answer:
    """What a search found, as the engine says it: the total, the ids of the first hits, counts by facet and value."""

    total: int
    ids: Sequence[object]
    """Ids, as text or as UUIDs."""
    facets: Mapping[str, Any] = field(default_factory=dict)
    """For each facet what `dict` makes counts by value of."""


class Contender(Protocol):
    """One engine. `facets` says whether it filters, counts and updates; one that cannot only ranks."""

    name: str
    facets: bool

    def build(self, commits: Iterable[Iterable[Document]], folder: Path) -> None:
        """Write an index; each inner iterable is one commit, to be read to its end before the next."""

    def prepare(self, folder: Path) -> None:
        """Make what stands beside the index; not timed."""

    def start(self, folder: Path) -> None:
        """What a process does once, whatever its index holds; neither timed nor counted as memory of the index."""

    def open(self, folder: Path) -> None:
        """Open the index, ready to search."""

    def segments(self) -> int:
        """How many parts the open index has."""

    def search(self, ask: Ask) -> Answer:
        """Answer a question."""

    def update(self, document: Document) -> None:
        """Replace one document by its id, commit, and make the next search see it."""


class Library:
    """An engine that is a library: there is nothing to prepare and nothing to start."""

    def prepare(self, folder: Path) -> None:
        """Nothing."""

    def start(self, folder: Path) -> None:
        """Nothing."""


CONTENDERS = {
    "ours": "benchmarks.engines.ours:Ours",
    "tantivy": "benchmarks.engines.tantivy_engine:TantivyEngine",
    "fts5": "benchmarks.engines.fts5:Fts5",
    "whoosh": "benchmarks.engines.whoosh_stock:WhooshStock",
    "bm25s": "benchmarks.engines.bm25s_ceiling:Bm25sCeiling",
}
"""Module and class by short name: a process imports only the one that it measures."""


def contender(name: str) -> Contender:
    """The engine with a short name."""
    module, _, kind = CONTENDERS[name].partition(":")
    found: Contender = getattr(importlib.import_module(module), kind)()
    return found


def commits(documents: Iterable[Document], count: int, segments: int = SEGMENTS) -> Iterator[Iterator[Document]]:
    """`count` documents as one commit of 55 % and `segments - 1` equal ones; each must be read to its end in turn."""
    flat = iter(documents)
    rest = 0 if segments == 1 else int(count * (1 - FIRST_SHARE)) // (segments - 1)
    yield islice(flat, count - rest * (segments - 1))
    for _ in range(segments - 1):
        yield islice(flat, rest)
