"""The labelled pairs, and an index of all seed organizations to judge them against."""

from __future__ import annotations

import csv
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from directory.organizations.duplicates.fingerprint import Fingerprint
from directory.organizations.duplicates.memory import DuplicateIndex
from directory.phones import parse_phones
from directory.settings import resource_dir

PAIRS = Path(__file__).with_name("duplicate_pairs.csv")
_NAMESPACE = uuid.UUID("6f0c7f6e-3d5b-5b0e-9a35-0c5f6d1c2a11")


def seed_id(key: str) -> uuid.UUID:
    """The id that a seed organization has in the tests' index."""
    return uuid.uuid5(_NAMESPACE, key)


def seed_fingerprints() -> dict[str, Fingerprint]:
    """What is compared of each seed organization, by key."""
    rows: dict[str, list[dict[str, str]]] = {}
    for row in _read(resource_dir("seed_data") / "organizations.csv"):
        rows.setdefault(row["organization_key"], []).append(row)
    return {key: fingerprint_of_rows(group) for key, group in rows.items()}


def seed_index(fingerprints: dict[str, Fingerprint]) -> DuplicateIndex:
    """An index of all seed organizations."""
    index = DuplicateIndex()
    for key, fingerprint in fingerprints.items():
        index.put(seed_id(key), fingerprint)
    return index


@dataclass(frozen=True)
class Pair:
    """A candidate and a record, and whether people judged them the same organization."""

    split: str
    kind: str
    record: str
    other: str
    """The key of the candidate where it is a seed record too."""
    candidate: Fingerprint
    is_same: bool


def read_pairs(fingerprints: dict[str, Fingerprint]) -> list[Pair]:
    """All labelled pairs."""
    return [
        Pair(
            split=row["split"],
            kind=row["kind"],
            record=row["record"],
            other=row["other"],
            candidate=fingerprints[row["other"]] if row["other"] else _of_cells(row),
            is_same={"same": True, "different": False}[row["label"]],
        )
        for row in _read(PAIRS)
    ]


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _of_cells(row: dict[str, str]) -> Fingerprint:
    return Fingerprint(
        names=(row["name"],),
        acronym=row["acronym"] or None,
        websites=_filled([row["website"]]),
        emails=_filled([row["email"]]),
        phones=_numbers([(row["phone"], row["country"])]),
        places=((row["country"], row["admin1"] or None, row["city"] or None),),
    )


def fingerprint_of_rows(rows: list[dict[str, str]]) -> Fingerprint:
    """What is compared of the rows of one organization."""
    first = rows[0]
    return Fingerprint(
        names=_filled([first["name"], *first["alternate_names"].split("|")]),
        acronym=first["acronym"] or None,
        websites=_filled(row["website"] for row in rows),
        emails=_filled(cell for row in rows for cell in (row["email"], row["location_email"])),
        phones=_numbers((row["phones"], row["location_country"] or row["country"]) for row in rows),
        places=tuple(dict.fromkeys(map(_place, rows))),
    )


def _place(row: dict[str, str]) -> tuple[str, str | None, str | None]:
    return row["location_country"] or row["country"], row["location_admin1"] or None, row["location_city"] or None


def _filled(cells: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(cell.strip() for cell in cells if cell.strip()))


def _numbers(printed: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    numbers = (phone.number for text, country in printed for phone in parse_phones(text, country))
    return tuple(dict.fromkeys(number for number in numbers if number))
