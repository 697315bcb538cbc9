"""What a source of suggestions answers: candidates of one kind, the best first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

Kind = Literal["area", "population", "place", "organization", "consulate"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that may be meant. `path` is where it leads, below the page's language (`/search?area=shelter`)."""

    kind: Kind
    value: str
    label: str
    path: str
    names: Sequence[str]
    """What it is called in any language: who types one of these in full means it."""
    score: float
    detail: str | None = None
    """What tells it from others of the same name."""
    is_minor: bool = False
    """A hamlet that nobody of ours is in: a need or people whose name begins so are likelier meant."""


class Source(Protocol):
    """Where candidates come from."""

    def find(self, typed: Sequence[str], language: str, limit: int, *, tolerant: bool) -> list[Candidate]:
        """The best candidates for some folded words, labels in a language; `tolerant` of typing errors."""
