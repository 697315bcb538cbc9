"""Tantivy through its Python package: fast fields, and one aggregation request for all four facets."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import tantivy
from tantivy import Occur, Query

from benchmarks.engines.ask import FACETS, Ask, Word
from benchmarks.engines.contender import WEIGHTS, Answer, Library

if TYPE_CHECKING:
    from directory.search.documents import Document

HEAP_BYTES = 128_000_000
_AGGREGATIONS = {facet: {"terms": {"field": facet, "size": 2_000}} for facet in FACETS}


class TantivyEngine(Library):
    """One indexing thread, so that a commit makes one segment; merges follow Tantivy's own policy."""

    name = "Tantivy"
    facets = True

    def __init__(self) -> None:
        self._index: tantivy.Index
        self._searcher: tantivy.Searcher
        self._writer: tantivy.IndexWriter | None = None

    def build(self, commits: Iterable[Iterable[Document]], folder: Path) -> None:
        """Commit by commit, then wait for the merges that these set off."""
        index = tantivy.Index(_schema(), str(folder))
        writer = index.writer(HEAP_BYTES, 1)
        for documents in commits:
            for document in documents:
                writer.add_document(_row(document))
            writer.commit()
        writer.wait_merging_threads()

    def open(self, folder: Path) -> None:
        """Map the segments."""
        self._index = tantivy.Index.open(str(folder))
        self._index.config_reader("manual")
        self._reload()

    def segments(self) -> int:
        """Segments of the open searcher."""
        return self._searcher.num_segments

    def search(self, ask: Ask) -> Answer:
        """The package has no call that collects hits and facets together: one for hits and total, one for facets."""
        query = self._query(ask)
        found = self._searcher.search(query, limit=ask.size, count=True)
        ids = [self._searcher.doc(address)["id"][0] for _, address in found.hits]
        counted = self._searcher.aggregate(query, _AGGREGATIONS)
        facets = {facet: {item["key"]: item["doc_count"] for item in counted[facet]["buckets"]} for facet in FACETS}
        return Answer(found.count, ids, facets)

    def _query(self, ask: Ask) -> Query:
        parts = [(Occur.Must, self._word(word)) for word in ask.words]
        for facet, values in ask.filters().items():
            alternatives = [(Occur.Should, self._term(facet, value, "basic")) for value in values]
            parts.append((Occur.Must, Query.const_score_query(Query.boolean_query(alternatives), 0.0)))
        return Query.boolean_query(parts) if parts else Query.all_query()

    def _word(self, word: Word) -> Query:
        return Query.boolean_query(
            [(Occur.Should, Query.boost_query(self._term(field, term, "freq"), WEIGHTS[field])) for field, term in word]
        )

    def _term(self, field: str, text: str, index_option: str) -> Query:
        return Query.term_query(self._index.schema, field, text, index_option)

    def update(self, document: Document) -> None:
        """The writer stays open between updates, as in a service."""
        if self._writer is None:
            self._writer = self._index.writer(HEAP_BYTES, 1)
        self._writer.delete_documents_by_term("id", document.id)
        self._writer.add_document(_row(document))
        self._writer.commit()
        self._reload()

    def _reload(self) -> None:
        self._index.reload()
        self._searcher = self._index.searcher()


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    for field in WEIGHTS:
        builder.add_text_field(field, tokenizer_name="whitespace", index_option="freq")
    for facet in FACETS:
        builder.add_text_field(facet, fast=True, tokenizer_name="raw", index_option="basic")
    return builder.build()


def _row(document: Document) -> tantivy.Document:
    row = tantivy.Document()
    row.add_text("id", document.id)
    for field in WEIGHTS:
        row.add_text(field, " ".join(document.fields[field]))
    for facet, name in FACETS.items():
        for value in document.stored[name]:
            row.add_text(facet, value)
    return row
