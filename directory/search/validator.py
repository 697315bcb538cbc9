"""Entity tags of answers to searches: they change with index, lexicon and day, and with what else is asked."""

from __future__ import annotations

from datetime import datetime

from directory.changes.feed import feed_position
from directory.clock import last_end_of_day
from directory.database import AnySession
from directory.publication.validator import tag
from directory.search.follower import knowledge, search_index
from directory.vocabulary.catalogue import vocabulary


def search_tag(session: AnySession, now: datetime, *parts: object, asks_consulate: bool) -> str:
    """The entity tag of what a search answers from now on. Raises IndexMissing.

    Read it before the answer is made: an answer may be newer than its tag, never older. Only a consulate's
    jurisdiction and partners are asked of the database; for all else the position of the index is enough, without SQL.
    """
    position = feed_position(session) if asks_consulate else None
    base = knowledge()
    if not base.revision:
        base.current(session, vocabulary(session))
    return tag(search_index().current().mark, position, base.revision, last_end_of_day(now), *parts)
