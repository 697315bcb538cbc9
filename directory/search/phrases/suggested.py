"""Words that a search did not know and that somebody sent in on purpose, for moderators to look at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import CursorResult, delete, func, select

from directory.counters import add_up
from directory.database import AnySession
from directory.search.engine.analysis import STOP_WORDS, words
from directory.vocabulary.models import SuggestedWord

MAX_WORDS, LONGEST, SHORTEST = 12, 40, 2
SETTLED_KEPT, KEPT = timedelta(days=90), timedelta(days=365)


def acceptable(typed: Iterable[str]) -> list[str]:
    """The words that may be sent in: single, of letters, neither numbers nor addresses; each once."""
    found = (words(item) for item in typed if len(item) <= LONGEST)
    kept = (item[0] for item in found if len(item) == 1)
    plain = dict.fromkeys(
        word for word in kept if SHORTEST <= len(word) <= LONGEST and word.isalpha() and word not in STOP_WORDS
    )
    return list(plain)[:MAX_WORDS]


def send_in(session: AnySession, sent: Iterable[str], language: str, today: date) -> int:
    """Keep words, each with how often it came; one that was settled and comes again waits anew. Returns how many."""
    # In one order, so that two who send the same words never wait for one another.
    found = sorted(acceptable(sent))
    rows = [{"word": word, "language": language, "times": 1, "first_on": today, "last_on": today} for word in found]
    add_up(session, SuggestedWord, rows, ("times",), {"last_on": today, "settled_at": None, "settled_by": None})
    return len(found)


def forget_words_sent_in(session: AnySession, today: date) -> int:
    """Delete words that were settled a season ago, or that nobody sent for a year; returns how many."""
    table = SuggestedWord
    is_settled = table.settled_at.is_not(None) & (table.last_on < today - SETTLED_KEPT)
    found = session.execute(delete(table).where(is_settled | (table.last_on < today - KEPT)))
    return found.rowcount if isinstance(found, CursorResult) else 0


def waiting_words(session: AnySession) -> Sequence[SuggestedWord]:
    """What nobody has looked at yet, the most frequent first."""
    query = select(SuggestedWord).where(SuggestedWord.settled_at.is_(None))
    return session.scalars(query.order_by(SuggestedWord.times.desc(), SuggestedWord.word).limit(200)).all()


def count_waiting(session: AnySession) -> int:
    """How many words wait."""
    return session.scalar(select(func.count()).where(SuggestedWord.settled_at.is_(None))) or 0


def settle(session: AnySession, word: str, language: str, actor: str, now: datetime) -> bool:
    """Note that somebody looked at a word; False where nobody sent it in."""
    known = session.get(SuggestedWord, (word, language), with_for_update=True)
    if known is None:
        return False
    known.settled_at, known.settled_by = now, actor
    return True
