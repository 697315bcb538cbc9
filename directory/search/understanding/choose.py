"""The cheapest reading: which runs of words, none overlapping, cover a text best.

A walk from left to right keeps for each position the cheapest cover of what lies before it (dynamic programming over
at most 150 tokens). Ties: the longer run, then the earlier one, then what stands first in the list.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from directory.search.understanding.candidates import Candidate, unread_cost


def choose(words: Sequence[str], candidates: Sequence[Candidate]) -> list[Candidate]:
    """The chosen candidates in order of the text."""
    ending: dict[int, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        ending[candidate.end].append(candidate)
    best: list[tuple[float, Candidate | None]] = [(0.0, None)]
    for end in range(1, len(words) + 1):
        chosen: tuple[float, Candidate | None] = (best[end - 1][0] + unread_cost(words[end - 1]), None)
        for candidate in sorted(ending[end], key=lambda item: item.start):
            cost = best[candidate.start][0] + candidate.cost
            if cost < chosen[0] - 1e-9:
                chosen = (cost, candidate)
        best.append(chosen)
    found = []
    at = len(words)
    while at > 0:
        last = best[at][1]
        if last is None:
            at -= 1
        else:
            found.append(last)
            at = last.start
    return found[::-1]
