"""What two versions of a record have apart, and how two edits of one version become one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from directory.organizations.record_data import Flat, RecordData, flatten, unflatten

Path = tuple[str, ...]
_EMPTY: tuple[Any, ...] = (None, "", [], {}, False)


@dataclass(frozen=True)
class Difference:
    """One value that two versions do not share; None where a version lacks it."""

    path: Path
    before: Any
    after: Any


@dataclass(frozen=True)
class Conflict:
    """A value that two people changed differently."""

    path: Path
    base: Any
    mine: Any
    theirs: Any


def differences(before: RecordData, after: RecordData) -> list[Difference]:
    """Every value that changed, in the order of the record."""
    first, second = flatten(before), flatten(after)
    paths = dict.fromkeys((*first, *second))
    return [
        Difference(path, first.get(path), second.get(path))
        for path in paths
        if not _equal(first.get(path), second.get(path))
    ]


def _equal(one: Any, other: Any) -> bool:
    return bool(one == other) or (one in _EMPTY and other in _EMPTY)


def merge(base: RecordData, mine: RecordData, theirs: RecordData) -> tuple[RecordData, list[Conflict]]:
    """Both edits of `base` in one record. Where both changed a value differently, theirs stands and mine is told."""
    flat_base, flat_mine, flat_theirs = flatten(base), flatten(mine), flatten(theirs)
    merged: Flat = {}
    conflicts: list[Conflict] = []
    for path in dict.fromkeys((*flat_theirs, *flat_mine)):
        old, my, their = flat_base.get(path), flat_mine.get(path), flat_theirs.get(path)
        if _equal(my, old) or _equal(my, their):
            keep, is_there = their, path in flat_theirs
        elif _equal(their, old):
            keep, is_there = my, path in flat_mine
        else:
            conflicts.append(Conflict(path, old, my, their))
            keep, is_there = their, path in flat_theirs
        if is_there:
            merged[path] = keep
    return unflatten(_whole(merged)), conflicts


def _whole(flat: Flat) -> Flat:
    """Without services that offer nothing any more, and without the remains of places that one side removed."""
    gone = {path[:2] for path, value in flat.items() if path[0] == "services" and path[2] == "areas" and not value}
    named = {path[:2] for path in flat if path[0] == "locations" and path[2] == "country"}
    offered = {path[:2] for path in flat if path[0] == "services" and path[2] == "areas"}
    return {
        path: value
        for path, value in flat.items()
        if len(path) == 1
        or (path[0] == "locations" and path[:2] in named)
        or (path[0] == "services" and path[:2] in offered and path[:2] not in gone)
    }


def only(base: RecordData, edited: RecordData, paths: set[Path]) -> RecordData:
    """`base` with those changes of `edited` that lie at `paths`."""
    flat, wanted = flatten(base), flatten(edited)
    for path in paths:
        if path in wanted:
            flat[path] = wanted[path]
        else:
            flat.pop(path, None)
    return unflatten(_whole(flat))
