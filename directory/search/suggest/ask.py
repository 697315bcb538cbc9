"""`suggest` answers who is still typing: organizations, needs, people, places and consulates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from directory.extensions import db
from directory.search.engine.analysis import STOP_WORDS, words
from directory.search.engine.suggest import MAX_TYPED_WORDS
from directory.search.follower import suggestions
from directory.search.suggest.blend import MAX_SUGGESTIONS, blend
from directory.search.suggest.candidates import Candidate, Source

MAX_TAIL = 3
COMPLETES = frozenset({"area", "population", "place"})
"""Kinds that complete a sentence: a name stands for itself."""


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
    if not exact and not tolerated:
        return Suggested(_completed(sources, text, typed, language), index_seq)
    return Suggested(blend(exact, tolerated, typed), index_seq)


def _completed(sources: Sequence[Source], text: str, typed: Sequence[str], language: str) -> list[Candidate]:
    """The last words of a sentence completed (*abogado mcal*): what is before them stays in the search."""
    for count in range(min(MAX_TAIL, len(typed) - 1), 0, -1):
        tail = typed[-count:]
        if tail[0] in STOP_WORDS:
            continue
        found = [item for item in _ask(sources, tail, language, tolerant=False) if item.kind in COMPLETES]
        kept = " ".join(text.split()[: len(text.split()) - count])
        if found and kept:
            return [_behind(kept, item) for item in blend(found, (), tail)]
    return []


def _behind(kept: str, item: Candidate) -> Candidate:
    label = f"{kept} {item.label}"
    return replace(item, label=label, path=f"/search?{urlencode({'q': label})}")


def _ask(sources: Sequence[Source], typed: Sequence[str], language: str, *, tolerant: bool) -> list[Candidate]:
    return [item for source in sources for item in source.find(typed, language, MAX_SUGGESTIONS, tolerant=tolerant)]


def _telling(typed: Sequence[str]) -> list[str]:
    """The words that say something; the last one always: it may be the beginning of a longer one."""
    return [word for word in typed[:-1] if word not in STOP_WORDS] + [typed[-1]]
