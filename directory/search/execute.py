"""The seam: `execute` answers a SearchQuery from the open generation of the index."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from flask import current_app

from directory.clock import now as current_instant
from directory.extensions import db
from directory.search.engine.analysis import words
from directory.search.engine.answer import Answer, answer
from directory.search.engine.intent import Meaning
from directory.search.engine.query import SearchQuery, SearchResult
from directory.search.expand import Expander
from directory.search.follower import knowledge, search_index
from directory.search.index import Generation
from directory.search.marks import IndexDamaged
from directory.search.meaning import Asker, with_implied
from directory.search.parameters import consulate_filters
from directory.search.understanding.known import Knowledge
from directory.search.understanding.places import Context
from directory.search.understanding.reader import read
from directory.search.understanding.reading import Reading
from directory.text import APOSTROPHES
from directory.vocabulary.catalogue import Vocabulary, vocabulary

_EXTENSION = "directory.expander"
NOTHING = Reading()
_JOINED = re.compile(rf"\w+(?:[{APOSTROPHES}]\w+)+[{APOSTROPHES}]?")
"""What apostrophes make one word of (`Q'anjob'al`), an elided article aside."""


@dataclass(frozen=True)
class Understood(SearchResult):
    """What a search found, and how its text was read."""

    reading: Reading = NOTHING
    asks_own_area: bool = False
    """Whether the area of the searcher's own consulate was *here*: nothing else said where."""


def execute(query: SearchQuery, now: datetime | None = None, known: Knowledge | None = None) -> Understood:
    """Answer a search from the open generation of the index. Raises IndexMissing where there is none.

    `known` stands in for what the process knows of words: to see what another lexicon would answer.
    """
    generation = search_index().current()
    at = now or current_instant()
    reading, meaning, found = _answer(query, at, generation, known)
    corrections = {words(typed)[0]: meant for typed, meant in reading.corrections if len(words(typed)) == 1}
    corrections |= found.corrections
    suggestion = _spelt(query.text, corrections) if found.total and corrections else None
    return Understood(
        total=found.total,
        hits=found.hits,
        facets=found.facets,
        feed_seq=generation.mark.seq,
        epoch=generation.mark.epoch,
        suggestion=suggestion,
        at=at,
        relaxed=found.relaxed,
        reading=reading,
        asks_own_area=bool(query.own)
        and meaning is not None
        and any(place.consulates is query.own for place in meaning.intent.places),
    )


def matching_ids(query: SearchQuery, now: datetime | None = None) -> tuple[set[UUID], int]:
    """The ids of all that a search finds, whatever page it asks for, and the feed number of the answer."""
    generation = search_index().current()
    whole = replace(query, page=1, size=10**9)
    *_, found = _answer(whole, now or current_instant(), generation)
    return {hit.organization_id for hit in found.hits}, generation.mark.seq


def read_text(
    query: SearchQuery, generation: Generation, known: Knowledge | None = None
) -> tuple[Reading, Meaning | None]:
    """What the text of a query means; nothing where there is none. The same text, lexicon and data read the same."""
    if not query.text.strip():
        return NOTHING, None
    base = knowledge()
    names, density = base.names(generation)
    context = Context(frozenset(query.country), frozenset(query.admin1), _covers(query), density)
    known = known or base.current(db.session, vocabulary(db.session))
    reading, documents = read(query.text, known, names, context, query.literal)
    # Whoever asks for a consulate asks for its nationals: that they are these tells nothing.
    own = known.consulates.sending(item.slug for item in (*query.consulate, *query.own))
    told = tuple(item for item in reading.concepts if item.kind != "nationality" or item.value not in own)
    reading = replace(reading, concepts=told)
    slugs = [concept.value for concept in reading.of("consulate")]
    consulates = {item.slug: item for item in consulate_filters(slugs, db.session)} if slugs else {}
    meaning = Asker(names, base.related, base.implied, consulates).meaning(query, reading, documents)
    return with_implied(reading, base.implied), meaning


def _covers(query: SearchQuery) -> Callable[[str, str | None], bool] | None:
    consulates = query.consulate or query.own
    if not consulates or query.anywhere:
        return None
    return lambda country, admin1: any(
        area.country == country and area.admin1 in (None, admin1) and not area.excludes
        for item in consulates
        for area in item.areas
    )


def _answer(
    query: SearchQuery, at: datetime, generation: Generation, known: Knowledge | None = None
) -> tuple[Reading, Meaning | None, Answer]:
    try:
        reading, meaning = read_text(query, generation, known)
        text = reading.clean if reading.phones else query.text
        found = answer(query, expander().asked(text, query.literal), generation.view(at), meaning)
    except IndexDamaged as error:
        search_index().mark_damaged(str(error))
        raise
    return reading, meaning, found


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
