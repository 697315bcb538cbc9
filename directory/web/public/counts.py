"""Searches for pages that are more than their counts: without an index they still stand, and say so."""

from __future__ import annotations

from flask import g

from directory.clock import now
from directory.search.engine.query import FACETS, SearchQuery, SearchResult
from directory.search.execute import execute
from directory.search.marks import IndexMissing


def counted(query: SearchQuery) -> SearchResult:
    """The answer to a search; an empty one, and a notice on the page, while there is no index."""
    try:
        return execute(query, now())
    except IndexMissing:
        g.is_index_missing = True
        return SearchResult(total=0, hits=(), facets=dict.fromkeys(FACETS, ()), feed_seq=0, at=now())
