"""Words that say what another word is for: where somebody is, comes from, goes to, speaks, asks for, lacks."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from functools import cache

from directory.settings import resource_dir

AT, FROM, TO, WITHOUT, SPEAKS, ASKS, NIGHT, PERSON = (
    "at", "from", "to", "without", "speaks", "asks", "night", "person",
)  # fmt: skip
LITTLE, AND, NEAR, WEAK_FROM, TOWN, CONSULATE, SHORT, ALONE, AGE, BABY, FRENCH = (
    "little", "and", "near", "weak-from", "town", "consulate", "short", "alone", "age", "baby", "french",
)  # fmt: skip
RELATIVE, SELF, DETAINED, ARTICLE = "relative", "self", "detained", "article"
"""Kinds of cues in `seed_data/lexicon/cues.csv`. `little`: what may stand between a cue and its word. `weak-from`: *de*
may only join two nouns. `short`: abbreviations of states that are words as well. `relative`: whose age may
follow (*my niece, 15*). `self`: who speaks says where they are. `detained`: that a place of detention is meant.
`article`: behind it a common word names a thing."""
MAX_BETWEEN = 2


@cache
def _read() -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    with (resource_dir("seed_data") / "lexicon" / "cues.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["cue"], set()).add(row["word"])
    return {cue: frozenset(known) for cue, known in found.items()}


def kinds() -> frozenset[str]:
    """The kinds of cues that there are."""
    return frozenset(_read())


def words_of(cue: str) -> frozenset[str]:
    """The words of a kind of cue, folded."""
    return _read()[cue]


@cache
def all_words() -> frozenset[str]:
    """Every word that is a cue for something: none is a mistake, and none names a place by itself."""
    return frozenset().union(*_read().values())


def cues_of(words: Sequence[str]) -> frozenset[str]:
    """The cues that a text holds anywhere."""
    found = set(words)
    return frozenset(cue for cue, known in _read().items() if not known.isdisjoint(found))


def is_cue(word: str, cue: str) -> bool:
    """Whether a word is one for this."""
    return word in words_of(cue)


def cue_before(words: Sequence[str], at: int, raws: Sequence[str]) -> str | None:
    """What the words before a place say of it: the nearest of at, from, to; None where nothing does.

    French *à* is where somebody is, Spanish *a* where somebody goes.
    """
    for back in range(1, MAX_BETWEEN + 2):
        position = at - back
        if position < 0:
            return None
        word = words[position]
        if word == "a" and raws[position].lower() in ("à", "au", "aux"):
            return AT
        for cue in (AT, FROM, TO):
            if word in words_of(cue):
                return cue
        if word not in words_of(LITTLE):
            return None
    return None


def is_weak_from(word: str) -> bool:
    """*de* may only join two nouns (*garita de Nogales*)."""
    return word in words_of(WEAK_FROM)


def is_negated(words: Sequence[str], at: int, spans: Sequence[tuple[int, int]]) -> bool:
    """Whether *without*, *no*, *sin* … stands before a concept, or before its neighbour joined by *and* or *or*.

    `spans` are the concepts of the text: a negation within one of them (*no me pagaron*) is a part of its meaning.
    """
    position = at - 1
    steps = 0
    while position >= 0 and steps <= MAX_BETWEEN:
        word = words[position]
        if any(start <= position < end for start, end in spans):
            before = next(start for start, end in spans if start <= position < end)
            if position + 1 <= at - 1 and words[position + 1] in words_of(AND):
                position = before - 1
                continue
            return False
        if word in words_of(WITHOUT):
            return True
        if word not in words_of(LITTLE) and not is_cue(word, FROM):
            return False
        position -= 1
        steps += 1
    return False
