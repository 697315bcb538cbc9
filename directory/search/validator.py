"""Entity tags of answers to searches: they change with the index, at midnight, and with what else is asked."""

from __future__ import annotations

from datetime import date

from directory.changes.feed import feed_position
from directory.database import AnySession
from directory.publication.validator import tag
from directory.search.follower import search_index


def search_tag(session: AnySession, day: date, *parts: object, asks_consulate: bool) -> str:
    """The entity tag of what a search answers from now on. Raises IndexMissing.

    Read it before the answer is made: an answer may be newer than its tag, never older. Only a consulate's
    jurisdiction and partners are asked of the database; for all else the position of the index is enough, without SQL.
    """
    position = feed_position(session) if asks_consulate else None
    return tag(search_index().current().mark, position, day, *parts)
