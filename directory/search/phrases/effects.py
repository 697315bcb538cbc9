"""What a change of a phrase would do: what else it means, what it would hide, and how judged answers move."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from pyroaring import BitMap
from sqlalchemy import select

from directory.extensions import db
from directory.organizations.models import Organization
from directory.search.follower import knowledge, search_index
from directory.search.relevance.quality import Difference, Quality
from directory.search.understanding.forms import EXACT
from directory.search.understanding.gazetteer import place_label
from directory.search.understanding.known import Knowledge
from directory.search.understanding.sources.phrases import Phrase, PhraseRow, common_words, stored_phrases
from directory.vocabulary.catalogue import vocabulary
from directory.vocabulary.models import LexiconPhrase

_EXTENSION = "directory.quality"
SHOWN = 5
_JUDGING = threading.Lock()


@dataclass(frozen=True)
class Effects:
    """What is said to a moderator before a change is saved."""

    others: tuple[LexiconPhrase, ...]
    """Other rows of the same words."""
    places: tuple[str, ...]
    """Places of this name, the largest first."""
    organizations: tuple[str, ...]
    """Organizations with all of these words in a name."""
    is_common: bool
    """Whether it is one of the commonest words of Spanish, English or French."""
    difference: Difference


def effects_of(row: PhraseRow, phrase_id: int | None, language: str, at: datetime, *, is_disabled: bool) -> Effects:
    """What writing `row` would do, in the place of the phrase with `phrase_id`, or as a new one."""
    words = row.folded.split(" ")
    terms = vocabulary(db.session)
    known = knowledge().current(db.session, terms)
    changed = knowledge().changed(db.session, terms, _with(row, phrase_id, is_disabled=is_disabled))
    others = db.session.scalars(
        select(LexiconPhrase).filter_by(folded=row.folded).order_by(LexiconPhrase.kind, LexiconPhrase.value)
    )
    return Effects(
        others=tuple(other for other in others if other.id != phrase_id),
        places=tuple(_places(words, known, language)),
        organizations=tuple(_organizations(words)),
        is_common=len(words) == 1 and words[0] in common_words(),
        difference=_difference(at, changed),
    )


def _with(row: PhraseRow, phrase_id: int | None, *, is_disabled: bool) -> Iterator[Phrase]:
    for phrase in stored_phrases(db.session):
        if phrase.row != phrase_id:
            yield phrase
    if not is_disabled:
        yield Phrase(tuple(row.folded.split(" ")), row.sense, phrase_id or 0)


def _places(words: list[str], known: Knowledge, language: str) -> Iterable[str]:
    gazetteer = known.gazetteer
    numbers = [
        number
        for found in known.lexicon.find(words, (EXACT,))
        if found.end - found.start == len(words)
        for number in found.places.tolist()
    ]
    numbers.sort(key=lambda number: (-int(gazetteer.people[number]), gazetteer.id(number)))
    return dict.fromkeys(place_label(gazetteer.place(number), language) for number in numbers[:SHOWN])


def _organizations(words: list[str]) -> list[str]:
    generation = search_index().current()
    names, _ = knowledge().names(generation)
    holding = BitMap.intersection(*(names.holders(word) for word in words))
    ids = [generation.collection.head(number).identity for number in list(holding)[:SHOWN]]
    query = select(Organization.name).where(Organization.id.in_(ids)).order_by(Organization.name)
    return list(db.session.scalars(query))


def _difference(at: datetime, changed: Knowledge) -> Difference:
    """How judged answers would move; one at a time, since the judge remembers what it has read."""
    with _JUDGING:
        known: Quality | None = current_app.extensions.get(_EXTENSION)
        if known is None or not known.follow(db.session, at):
            known = current_app.extensions[_EXTENSION] = Quality(db.session, at)
        return known.difference(knowledge().revision, changed)
