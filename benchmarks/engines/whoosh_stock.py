"""Whoosh as it comes: default codec, BM25F, `filter=` and `groupedby` with overlapping facets."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from whoosh import query as wq
from whoosh import scoring, sorting
from whoosh.analysis import SpaceSeparatedTokenizer, StemmingAnalyzer
from whoosh.fields import ID, KEYWORD, TEXT, Schema
from whoosh.index import Index, create_in, open_dir
from whoosh.searching import Searcher
from whoosh.writing import IndexWriter

from benchmarks.engines.ask import FACETS, Ask
from benchmarks.engines.contender import WEIGHTS, Answer, Library

if TYPE_CHECKING:
    from directory.search.documents import Document

LIMIT_MB = 128


class WhooshStock(Library):
    """Fed with finished terms. Every commit but the first keeps the segments before it (`merge=False`)."""

    name = "Whoosh (groupedby)"
    facets = True

    def __init__(self) -> None:
        self._index: Index
        self._searcher: Searcher

    def build(self, commits: Iterable[Iterable[Document]], folder: Path) -> None:
        """One segment for each commit."""
        index = create_in(str(folder), _schema())
        for documents in commits:
            writer = index.writer(limitmb=LIMIT_MB)
            for document in documents:
                writer.add_document(**_fields(document))
            writer.commit(merge=False)

    def open(self, folder: Path) -> None:
        """Open all segments."""
        self._index = open_dir(str(folder))
        self._searcher = self._index.searcher(weighting=scoring.BM25F())

    def segments(self) -> int:
        """Segments of the open searcher."""
        return len(self._searcher.leaf_searchers())

    def search(self, ask: Ask) -> Answer:
        """All in one search: top 20, total, four grouped counts."""
        words = [wq.Or([wq.Term(field, term) for field, term in word]) for word in ask.words]
        filters = [wq.Or([wq.Term(facet, value) for value in values]) for facet, values in ask.filters().items()]
        groups = sorting.Facets()
        for facet in FACETS:
            groups.add_field(facet, allow_overlap=True, maptype=sorting.Count)
        found = self._searcher.search(
            wq.And(words) if words else wq.Every(),
            limit=ask.size,
            groupedby=groups,
            filter=wq.And(filters) if filters else None,
        )
        counts = {facet: _counts(found.groups(facet)) for facet in FACETS}
        return Answer(len(found), [hit["id"] for hit in found[: ask.size]], counts)

    def update(self, document: Document) -> None:
        """With Whoosh's own merge policy; opened afresh, since `refresh()` mixes documents up after deletions."""
        writer: IndexWriter = self._index.writer(limitmb=LIMIT_MB)
        writer.update_document(**_fields(document))
        writer.commit()
        self._searcher.close()
        self._searcher = self._index.searcher(weighting=scoring.BM25F())


def _schema() -> Schema:
    return Schema(
        id=ID(stored=True, unique=True),
        **{
            field: TEXT(analyzer=SpaceSeparatedTokenizer(), phrase=False, field_boost=weight)
            for field, weight in WEIGHTS.items()
        },
        **{facet: KEYWORD() for facet in FACETS},
    )


def _fields(document: Document) -> dict[str, Any]:
    fields = {field: " ".join(document.fields[field]) for field in WEIGHTS}
    values = {facet: " ".join(document.stored[name]) for facet, name in FACETS.items()}
    return {"id": document.id, **{name: text for name, text in (fields | values).items() if text}}


def _counts(groups: dict[str | None, int]) -> dict[str, int]:
    return {value: count for value, count in groups.items() if value is not None}


def build_with_stemming_analyzer(commits: Iterable[Iterable[dict[str, str]]], folder: Path) -> None:
    """The same records from their raw texts, analysed by Whoosh's StemmingAnalyzer; only built, never searched."""
    texts = {field: TEXT(analyzer=StemmingAnalyzer(), phrase=False) for field in ("acronym", "name", "place", "topic")}
    texts |= {field: TEXT(analyzer=StemmingAnalyzer(), phrase=False) for field in ("summary", "description")}
    keywords = {facet: KEYWORD() for facet in FACETS}
    index = create_in(str(folder), Schema(id=ID(stored=True, unique=True), **texts, **keywords))
    for rows in commits:
        writer = index.writer(limitmb=LIMIT_MB)
        for row in rows:
            writer.add_document(**row)
        writer.commit(merge=False)
