"""One question, said so that every engine can be asked it: words as terms by field, filters, and our own query."""

from __future__ import annotations

from dataclasses import dataclass

from directory.search.engine.query import SearchQuery

Word = tuple[tuple[str, str], ...]
"""(field, term) pairs, any of which is enough."""
FACETS = {"country": "countries", "admin1": "admin1s", "area": "areas", "population": "populations"}
"""Facet by its name in `Document.stored`."""


@dataclass(frozen=True)
class Ask:
    """All words must be found; values of one filter are alternatives; different filters must all hold."""

    query: SearchQuery
    """The same question for our own engine."""
    words: tuple[Word, ...] = ()
    country: tuple[str, ...] = ()
    admin1: tuple[str, ...] = ()
    area: tuple[str, ...] = ()
    population: tuple[str, ...] = ()
    size: int = 20

    def filters(self) -> dict[str, tuple[str, ...]]:
        """The filters that are set, by facet."""
        return {facet: values for facet in FACETS if (values := getattr(self, facet))}
