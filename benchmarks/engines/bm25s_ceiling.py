"""bm25s: precomputed scores in sparse columns. Frozen, ranks only: no conjunction, total, filter, facet or update."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import bm25s
from bm25s.tokenization import Tokenized

from benchmarks.engines.ask import Ask
from benchmarks.engines.contender import WEIGHTS, Answer, Library

if TYPE_CHECKING:
    from directory.search.documents import Document


class Bm25sCeiling(Library):
    """A token is a term with its field, so that the alternatives of a word stay what they are elsewhere."""

    name = "bm25s (ranking alone)"
    facets = False

    def __init__(self) -> None:
        self._model: bm25s.BM25
        self._ids: list[str]

    def build(self, commits: Iterable[Iterable[Document]], folder: Path) -> None:
        """All in one go: there are no commits."""
        numbers: dict[str, int] = {}
        ids, tokens = [], []
        for documents in commits:
            for document in documents:
                ids.append(document.id)
                streams = (f"{field}:{term}" for field in WEIGHTS for term in document.fields[field])
                tokens.append([numbers.setdefault(token, len(numbers)) for token in streams])
        model = bm25s.BM25()
        model.index(Tokenized(tokens, numbers), show_progress=False)
        model.save(folder, show_progress=False)
        (folder / "ids.json").write_text(json.dumps(ids), encoding="utf-8")

    def open(self, folder: Path) -> None:
        """Load the columns into memory."""
        self._model = bm25s.BM25.load(folder, show_progress=False)
        self._ids = json.loads((folder / "ids.json").read_text(encoding="utf-8"))

    def segments(self) -> int:
        """Always one."""
        return 1

    def search(self, ask: Ask) -> Answer:
        """The best twenty by the sum of all terms that any word may stand for."""
        tokens = [f"{field}:{term}" for word in ask.words for field, term in word]
        found, _ = self._model.retrieve([tokens], k=min(ask.size, len(self._ids)), show_progress=False)
        return Answer(0, [self._ids[number] for number in found[0]])

    def update(self, document: Document) -> None:
        """Raises NotImplementedError: the index is frozen."""
        raise NotImplementedError("bm25s cannot change an index")
