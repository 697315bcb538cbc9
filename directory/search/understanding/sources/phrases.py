"""Phrases written down as data: `seed_data/lexicon/*.csv`."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from directory.search.engine.analysis import LANGUAGES, words
from directory.search.understanding.lexicon import MAX_WORDS, Sense
from directory.settings import resource_dir

FILES = ("needs.csv", "people.csv", "languages.csv", "nationalities.csv", "places.csv")
COLUMNS = ("phrase", "language", "kind", "value", "weight", "needs", "implies", "note", "source_url")
KINDS = ("area", "population", "language", "nationality", "place")


class BadPhrase(ValueError):
    """A row of the lexicon cannot be used: file, line, and why."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A row of the lexicon."""

    words: tuple[str, ...]
    sense: Sense


def folder() -> Path:
    """Where the files are."""
    return resource_dir("seed_data") / "lexicon"


def read_phrases(path: Path) -> Iterator[Phrase]:
    """The rows of a file. Raises BadPhrase with the line and the reason of the first that cannot be used."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise BadPhrase(f"{path.name}: the columns must be {','.join(COLUMNS)}")
        for row in reader:
            try:
                yield _phrase(row)
            except (KeyError, TypeError, ValueError) as error:
                raise BadPhrase(f"{path.name}, line {reader.line_num}: {error}") from error


def _phrase(row: dict[str, str]) -> Phrase:
    folded = tuple(words(row["phrase"]))
    if not 0 < len(folded) <= MAX_WORDS:
        raise ValueError(f"a phrase has one to {MAX_WORDS} words")
    if row["kind"] not in KINDS or row["language"] not in (*LANGUAGES, "mul") or not row["value"]:
        raise ValueError("kind, language or value is not known")
    implies = tuple((kind, value) for kind, _, value in (item.partition(":") for item in _listed(row["implies"])))
    return Phrase(
        folded,
        Sense(row["kind"], row["value"], float(row["weight"] or 1), row["language"], _listed(row["needs"]), implies),
    )


def _listed(cell: str | None) -> tuple[str, ...]:
    return tuple(filter(None, (cell or "").split("|")))


def related_areas(path: Path | None = None) -> dict[str, dict[str, float]]:
    """For each service area the others that may help instead, with their weight."""
    found: dict[str, dict[str, float]] = {}
    with (path or folder() / "related.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["area"], {})[row["related"]] = float(row["weight"])
    return found


def implied_areas(path: Path | None = None) -> dict[tuple[str, str], list[tuple[str, float, bool]]]:
    """What a meaning brings along: (kind, value) → areas with their weight, and whether only where no area was read."""
    found: dict[tuple[str, str], list[tuple[str, float, bool]]] = {}
    with (path or folder() / "implied.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            item = row["area"], float(row["weight"]), row["when"] == "alone"
            found.setdefault((row["kind"], row["value"]), []).append(item)
    return found


@cache
def common_spellings() -> frozenset[str]:
    """The commonest words of Spanish, English and French, as they are written, in lower case."""
    with gzip.open(folder() / "common.csv.gz", "rt", encoding="utf-8") as file:
        return frozenset(row["word"] for row in csv.DictReader(file))


@cache
def common_words() -> frozenset[str]:
    """The commonest words, folded."""
    return frozenset(word for spelling in common_spellings() for word in words(spelling))
