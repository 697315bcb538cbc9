"""Words that a search did not know and that somebody sent in on purpose, for moderators to look at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import func, select

from directory.database import AnySession
from directory.search.engine.analysis import STOP_WORDS, words
from directory.vocabulary.models import SuggestedWord

MAX_WORDS, LONGEST, SHORTEST = 12, 40, 2


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
    count = 0
    for word in acceptable(sent):
        known = session.get(SuggestedWord, (word, language), with_for_update=True)
        if known is None:
            session.add(SuggestedWord(word=word, language=language, first_on=today, last_on=today))
        else:
            known.times += 1
            known.last_on, known.settled_at, known.settled_by = today, None, None
        count += 1
    return count


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
