"""What a search means, as the engine takes it: needs, places, people, names. Frozen values without any text."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from pyroaring import BitMap

from directory.search.engine.parts import Asked, Part
from directory.search.engine.query import ConsulateFilter

HERE_KM = 40.0
"""Within which a place is *here*, where nobody says how near."""
WIDER_KM = 150.0


@dataclass(frozen=True)
class Sought:
    """A place that is asked about. Degrees and kilometres.

    `codes`: countries, subdivisions and `county:FIPS` of which all that lies within is here; else the point is, with
    `radius_km` around it. `country`, `admin1`: where the point lies. `weight`: 1 where the person is.
    """

    country: str = ""
    admin1: str | None = None
    point: tuple[float, float] | None = None
    codes: tuple[str, ...] = ()
    radius_km: float | None = None
    weight: float = 1.0
    consulates: tuple[ConsulateFilter, ...] = ()
    """Whose areas are here."""
    is_filter: bool = False
    """The address holds it already: it chooses among the locations of a document, and leads no rung."""


@dataclass(frozen=True)
class Intent:
    """What is meant. Weights between 0 and 1."""

    needs: tuple[tuple[str, float], ...] = ()
    """Slugs of service areas."""
    related: tuple[tuple[str, float], ...] = ()
    """Slugs of areas that may help instead."""
    populations: tuple[tuple[str, float], ...] = ()
    languages: tuple[tuple[str, float], ...] = ()
    nationality: str | None = None
    places: tuple[Sought, ...] = ()
    named: BitMap | None = None
    """Documents that the text names."""
    name_words: tuple[Part, ...] = ()
    """Words that few names hold, each as a part of its own."""
    without: tuple[tuple[str, str], ...] = ()
    """(facet, value) that are excluded."""
    preferred: frozenset[UUID] = frozenset()

    @property
    def is_empty(self) -> bool:
        """Whether nothing orders but words."""
        return not (self.needs or self.populations or self.languages or self.nationality or self.places or self.named)


@dataclass(frozen=True)
class Meaning:
    """A text as the engine takes it: `fixed` always holds; where something was understood words only rank."""

    fixed: Asked
    words: tuple[Part, ...]
    """Those that nothing else explains."""
    explained: tuple[Part, ...]
    """Those that were understood: of equals, who writes them comes first."""
    intent: Intent
