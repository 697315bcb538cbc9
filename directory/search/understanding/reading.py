"""What a text means, as a value: concepts, places, what is left as words, what was corrected or cut."""

from __future__ import annotations

from dataclasses import dataclass

IMPLIED = 0.4
"""What a concept counts that a phrase only suggests."""


@dataclass(frozen=True, slots=True)
class Concept:
    """A need, a group of people, a nationality, a language, a consulate or an organization, read from some words."""

    kind: str
    value: str
    weight: float
    text: str
    start: int
    end: int
    how: str
    """`exact`, `stem`, `typo`, `context` or `implied`."""


@dataclass(frozen=True, slots=True)
class ReadPlace:
    """A place as it was meant. `codes`: countries, subdivisions, `county:FIPS` that it is made of; none for a point.

    `value`: the gazetteer's id, an ISO code, `county:FIPS`, or codes joined by `+`. Degrees and kilometres.
    """

    value: str
    name: str
    country: str
    admin1: str | None
    point: tuple[float, float] | None
    codes: tuple[str, ...] = ()
    radius_km: float | None = None
    """Within which it is *here*: of a region that is a circle, or as the text says."""
    text: str = ""
    start: int = 0
    end: int = 0
    how: str = "exact"
    role: str = "at"
    weight: float = 1.0
    is_crossing: bool = False
    alternatives: tuple[ReadPlace, ...] = ()


@dataclass(frozen=True, slots=True)
class Spent:
    """A run of words, how it was read, and what believing that costs: the cheapest cover of a text is its reading."""

    text: str
    start: int
    end: int
    how: str
    cost: float


@dataclass(frozen=True)
class Reading:
    """What a text means. `free`: folded words that nothing knows and that carry meaning, in order."""

    concepts: tuple[Concept, ...] = ()
    places: tuple[ReadPlace, ...] = ()
    free: tuple[str, ...] = ()
    negated: tuple[Concept, ...] = ()
    excluded: tuple[Concept, ...] = ()
    """Concepts behind a minus: these exclude."""
    corrections: tuple[tuple[str, str], ...] = ()
    costs: tuple[Spent, ...] = ()
    """Of each run of words that was read."""
    rows: tuple[int, ...] = ()
    """The rows of the lexicon that the reading rests on, each once."""
    struck: tuple[int, ...] = ()
    """The rows that would have been read, had their words not been taken literally."""
    phones: tuple[str, ...] = ()
    cut: int = 0
    clean: str = ""
    """The text without what was pasted along, phones included."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was understood."""
        return not self.concepts and not self.places and not self.phones

    def of(self, kind: str) -> list[Concept]:
        """The concepts of a kind."""
        return [concept for concept in self.concepts if concept.kind == kind]
