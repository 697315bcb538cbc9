"""All segments seen as one: documents numbered through, columns laid end to end, a bitmap for each facet value.

Numbers only ever grow: a new segment is appended, one that is gone leaves numbers that are no longer live. So what
was made of a segment stays valid, and a commit of one record costs next to nothing. When more numbers are dead than
alive, counting starts anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from directory.search.engine.bitmaps import bitmap
from directory.search.engine.columns import Array
from directory.search.engine.part_columns import Column, PartColumns
from directory.search.engine.parts import Part
from directory.search.engine.segments import Numbers, Placed, Source

Facet = Mapping[str, BitMap]
"""The documents that hold each value of a facet, by value in order."""
MAX_HEADS = 16_384


@dataclass
class Shared:
    """What generations that count alike have in common; it only grows."""

    strings: dict[str, int] = field(default_factory=dict)
    """A code for each string of location columns."""
    facet_codes: dict[tuple[str, str], int] = field(default_factory=dict)
    """A code for each (facet, value) of the grid."""
    heads: dict[int, Head] = field(default_factory=dict)
    """What results say of a document, as far as it was asked for."""
    locations: dict[int, Location] = field(default_factory=dict)
    parts: PartColumns | None = None


@dataclass(frozen=True)
class Head:
    """The identity of a document, its revision, and the rows of its locations."""

    identity: UUID
    revision: int
    rows: range
    location_ids: tuple[UUID, ...]


class Location(NamedTuple):
    """A location as ranking sees it: ISO codes, folded words of its city, slugs of the areas it offers."""

    country: str
    admin1: str | None
    admin2: str | None
    place_id: str | None
    city_words: frozenset[str]
    areas: frozenset[str]
    has_phone: bool


@dataclass(frozen=True)
class Collection:
    """The documents of one generation. `arrays` are laid end to end; `live` are the numbers that count."""

    placed: tuple[Placed, ...]
    end: int
    live: BitMap
    arrays: Mapping[str, Array]
    facets: Mapping[str, Facet]
    keys: tuple[list[str], Numbers]
    """What orders by name, then id, in order; and the numbers that it belongs to (dead ones included)."""
    shared: Shared

    @property
    def parts(self) -> PartColumns:
        """The cache of columns by part of a query."""
        if self.shared.parts is None:
            raise ValueError("a collection is made by `collect`")
        return self.shared.parts

    def column(self, part: Part) -> Column:
        """The column of a part of a query over all segments."""
        return self.parts.column(part, self.placed, self.end)

    @cached_property
    def rank(self) -> NDArray[np.uint32]:
        """The place of each number in the order by name, then id."""
        rank = np.zeros(self.end, np.uint32)
        rank[self.keys[1]] = np.arange(len(self.keys[1]), dtype=np.uint32)
        return rank

    @cached_property
    def live_count(self) -> int:
        """How many documents count."""
        return len(self.live)

    @cached_property
    def any_nationality(self) -> BitMap:
        """Those that name any nationality at all."""
        return BitMap.union(BitMap(), *self.facets["nationality"].values())

    @cached_property
    def with_more(self) -> BitMap:
        """Those with more facet values than the grid has room for."""
        return bitmap(np.unique(self.arrays["more_of"]))

    @cached_property
    def facet_lists(self) -> dict[str, tuple[tuple[str, ...], tuple[BitMap, ...], NDArray[np.intp]]]:
        """For each facet its values in order, their bitmaps, and their codes in the grid."""
        codes = self.shared.facet_codes
        return {
            name: (
                tuple(facet),
                tuple(facet.values()),
                np.array([codes[name, value] for value in facet], np.intp),
            )
            for name, facet in self.facets.items()
        }

    @cached_property
    def location_strings(self) -> list[str]:
        """The strings of location columns by code."""
        return list(self.shared.strings)

    def code(self, text: str | None) -> int:
        """The code of a string in location columns; -2 where no location has it."""
        return -2 if text is None else self.shared.strings.get(text, -2)

    def identity(self, number: int) -> UUID:
        """The id of a document."""
        return self.head(number).identity

    def head(self, number: int) -> Head:
        """What results say of a document (making an id takes as long as all the rest: it is remembered)."""
        head = self.shared.heads.get(number)
        if head is None:
            starts = self.arrays["location_starts"]
            rows = range(int(starts[number]), int(starts[number + 1]))
            head = Head(
                UUID(bytes=self.arrays["ids"][number].tobytes()),
                int(self.arrays["revision"][number]),
                rows,
                tuple(UUID(bytes=self.arrays["location_ids"][row].tobytes()) for row in rows),
            )
            if len(self.shared.heads) >= MAX_HEADS:
                self.shared.heads.clear()
            self.shared.heads[number] = head
        return head

    def location(self, row: int) -> Location:
        """Where a location is and what it offers, as far as it was asked for."""
        found = self.shared.locations.get(row)
        if found is None:
            strings = self.location_strings
            country, admin1, admin2, place_id, city, areas = (
                strings[code] if code >= 0 else None for code in self.arrays["location_codes"][row].tolist()
            )
            found = Location(
                country or "", admin1, admin2, place_id, frozenset((city or "").split()),
                frozenset((areas or "").split()), bool(self.arrays["location_phone"][row]),
            )  # fmt: skip
            if len(self.shared.locations) >= MAX_HEADS:
                self.shared.locations.clear()
            self.shared.locations[row] = found
        return found

    def numbers_of(self, ids: Iterable[UUID]) -> BitMap:
        """The live documents of some ids."""
        wanted = [item.bytes for item in ids]
        found = BitMap()
        for item in self.placed:
            known = item.source.columns.numbers_by_id
            found |= BitMap([item.base + known[key] for key in wanted if key in known])
        return found & self.live

    def source_of(self, number: int) -> tuple[Source, int]:
        """The segment of a number and the number within it."""
        for item in self.placed:
            if item.base <= number < item.end:
                return item.source, number - item.base
        raise LookupError(number)
