"""`suggest` answers who is still typing: organizations, needs, people, places and consulates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from directory.extensions import db
from directory.search.engine.analysis import STOP_WORDS, words
from directory.search.engine.suggest import MAX_TYPED_WORDS
from directory.search.follower import suggestions
from directory.search.suggest.blend import MAX_SUGGESTIONS, blend
from directory.search.suggest.candidates import Candidate, Source


@dataclass(frozen=True)
class Suggested:
    """What may be meant, and up to where the index had followed the change feed (None without an index)."""

    candidates: list[Candidate]
    index_seq: int | None


def suggest(text: str, language: str) -> Suggested:
    """At most ten things that may be meant by the beginning of some words; labels in a language.

    Typing errors are considered where nothing is found without. Without an index organizations are missing.
    Nothing for a text without words, or with more than twelve.
    """
    typed = words(text)
    if not typed or len(typed) > MAX_TYPED_WORDS:
        return Suggested([], None)
    sources, index_seq = suggestions().sources(db.session)
    exact = _ask(sources, typed, language, tolerant=False)
    tolerated = _ask(sources, _telling(typed), language, tolerant=True) if not exact else []
    return Suggested(blend(exact, tolerated, typed), index_seq)


def _ask(sources: Sequence[Source], typed: Sequence[str], language: str, *, tolerant: bool) -> list[Candidate]:
    return [item for source in sources for item in source.find(typed, language, MAX_SUGGESTIONS, tolerant=tolerant)]


def _telling(typed: Sequence[str]) -> list[str]:
    """The words that say something; the last one always: it may be the beginning of a longer one."""
    return [word for word in typed[:-1] if word not in STOP_WORDS] + [typed[-1]]
