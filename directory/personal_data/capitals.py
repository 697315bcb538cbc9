"""Words of a text, and the runs of capitalised ones in which names of people, places and organizations stand."""

from __future__ import annotations

import re
from dataclasses import dataclass

from directory.personal_data.given_names import GIVEN_NAMES, LEADING_WORDS, OTHER_WORDS
from directory.places.names import fold

WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
PARTICLES = frozenset({"de", "del", "la", "las", "los", "da", "dos", "van", "von", "du", "des"})


@dataclass(frozen=True, slots=True)
class Word:
    """A word as written, folded, and where it stands."""

    text: str
    folded: str
    start: int
    end: int

    @property
    def is_capitalised(self) -> bool:
        return self.text[0].isupper()

    @property
    def is_given(self) -> bool:
        return self.folded in GIVEN_NAMES


Run = list[Word]
"""Capitalised words that stand together, with the particles between them."""


def words_of(text: str) -> list[Word]:
    """Every word, in order; digits and signs are none."""
    return [Word(match[0], fold(match[0]), *match.span()) for match in WORD.finditer(text)]


def _are_joined(text: str, first: Word, second: Word) -> bool:
    gap = text[first.end : min(second.start, first.end + 4)]
    if len(first.text) == 1 or first.folded in LEADING_WORDS:
        gap = gap.removeprefix(".")
    return gap in {"", "-", " ", "  ", "   "}


def runs_of(text: str, words: list[Word]) -> list[Run]:
    """The runs, in order. A country or a month after a particle ends one: `Ana Ficticia de Honduras`."""
    runs: list[Run] = []
    run: Run = []
    particles: Run = []
    for word in words:
        goes_on = bool(run) and _are_joined(text, (particles or run)[-1], word)
        if goes_on and word.is_capitalised and not (particles and word.folded in OTHER_WORDS):
            run += [*particles, word]
            particles = []
        elif goes_on and not word.is_capitalised and word.folded in PARTICLES and len(particles) < 2:
            particles.append(word)
        else:
            if run:
                runs.append(run)
            run, particles = [word] if word.is_capitalised else [], []
    return [*runs, run] if run else runs


def names_in(run: Run) -> Run:
    """The run without particles and initials."""
    return [word for word in run if word.is_capitalised and len(word.text) > 1]
