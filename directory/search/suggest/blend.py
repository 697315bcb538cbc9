"""From candidates of several kinds to one short list: what begins as typed first, and never one kind alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

from directory.search.engine.analysis import words
from directory.search.suggest.candidates import Candidate, Kind

MAX_SUGGESTIONS = 10
AT_LEAST, AT_MOST = 2, 4
"""Of each kind so many have a place for sure where so many match, and no more while another kind has any left."""
KINDS: tuple[Kind, ...] = ("area", "population", "place", "organization", "consulate")
"""In the order in which equals stand."""
_IN_FULL, _AT_THE_BEGINNING, _WITHIN, _MISTYPED = range(4)


def blend(exact: Iterable[Candidate], tolerated: Iterable[Candidate], typed: Sequence[str]) -> list[Candidate]:
    """The suggestions to show, in order.

    What is called exactly as typed comes first, then what begins so (a hamlet that is called so, too), then what holds
    the words, then what is meant if there is a typing error; of these first needs and people, then places,
    organizations, consulates; the candidate that its source finds better first.
    """
    ranked = [(_closeness(item, typed), item) for item in exact]
    known = {(item.kind, item.value) for _, item in ranked}
    ranked += [(_MISTYPED, item) for item in tolerated if (item.kind, item.value) not in known]
    ranked.sort(key=_order)
    return [item for _, item in sorted(_mixed(ranked)[:MAX_SUGGESTIONS], key=_order)]


def _mixed(ranked: Sequence[tuple[int, Candidate]]) -> list[tuple[int, Candidate]]:
    """First the best of each kind, then more of each, then what is left; each part as ranked."""
    counts: Counter[Kind] = Counter()
    parts: tuple[list[tuple[int, Candidate]], ...] = ([], [], [])
    for place in ranked:
        kind = place[1].kind
        parts[(counts[kind] >= AT_LEAST) + (counts[kind] >= AT_MOST)].append(place)
        counts[kind] += 1
    return [place for part in parts for place in part]


def _closeness(item: Candidate, typed: Sequence[str]) -> int:
    text = " ".join(typed)
    names = [_folded(name) for name in item.names]
    if text in names:
        return _AT_THE_BEGINNING if item.is_minor else _IN_FULL
    return _AT_THE_BEGINNING if any(name.startswith(text) for name in names) else _WITHIN


@lru_cache(maxsize=4_096)
def _folded(name: str) -> str:
    return " ".join(words(name))


def _order(ranked: tuple[int, Candidate]) -> tuple[int, int, float, str, str]:
    closeness, item = ranked
    return closeness, KINDS.index(item.kind), -item.score, item.label, item.value
