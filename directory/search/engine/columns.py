"""What the engine keeps of one segment's documents: arrays, made once, valid as long as the segment.

Numbers count documents within the segment. A document that is no record (the feed's mark) has an empty row.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from mmap import mmap
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
FACET_KEYS = {
    "country": "countries",
    "admin1": "admin1s",
    "area": "areas",
    "population": "populations",
    "language": "languages",
    "nationality": "nationalities",
}
"""Facets whose values are stored, and the key under which a stored record has them."""
AVAILABILITY_ORDER = ("open", "limited", "unknown", "full", "closed")
"""From the best that can be said to the worst."""
GRID_WIDTH = 16
NO_VALUE = 0
"""In the grid of facet values: nothing. Codes begin at 1."""
NO_DAY = 0
FOREVER = 2**31 - 1
_LINE = "\n"
_ITEM = "\x1f"
_ALIGNED = 16


DOCUMENT_COLUMNS = ("ids", "revision", "verified_day", "interval_days", "due_since_day", "is_mute")
"""Those with a row for each document."""


class Columns:
    """The columns of one segment, read from `arrays` when they are first asked for."""

    def __init__(self, arrays: Mapping[str, Array]) -> None:
        self._arrays = arrays
        self.count = int(arrays["revision"].shape[0])

    def __getitem__(self, name: str) -> Array:
        return self._arrays[name]

    def check(self) -> None:
        """Raise KeyError where a column of documents is missing: another release wrote them."""
        for name in DOCUMENT_COLUMNS:
            self._arrays[name]

    def strings(self, name: str) -> list[str]:
        """A list of strings: one a line of the UTF-8 bytes in the column `name`."""
        return _split(self._arrays[name])

    @cached_property
    def keys(self) -> list[str]:
        """What documents are ordered by when nothing else orders them, in order: sort key, NUL, id."""
        return self.strings("keys")

    @cached_property
    def words(self) -> list[str]:
        """The words that spelling is corrected to, each once and sorted."""
        return self.strings("word.values")

    def holders(self, at: int) -> NDArray[np.uint32]:
        """The documents that hold the word at a position of `words`, ascending."""
        bounds = self._arrays["word.bounds"]
        own: NDArray[np.uint32] = self._arrays["word.numbers"][bounds[at] : bounds[at + 1]]
        return own

    def named(self, number: int) -> list[str]:
        """Of a document: slug, city, subdivision, country, name, acronym, other names; empty for no record."""
        start, end = int(self._named_starts[number]), int(self._named_starts[number + 1]) - 1
        line = self._arrays["named"][start:end].tobytes().decode()
        return line.split(_ITEM) if line else []

    @cached_property
    def _named_starts(self) -> NDArray[np.int64]:
        return np.append(0, np.flatnonzero(self._arrays["named"] == ord(_LINE)) + 1)

    @cached_property
    def numbers_by_id(self) -> dict[bytes, int]:
        """Document numbers by the 16 bytes of a record's id."""
        raw = np.ascontiguousarray(self._arrays["ids"]).tobytes()
        return {raw[16 * number : 16 * number + 16]: number for number in range(self.count)}

    def facet_values(self) -> Iterator[tuple[str, str]]:
        """(facet, value) by the codes of the grid, from 1 on."""
        for name in FACET_KEYS:
            for value in self.strings(f"{name}.values"):
                yield name, value

    def facet(self, name: str) -> list[tuple[str, NDArray[np.uint32]]]:
        """Each value of a facet with the documents that hold it, ascending."""
        values = self.strings(f"{name}.values")
        bounds = self._arrays[f"{name}.bounds"]
        numbers = self._arrays[f"{name}.numbers"]
        return [(value, numbers[bounds[at] : bounds[at + 1]]) for at, value in enumerate(values)]


def build_arrays(records: Sequence[tuple[str, Mapping[str, Any]] | None]) -> dict[str, Array]:
    """The arrays of a segment from its stored records: (id, stored) by document number, None for what is no record.

    uint8 `ids` (n, 16); int32 `revision`, `verified_day`, `interval_days`, `due_since_day` (n,), days counted as
    `date.toordinal`, 0 for none; bool `is_mute` (n,): nobody can be called or written to; `said_of`, `said_state`,
    `said_until` (minutes since 1970 in UTC): a row for each service that said whether it can take someone;
    `location_…`: a row for each location,
    in the order of documents; strings as lines of UTF-8.
    """
    stored = [record[1] if record else None for record in records]
    identities = np.zeros((len(records), 16), np.uint8)
    for number, record in enumerate(records):
        if record:
            identities[number] = np.frombuffer(UUID(record[0]).bytes, np.uint8)
    keys = sorted((f"{item[1]['sort']}\0{item[0]}", number) for number, item in enumerate(records) if item)
    arrays: dict[str, Array] = {
        "ids": identities,
        "is_record": np.array([item is not None for item in stored], np.bool_),
        "revision": _days(stored, "revision"),
        "verified_day": _days(stored, "verified"),
        "interval_days": _days(stored, "interval"),
        "due_since_day": _days(stored, "due_since"),
        "is_mute": np.array([item is not None and not item["reachable"] for item in stored], np.bool_),
        "keys": _join(key for key, _ in keys),
        "keys_of": np.array([number for _, number in keys], np.uint32),
        "named": _join(_ITEM.join(_named(item)) if item else "" for item in stored),
    }
    arrays |= _facet("word", [item["spelling"] if item else () for item in stored])
    arrays |= _said(stored)
    arrays |= _locations(stored)
    for name, key in FACET_KEYS.items():
        arrays |= _facet(name, [item[key] if item else () for item in stored])
    return arrays | _grid(arrays, len(stored))


def phrase_text(records: Sequence[tuple[str, Mapping[str, Any]] | None]) -> tuple[bytes, NDArray[np.int64]]:
    """The folded texts of a segment as one text, and where each document's begins (one more: the end)."""
    parts = [f"{item[1]['folded']}{_LINE}".encode() if item else b"" for item in records]
    starts = np.zeros(len(parts) + 1, np.int64)
    np.cumsum([len(part) for part in parts], out=starts[1:])
    return b"".join(parts), starts


def _named(item: Mapping[str, Any]) -> list[str]:
    return [item["slug"], *(part or "" for part in item["place"]), *item["names"]]


def _days(stored: Sequence[Mapping[str, Any] | None], key: str) -> NDArray[np.int32]:
    return np.array([(item[key] or NO_DAY) if item else NO_DAY for item in stored], np.int32)


def _said(stored: Sequence[Mapping[str, Any] | None]) -> dict[str, Array]:
    """What services say of whether they can take someone; nothing where none of a record's services says anything."""
    rows = []
    for number, item in enumerate(stored):
        said = item["availability"] if item else []
        if any(state != "unknown" for state, _ in said):
            rows += [
                (number, AVAILABILITY_ORDER.index(state), FOREVER if until is None else until) for state, until in said
            ]
    table = np.array(rows, np.int64).reshape(-1, 3)
    return {
        "said_of": table[:, 0].astype(np.uint32),
        "said_state": table[:, 1].astype(np.int8),
        "said_until": table[:, 2].astype(np.int32),
    }


def _locations(stored: Sequence[Mapping[str, Any] | None]) -> dict[str, Array]:
    owners: list[int] = []
    rows: list[list[Any]] = []
    for number, item in enumerate(stored):
        for location in item["locations"] if item else ():
            owners.append(number)
            rows.append(location)
    codes: dict[str | None, int] = {None: -1}
    table = [
        [
            codes.setdefault(value, len(codes) - 1)
            for value in (country, admin1, admin2, place_id, " ".join(city_words), " ".join(areas))
        ]
        for _, country, admin1, admin2, place_id, city_words, areas, *_ in rows
    ]
    points = [[_radian(row[8]), _radian(row[9])] for row in rows]
    starts = np.searchsorted(np.array(owners, np.int64), np.arange(len(stored) + 1))
    return {
        "location_starts": starts.astype(np.int64),
        "location_of": np.array(owners, np.uint32),
        "location_ids": np.frombuffer(b"".join(UUID(row[0]).bytes for row in rows), np.uint8).reshape(-1, 16),
        "location_codes": np.array(table, np.int32).reshape(-1, 6),
        "location_phone": np.array([row[7] for row in rows], np.bool_),
        "location_radians": np.array(points, np.float32).reshape(-1, 2),
        "strings": _join(value for value in codes if value is not None),
    }


def _radian(degrees: float | None) -> float:
    return float("nan") if degrees is None else float(np.radians(degrees))


def _facet(name: str, values: Sequence[Sequence[str]]) -> dict[str, Array]:
    holders: dict[str, list[int]] = {}
    for number, own in enumerate(values):
        for value in own:
            holders.setdefault(value, []).append(number)
    ordered = sorted(holders)
    bounds = np.zeros(len(ordered) + 1, np.int64)
    np.cumsum([len(holders[value]) for value in ordered], out=bounds[1:])
    numbers = [number for value in ordered for number in holders[value]]
    return {
        f"{name}.values": _join(ordered),
        f"{name}.bounds": bounds,
        f"{name}.numbers": np.array(numbers, np.uint32),
    }


def _grid(arrays: Mapping[str, Array], count: int) -> dict[str, Array]:
    """Facet values by document: uint16 codes (n, 16), counted through all facets; NO_VALUE where there are fewer.

    What a document has beyond sixteen is in `more_of` and `more_code`.
    """
    numbers = np.concatenate([arrays[f"{name}.numbers"] for name in FACET_KEYS])
    sizes = np.concatenate([np.diff(arrays[f"{name}.bounds"]) for name in FACET_KEYS])
    codes = np.repeat(np.arange(1, len(sizes) + 1, dtype=np.uint16), sizes)
    order = np.argsort(numbers, kind="stable")
    numbers, codes = numbers[order], codes[order]
    places = np.arange(len(numbers)) - np.searchsorted(numbers, numbers)
    grid = np.full((count, GRID_WIDTH), NO_VALUE, np.uint16)
    fits = places < GRID_WIDTH
    grid[numbers[fits], places[fits]] = codes[fits]
    return {"grid": grid, "more_of": numbers[~fits].astype(np.uint32), "more_code": codes[~fits]}


def _join(values: Any) -> NDArray[np.uint8]:
    return np.frombuffer("".join(f"{value}{_LINE}" for value in values).encode(), np.uint8)


def _split(column: Array) -> list[str]:
    return column.tobytes().decode().split(_LINE)[:-1]


def packed(arrays: Mapping[str, Array]) -> Iterator[bytes]:
    """Arrays as one file: a line of JSON with (name, dtype, shape, first byte) of each, then their bytes, aligned."""
    table, bodies, at = [], [], 0
    for name, column in arrays.items():
        body = np.ascontiguousarray(column).tobytes()
        table.append([name, column.dtype.str, list(column.shape), at])
        bodies.append(body + b"\0" * (-len(body) % _ALIGNED))
        at += len(bodies[-1])
    head = json.dumps(table).encode()
    yield head + b" " * (-(len(head) + 1) % _ALIGNED) + b"\n"
    yield from bodies


def unpacked(file: bytes | mmap) -> dict[str, Array]:
    """The arrays of such a file, as views of it: nothing is copied."""
    start = file.find(b"\n") + 1
    arrays = {}
    for name, dtype, shape, at in json.loads(file[:start]):
        count = math.prod(shape)
        arrays[name] = np.frombuffer(file, dtype, count, start + at).reshape(shape)
    return arrays


def as_json(stored: Mapping[str, Any]) -> str:
    """A stored record as the store keeps it."""
    return json.dumps(stored, ensure_ascii=False, separators=(",", ":"))
