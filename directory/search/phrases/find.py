"""Phrases of the table for who looks after them: by words, by meaning, by who answers for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from sqlalchemy import Select, func, select

from directory.database import AnySession
from directory.search.engine.analysis import words
from directory.search.understanding.sources.phrases import COLUMNS
from directory.spreadsheet import written
from directory.vocabulary.models import LexiconPhrase, PhraseKind, PhraseOrigin

AT_ONCE = 50


@dataclass(frozen=True)
class PhraseFilter:
    """Which phrases to show. None: all."""

    text: str = ""
    kind: PhraseKind | None = None
    value: str | None = None
    origin: PhraseOrigin | None = None
    is_disabled: bool | None = None

    def narrow(self, query: Select[tuple[LexiconPhrase]]) -> Select[tuple[LexiconPhrase]]:
        """The query for these phrases alone."""
        table = LexiconPhrase
        for word in words(self.text):
            query = query.where(table.folded.contains(word, autoescape=True))
        for column, value in ((table.kind, self.kind), (table.value, self.value), (table.origin, self.origin)):
            if value is not None:
                query = query.where(column == value)
        return query if self.is_disabled is None else query.where(table.is_disabled.is_(self.is_disabled))


def find_phrases(session: AnySession, wanted: PhraseFilter, page: int) -> tuple[int, list[LexiconPhrase]]:
    """How many there are, and one page of them, by meaning and words."""
    query = wanted.narrow(select(LexiconPhrase))
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    ordered = query.order_by(LexiconPhrase.kind, LexiconPhrase.value, LexiconPhrase.folded, LexiconPhrase.id)
    return total, list(session.scalars(ordered.offset((page - 1) * AT_ONCE).limit(AT_ONCE)))


def values_of(session: AnySession, kind: PhraseKind) -> list[str]:
    """The values that phrases of a kind have."""
    query = select(LexiconPhrase.value).where(LexiconPhrase.kind == kind).distinct()
    return sorted(session.scalars(query))


def as_csv(phrases: Iterable[LexiconPhrase]) -> Iterator[str]:
    """Phrases as a file of the columns that an import reads, line by line."""
    return written(chain([COLUMNS], (tuple(_cells(phrase)) for phrase in phrases)))


def all_phrases(session: AnySession) -> Iterator[LexiconPhrase]:
    """Every phrase that is not disabled, in the order of a page."""
    query = select(LexiconPhrase).where(LexiconPhrase.is_disabled.is_(False))
    yield from session.scalars(query.order_by(LexiconPhrase.kind, LexiconPhrase.value, LexiconPhrase.folded))


def _cells(phrase: LexiconPhrase) -> Iterator[str]:
    for name in COLUMNS:
        value = getattr(phrase, name)
        yield f"{value:g}" if isinstance(value, float) else str(value)
