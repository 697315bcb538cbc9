"""The seam: `execute` answers a SearchQuery from the open generation of the index."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from uuid import UUID

from flask import current_app

from directory.clock import today as current_day
from directory.extensions import db
from directory.search.engine.analysis import words
from directory.search.engine.answer import Answer, answer
from directory.search.engine.query import SearchQuery, SearchResult
from directory.search.expand import Expander
from directory.search.follower import search_index
from directory.search.index import Generation
from directory.search.marks import IndexDamaged
from directory.vocabulary.catalogue import Vocabulary, vocabulary

_EXTENSION = "directory.expander"
_JOINED = re.compile(r"\w+(?:['’ʼ`]\w+)+['’ʼ`]?")
"""What apostrophes make one word of (`Q'anjob'al`), an elided article aside."""


def execute(query: SearchQuery, today: date | None = None) -> SearchResult:
    """Answer a search from the open generation of the index. Raises IndexMissing where there is none."""
    generation = search_index().current()
    on = today or current_day()
    found = _answer(query, on, generation)
    suggestion = _spelt(query.text, found.corrections) if found.total and found.corrections else None
    return SearchResult(
        total=found.total,
        hits=found.hits,
        facets=found.facets,
        feed_seq=generation.mark.seq,
        epoch=generation.mark.epoch,
        suggestion=suggestion,
        today=on,
    )


def matching_ids(query: SearchQuery, today: date | None = None) -> tuple[set[UUID], int]:
    """The ids of all that a search finds, whatever page it asks for, and the feed number of the answer."""
    generation = search_index().current()
    found = _answer(replace(query, page=1, size=10**9), today or current_day(), generation)
    return {hit.organization_id for hit in found.hits}, generation.mark.seq


def _answer(query: SearchQuery, on: date, generation: Generation) -> Answer:
    try:
        return answer(query, expander().asked(query.text, query.literal), generation.view(on))
    except IndexDamaged as error:
        search_index().mark_damaged(str(error))
        raise


def expander() -> Expander:
    """The expander of the running application's vocabulary, made once."""
    terms = vocabulary(db.session)
    known: tuple[Vocabulary, Expander] | None = current_app.extensions.get(_EXTENSION)
    if known is None or known[0] is not terms:
        known = current_app.extensions[_EXTENSION] = (terms, Expander(terms))
    return known[1]


def _spelt(text: str, corrections: Mapping[str, str]) -> str:
    """The query with its misspelt words corrected; all else stays as it was typed."""

    def corrected(match: re.Match[str]) -> str:
        folded = words(match[0])
        return corrections.get(folded[0], match[0]) if len(folded) == 1 else match[0]

    return _JOINED.sub(corrected, re.sub(r"\w+", corrected, text))
