"""What reading rests on: words and places that a process knows, and the names that the index holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from pyroaring import BitMap

from directory.search.understanding.candidates import Candidate, Text
from directory.search.understanding.gazetteer import Gazetteer
from directory.search.understanding.lexicon import Lexicon
from directory.search.understanding.reading import ReadPlace
from directory.search.understanding.sources.consulates import ConsulateNames
from directory.search.understanding.spelling import Speller


class Names(Protocol):
    """The names of organizations, as the index holds them."""

    def holders(self, word: str) -> BitMap:
        """The organizations that have a word in a name."""

    def candidates(self, text: Text, meanings: frozenset[str]) -> list[Candidate]:
        """Runs of a text that are the name of a few organizations."""


@dataclass(frozen=True)
class Knowledge:
    """All that a process knows of words and places, whoever asks."""

    lexicon: Lexicon
    gazetteer: Gazetteer
    abbreviations: dict[str, tuple[int, ...]]
    """Numbers of subdivisions by short form."""
    speller: Speller
    consulates: ConsulateNames
    postal: dict[str, ReadPlace]
