"""How often each phrase is read, and how often whoever searched struck it out: numbers, never the search."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date

from flask import Flask, current_app
from sqlalchemy import func, select

from directory.counters import Counts, add_up
from directory.database import AnySession
from directory.vocabulary.models import LexiconPhrase, PhraseUse

_EXTENSION = "directory.phrase_uses"
Use = tuple[int, bool]
"""A phrase of the table, and whether it was struck out."""


def bind(app: Flask) -> None:
    """Give the application its counter."""
    app.extensions[_EXTENSION] = Counts[Use]()


def count_phrases(read: Iterable[int], struck: Iterable[int]) -> None:
    """Phrases were read in a search, or taken literally."""
    counts: Counts[Use] = current_app.extensions[_EXTENSION]
    counts.add([*((row, False) for row in read), *((row, True) for row in struck)])


def take_phrase_uses() -> Counter[Use]:
    """What this process counted since the last call."""
    counts: Counts[Use] = current_app.extensions[_EXTENSION]
    return counts.take()


def write_phrase_uses(session: AnySession, counts: Counter[Use], today: date) -> None:
    """Add counts to the month's; a phrase that is gone meanwhile is passed over. Needs a write transaction."""
    ids = {row for row, _ in counts}
    known = set(session.scalars(select(LexiconPhrase.id).where(LexiconPhrase.id.in_(ids))))
    month = today.replace(day=1)
    rows = [
        {"phrase_id": row, "month": month, "times_read": counts[row, False], "times_struck": counts[row, True]}
        for row in sorted(known)
    ]
    add_up(session, PhraseUse, rows, ("times_read", "times_struck"))


def uses_of(session: AnySession, ids: Iterable[int]) -> dict[int, tuple[int, int]]:
    """How often phrases were read and struck out, all months together."""
    query = (
        select(PhraseUse.phrase_id, func.sum(PhraseUse.times_read), func.sum(PhraseUse.times_struck))
        .where(PhraseUse.phrase_id.in_(list(ids)))
        .group_by(PhraseUse.phrase_id)
    )
    return {row[0]: (int(row[1]), int(row[2])) for row in session.execute(query)}
