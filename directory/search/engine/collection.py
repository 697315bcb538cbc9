"""All segments seen as one: documents numbered through, columns laid end to end, a bitmap for each facet value.

Numbers only ever grow: a new segment is appended, one that is gone leaves numbers that are no longer live. So what
was made of a segment stays valid, and a commit of one record costs next to nothing. When more numbers are dead than
alive, counting starts anew.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from mmap import mmap
from typing import Any, NamedTuple, Protocol
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from directory.search.engine.bitmaps import bitmap
from directory.search.engine.columns import FACET_KEYS, GRID_WIDTH, NO_VALUE, Array, Columns
from directory.search.engine.part_columns import PartColumns
from directory.search.engine.weights import Floats

Numbers = NDArray[np.uint32]
Facet = Mapping[str, BitMap]
"""The documents that hold each value of a facet, by value in order."""
_FEW = 256
_SLACK = 10_000
MAX_HEADS = 16_384

_DOCUMENT_COLUMNS = ("ids", "revision", "verified_day", "interval_days", "due_since_day")
_LOCATION_COLUMNS = ("location_ids", "location_phone", "location_radians")


class Source(Protocol):
    """One segment as the store hands it over: immutable; numbers count within it."""

    segment_id: str
    columns: Columns
    text: bytes | mmap
    """The folded texts of its documents, one line each; phrases are looked up here."""
    text_starts: NDArray[np.int64]

    def postings(self, term: str) -> tuple[Numbers, Floats]:
        """Documents that hold a term, ascending, with its weighted frequency; both empty where none does."""

    def terms_with_prefix(self, prefix: str, limit: int) -> list[str]:
        """The first `limit` terms of the dictionary that begin with `prefix` (which begins with its namespace)."""

    def stored(self, number: int) -> Mapping[str, Any]:
        """The stored record of a document."""


@dataclass(frozen=True)
class Placed:
    """A segment and the number of its first document."""

    source: Source
    base: int

    @property
    def end(self) -> int:
        """One more than the number of its last document."""
        return self.base + self.source.columns.count


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


def collect(
    segments: Sequence[tuple[Source, Iterable[int]]], former: Collection | None, cache_bytes: int
) -> Collection:
    """The segments with their deleted documents as one collection, built upon `former` where that is worth it."""
    live_count = sum(source.columns.count for source, _ in segments)
    if former is None or not _is_worth_it(segments, former, live_count):
        former = _empty(cache_bytes)
    bases = {item.source.segment_id: item.base for item in former.placed}
    placed: list[Placed] = []
    end = former.end
    fresh = []
    live = BitMap()
    for source, deleted in segments:
        base = bases.get(source.segment_id)
        if base is None:
            base = end
            end += source.columns.count
            fresh.append(Placed(source, base))
        placed.append(Placed(source, base))
        live |= _live(source, base, deleted)
    return Collection(
        placed=tuple(sorted(placed, key=lambda item: item.base)),
        end=end,
        live=live,
        arrays=_appended(former, fresh),
        facets=_with_facets(former, fresh),
        keys=_with_keys(former, fresh),
        shared=former.shared,
    )


def _is_worth_it(segments: Sequence[tuple[Source, Iterable[int]]], former: Collection, count: int) -> bool:
    known = {item.source.segment_id for item in former.placed}
    new = sum(source.columns.count for source, _ in segments if source.segment_id not in known)
    return former.end + new <= 2 * count + _SLACK


def _empty(cache_bytes: int) -> Collection:
    empty = Columns(_no_arrays())
    arrays = {name: empty[name] for name in (*_DOCUMENT_COLUMNS, *_LOCATION_COLUMNS)}
    arrays |= {
        "grid": np.empty((0, GRID_WIDTH), np.uint16),
        "more_of": np.empty(0, np.uint32),
        "more_code": np.empty(0, np.uint16),
        "location_of": np.empty(0, np.uint32),
        "location_codes": np.empty((0, 6), np.int32),
        "location_starts": np.zeros(1, np.int64),
        "said_of": np.empty(0, np.uint32),
        "said_state": np.empty(0, np.int8),
        "said_until": np.empty(0, np.int32),
    }
    facets: dict[str, Facet] = {name: {} for name in FACET_KEYS}
    shared = Shared(parts=PartColumns(cache_bytes))
    return Collection((), 0, BitMap(), arrays, facets, ([], np.empty(0, np.uint32)), shared)


def _no_arrays() -> dict[str, Array]:
    return {
        "ids": np.empty((0, 16), np.uint8),
        **{name: np.empty(0, np.int32) for name in _DOCUMENT_COLUMNS[1:]},
        "location_ids": np.empty((0, 16), np.uint8),
        "location_phone": np.empty(0, np.bool_),
        "location_radians": np.empty((0, 2), np.float32),
    }


def _live(source: Source, base: int, deleted: Iterable[int]) -> BitMap:
    records = source.columns["is_record"]
    live = BitMap()
    live.add_range(base, base + len(records))
    for number in np.flatnonzero(~records).tolist():
        live.discard(base + number)
    for number in deleted:
        live.discard(base + number)
    return live


def _appended(former: Collection, fresh: Sequence[Placed]) -> dict[str, Array]:
    """The columns of `former` with those of new segments behind them."""
    if not fresh:
        return dict(former.arrays)
    own = [item.source.columns for item in fresh]
    arrays = {
        name: np.concatenate([former.arrays[name], *(columns[name] for columns in own)])
        for name in (*_DOCUMENT_COLUMNS, *_LOCATION_COLUMNS, "said_state", "said_until")
    }
    for name in ("said_of", "location_of", "more_of"):
        shifted = [item.source.columns[name] + np.uint32(item.base) for item in fresh]
        arrays[name] = np.concatenate([former.arrays[name], *shifted])
    grids, more = [former.arrays["grid"]], [former.arrays["more_code"]]
    for columns in own:
        known = former.shared.facet_codes
        own_codes = [known.setdefault(item, len(known) + 1) for item in columns.facet_values()]
        recode = np.array([NO_VALUE, *own_codes], np.uint16)
        grids.append(recode[columns["grid"]])
        more.append(recode[columns["more_code"]])
    arrays["grid"] = np.concatenate(grids)
    arrays["more_code"] = np.concatenate(more)
    codes = [_recoded(columns, former.shared.strings) for columns in own]
    arrays["location_codes"] = np.concatenate([former.arrays["location_codes"], *codes])
    starts = [former.arrays["location_starts"]]
    for columns in own:
        starts.append(columns["location_starts"][1:] + starts[-1][-1])
    arrays["location_starts"] = np.concatenate(starts)
    return arrays


def _recoded(columns: Columns, strings: dict[str, int]) -> Array:
    """Location codes of a segment in the codes that all segments share."""
    shared = np.array([strings.setdefault(text, len(strings)) for text in columns.strings("strings")] + [-1], np.int32)
    return np.asarray(shared[columns["location_codes"]])


def _with_facets(former: Collection, fresh: Sequence[Placed]) -> dict[str, Facet]:
    """Bitmaps by facet and value; those that new segments touch are copied, never changed in place."""
    facets: dict[str, Facet] = {}
    for name, facet in former.facets.items():
        values = dict(facet)
        for item in fresh:
            for value, own in item.source.columns.facet(name):
                added = bitmap(own + np.uint32(item.base))
                values[value] = values[value] | added if value in values else added
        facets[name] = dict(sorted(values.items()))
    return facets


def _with_keys(former: Collection, fresh: Sequence[Placed]) -> tuple[list[str], Numbers]:
    """Sort keys with the new ones in their places."""
    keys, numbers = former.keys
    added = [(item.source.columns.keys, item.source.columns["keys_of"] + np.uint32(item.base)) for item in fresh]
    if sum(len(own) for own, _ in added) > _FEW:
        both = [*keys, *(key for own, _ in added for key in own)]
        order = sorted(range(len(both)), key=both.__getitem__)
        all_numbers = np.concatenate([numbers, *(own for _, own in added)])
        return [both[at] for at in order], all_numbers[order]
    keys = list(keys)
    for own, own_numbers in added:
        numbers = _inserted(keys, numbers, own, own_numbers)
    return keys, numbers


def _inserted(keys: list[str], numbers: Numbers, own: list[str], own_numbers: Numbers) -> Numbers:
    """The numbers with those of a few more keys, which are put into `keys`."""
    places = [bisect_right(keys, key) for key in own]
    for offset, (at, key) in enumerate(zip(places, own, strict=True)):
        keys.insert(at + offset, key)
    return np.insert(numbers, places, own_numbers)
