"""Making the collection of a generation from its segments, and from the collection before it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence

import numpy as np
from pyroaring import BitMap

from directory.search.engine.bitmaps import bitmap
from directory.search.engine.collection import Collection, Facet, Shared
from directory.search.engine.columns import DOCUMENT_COLUMNS, FACET_KEYS, GRID_WIDTH, NO_VALUE, Array, Columns
from directory.search.engine.part_columns import PartColumns
from directory.search.engine.segments import Numbers, Placed, Source

_FEW = 256
_SLACK = 10_000
_LOCATION_COLUMNS = ("location_ids", "location_phone", "location_radians")


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
    arrays = {name: empty[name] for name in (*DOCUMENT_COLUMNS, *_LOCATION_COLUMNS)}
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
        **{name: np.empty(0, np.int32) for name in DOCUMENT_COLUMNS[1:]},
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
        for name in (*DOCUMENT_COLUMNS, *_LOCATION_COLUMNS, "said_state", "said_until")
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
