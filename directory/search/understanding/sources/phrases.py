"""Phrases written down as data: the release's files, and the table in which the network mends and adds."""

from __future__ import annotations

import csv
import enum
import gzip
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sqlalchemy import select

from directory.database import AnySession
from directory.search.engine.analysis import LANGUAGES, words
from directory.search.understanding.forms import ANY, MAX_WORDS
from directory.search.understanding.lexicon import Sense
from directory.settings import resource_dir
from directory.spreadsheet import Unreadable, read_sheet
from directory.text import clean_line
from directory.vocabulary.catalogue import TERM_FILES
from directory.vocabulary.models import LexiconPhrase, PhraseKind

FILES = ("needs.csv", "people.csv", "languages.csv", "nationalities.csv", "places.csv")
COLUMNS = ("phrase", "language", "kind", "value", "weight", "needs", "implies", "note", "source_url")
MAX_LENGTHS = {"phrase": 120, "value": 240, "needs": 240, "implies": 240, "note": 300, "source_url": 300}


class Fault(enum.StrEnum):
    """Why a row cannot be a phrase of the lexicon."""

    COLUMNS = "columns"
    EMPTY = "empty"
    """Nothing is left of it when it is folded."""
    LONG = "long"
    """More than six words, or more letters than a column holds."""
    STOP_WORD = "stop-word"
    """It is a word like *the*, which says nothing alone."""
    LANGUAGE = "language"
    KIND = "kind"
    VALUE = "value"
    """Nothing has this value, or nothing has it any more."""
    WEIGHT = "weight"
    NEEDS = "needs"
    IMPLIES = "implies"
    TWICE = "twice"
    """The same phrase with the same meaning stands there already."""
    LINK = "link"


class BadPhrase(ValueError):
    """A row of the lexicon cannot be used: why, and where it stands."""

    def __init__(self, fault: Fault, text: str = "", line: int = 0, file: str = "") -> None:
        where = f"{file}, line {line}: " if file else f"line {line}: " if line else ""
        super().__init__(f"{where}{fault.value}: {text[:60]}" if text else f"{where}{fault.value}")
        self.fault, self.text, self.line = fault, text, line


@dataclass(frozen=True, slots=True)
class PhraseRow:
    """A row of the lexicon as it is written. `needs`, `implies`: lists joined by `|`."""

    phrase: str
    language: str
    kind: str
    value: str
    weight: float = 1.0
    needs: str = ""
    implies: str = ""
    note: str = ""
    source_url: str = ""

    @property
    def folded(self) -> str:
        """Its words as the analysis folds them."""
        return " ".join(words(self.phrase))

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What makes it one row: words, language and meaning."""
        return self.folded, self.language, self.kind, self.value

    @property
    def sense(self) -> Sense:
        """What it means."""
        return _sense(self.kind, self.value, self.weight, self.language, self.needs, self.implies)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase with what it means. `row`: its number in the table; 0 for a label or a demonym."""

    words: tuple[str, ...]
    sense: Sense
    row: int = 0


def folder() -> Path:
    """Where the release's files are."""
    return resource_dir("seed_data") / "lexicon"


def parse_row(cells: Mapping[str, object]) -> PhraseRow:
    """A row from its cells. Raises BadPhrase."""
    if set(cells) != set(COLUMNS) or any(not isinstance(cell, str) for cell in cells.values()):
        raise BadPhrase(Fault.COLUMNS)
    text = {name: clean_line(str(cells[name])) for name in COLUMNS}
    phrase = text["phrase"]
    folded = words(phrase)
    if not folded:
        raise BadPhrase(Fault.EMPTY, phrase)
    if len(folded) > MAX_WORDS or len(" ".join(folded)) > MAX_LENGTHS["phrase"]:
        raise BadPhrase(Fault.LONG, phrase)
    if long := next((name for name, most in MAX_LENGTHS.items() if len(text[name]) > most), None):
        raise BadPhrase(Fault.LONG, text[long])
    if text["kind"] not in set(PhraseKind):
        raise BadPhrase(Fault.KIND, text["kind"])
    if text["language"] not in (*LANGUAGES, ANY):
        raise BadPhrase(Fault.LANGUAGE, text["language"])
    if not text["value"]:
        raise BadPhrase(Fault.VALUE, phrase)
    if text["source_url"] and not text["source_url"].startswith(("http://", "https://")):
        raise BadPhrase(Fault.LINK, text["source_url"])
    return PhraseRow(**{**text, "weight": _weight(text["weight"])})  # type: ignore[arg-type]


def _weight(text: str) -> float:
    try:
        weight = float(text or 1)
    except ValueError:
        raise BadPhrase(Fault.WEIGHT, text) from None
    if not 0 < weight <= 1:
        raise BadPhrase(Fault.WEIGHT, text)
    return weight


def read_rows(lines: Iterable[str], file: str = "") -> Iterator[tuple[int, PhraseRow]]:
    """The rows of a file with their lines. Raises BadPhrase with line and reason at the first that cannot be used."""
    reader = csv.DictReader(lines, strict=True)
    try:
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise BadPhrase(Fault.COLUMNS, ",".join(reader.fieldnames or ()), 1, file)
        yield from _each(((reader.line_num, cells) for cells in reader), file)
    except csv.Error as error:
        raise BadPhrase(Fault.COLUMNS, str(error), reader.reader.line_num, file) from error


def read_file(raw: bytes) -> Iterator[tuple[int, PhraseRow]]:
    """The rows of a file that a person brings, as a spreadsheet writes it. Raises BadPhrase with line and reason."""
    try:
        sheet = read_sheet(raw, COLUMNS)
    except Unreadable as error:
        raise BadPhrase(Fault.COLUMNS, error.reason, error.line) from error
    yield from _each((line, dict(zip(sheet.header, cells, strict=True))) for line, cells in sheet.rows)


def _each(rows: Iterable[tuple[int, Mapping[str, object]]], file: str = "") -> Iterator[tuple[int, PhraseRow]]:
    for line, cells in rows:
        try:
            yield line, parse_row(cells)
        except BadPhrase as error:
            raise BadPhrase(error.fault, error.text, line, file) from error


def release_rows(of: Path | None = None) -> Iterator[PhraseRow]:
    """The release's own rows, file by file. Raises BadPhrase."""
    for name in FILES:
        with ((of or folder()) / name).open(encoding="utf-8-sig", newline="") as file:
            for _, row in read_rows(file, name):
                yield row


def release_digest(of: Path | None = None) -> str:
    """Names the release's own words: phrases and controlled terms."""
    content = hashlib.sha256()
    for path in (*((of or folder()) / name for name in FILES), *map(resource_dir("seed_data").joinpath, TERM_FILES)):
        content.update(path.read_bytes())
    return content.hexdigest()


def stored_phrases(session: AnySession) -> Iterator[Phrase]:
    """The phrases of the table that hold now."""
    table = LexiconPhrase
    query = select(
        table.id, table.folded, table.kind, table.value, table.weight, table.language, table.needs, table.implies
    ).where(table.is_disabled.is_(False))
    for row, folded, *meaning in session.execute(query.order_by(table.id)):
        yield Phrase(tuple(folded.split(" ")), _sense(*meaning), row)


@cache
def _sense(kind: str, value: str, weight: float, language: str, needs: str, implies: str) -> Sense:
    pairs = tuple((of, what) for of, _, what in (item.partition(":") for item in listed(implies)))
    return Sense(str(kind), value, weight, language, listed(needs), pairs)


def listed(cell: str) -> tuple[str, ...]:
    """The items of a cell that is a list."""
    return tuple(filter(None, cell.split("|")))


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
