"""CSV that a person touches: read as spreadsheets write it, written as they read it.

Read are UTF-8 with or without a byte order mark, UTF-16 with one, and Windows-1252; commas, semicolons or tabs, `sep=`;
line ends of any kind; last columns without a name. Written is UTF-8 with a mark (Excel takes it for Windows-1252
without), CRLF, and no cell that would run as a formula.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from directory.text import clean, clean_line, lower_case, without_accents

_Value = TypeVar("_Value", bound=str)
DELIMITERS = (",", ";", "\t")
BYTE_ORDER_MARK = "\ufeff"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""Signs that would make a spreadsheet run a cell: an apostrophe is put before them."""
MONTH_FIRST = frozenset({"US"})
EITHER_FIRST = frozenset({"BZ", "CA", "PA"})
"""Countries where days are written both ways."""
_SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)
_AS_TEXT = re.compile(r'="([^"]*)"')
_POWER_OF_TEN = re.compile(r"[+-]?\d(?:[.,]\d+)?E\+\d{1,3}", re.IGNORECASE)
_NUMERIC_DAY = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})")


class Unreadable(ValueError):
    """A file that is no table: the line (1 is the first) and the reason."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line, self.reason = line, reason


@dataclass(frozen=True)
class Sheet:
    """A file as a table: names of columns, and rows with the line where each begins."""

    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    delimiter: str


def read_sheet(raw: bytes, known: Iterable[str] = ()) -> Sheet:
    """The table in a file. `known`: names that its columns may have, to tell which sign parts them.

    Cells are cleaned (`text.clean`) and stripped. Raises Unreadable.
    """
    text, skipped = _decoded(raw), 0
    if match := _SEPARATOR_LINE.match(text):
        delimiter, text, skipped = match[1], text[match.end() :], 1
    else:
        delimiter = _delimiter(text, frozenset(known))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    lines: list[tuple[int, list[str]]] = []
    begins = 1
    try:
        for cells in reader:
            lines.append((begins + skipped, [_cell(cell) for cell in cells]))
            begins = reader.line_num + 1
    except csv.Error as error:
        raise Unreadable(begins + skipped, f"not CSV: {error}") from error
    if not lines:
        raise Unreadable(1, "the file is empty")
    (first, names), *rest = lines
    header = _named(first, [clean_line(name) for name in names], rest)
    return Sheet(tuple(header), tuple(_rows(header, rest)), delimiter)


def _decoded(raw: bytes) -> str:
    is_utf16 = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ["utf-16"] if is_utf16 else ["utf-8-sig", "cp1252"]:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            raise Unreadable(text[: text.index("\0")].count("\n") + 1, "holds a NUL byte: this is no text file")
        return text
    raise Unreadable(1, "neither UTF-8, UTF-16 nor Windows-1252: save it as CSV (UTF-8)")


def _delimiter(text: str, known: frozenset[str]) -> str:
    """The sign that parts the first line into most names that are known, else into most cells."""
    first = re.split(r"\r\n?|\n", text, maxsplit=1)[0]

    def fits(delimiter: str) -> tuple[int, int]:
        names = [clean_line(name.strip('"')) for name in first.split(delimiter)]
        return len(known.intersection(names)), len(names)

    return max(DELIMITERS, key=fits)


def _cell(cell: str) -> str:
    """A cell as it was before a spreadsheet or an export made it safe."""
    text = clean(cell).strip()
    if match := _AS_TEXT.fullmatch(text):
        return match[1].strip()
    return text[1:] if text[:1] == "'" and text[1:].startswith(FORMULA_STARTS) else text


def _named(line: int, header: list[str], rows: Iterable[tuple[int, list[str]]]) -> list[str]:
    """The names, without last columns that have none and hold nothing."""
    count = len(header)
    while count and not header[count - 1]:
        count -= 1
    beyond = next((at for at, cells in rows if any(cells[count:])), None)
    if beyond is not None and count < len(header):
        raise Unreadable(line, f"column {count + 1} has no name, but line {beyond} holds something there")
    return header[:count]


def _rows(header: Sequence[str], lines: Iterable[tuple[int, list[str]]]) -> Iterator[tuple[int, tuple[str, ...]]]:
    for line, cells in lines:
        if not any(cells):
            continue
        if len(cells) != len(header) and (len(cells) < len(header) or any(cells[len(header) :])):
            raise Unreadable(line, f"has {len(cells)} cells, the header {len(header)}")
        yield line, tuple(cells[: len(header)])


def folded(word: str) -> str:
    """A word of a closed list as it is compared: any case, with or without accents, hyphens as spaces."""
    return " ".join(re.sub(r"[-_]", " ", without_accents(lower_case(word))).split())


def words_for(values: Mapping[_Value, str]) -> dict[str, _Value]:
    """What people write for the values of a closed list, folded: their own names, and words between bars."""
    return {folded(word): value for value, words in values.items() for word in (str(value), *words.split("|")) if word}


def damage(text: str) -> str | None:
    """What a spreadsheet has done to a cell that cannot be undone; None if nothing that shows."""
    if _POWER_OF_TEN.fullmatch(text):
        return f"a spreadsheet made {text} of a long number: format the column as text and write it again"
    return None


def read_day(text: str, country: str | None = None) -> date:
    """A day as ISO or as people of a country (alpha-2) write it. Raises ValueError with what would be right.

    Day first, in the US month first; where both are in use and both may be meant, both are named.
    """
    match = _NUMERIC_DAY.fullmatch(text)
    if match is None:
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise ValueError(f"{text!r} is not a day: write it as 2026-11-30") from None
    first, second, year = map(int, match.groups())
    day_first, month_first = _day(year, second, first), _day(year, first, second)
    if day_first and month_first and day_first != month_first and country in EITHER_FIRST:
        raise ValueError(f"{text!r} may be {day_first} or {month_first}: write the one that is meant")
    preferred = (month_first, day_first) if country in MONTH_FIRST else (day_first, month_first)
    if found := preferred[0] or preferred[1]:
        return found
    raise ValueError(f"{text!r} is no day of the calendar")


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def neutral(value: object) -> str:
    """A cell that no spreadsheet runs as a formula: an apostrophe stands before a sign that would start one."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) and not _is_number(text) else text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return not text.startswith("+")


def written(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """A file for people, row by row."""
    buffer = io.StringIO(newline="")
    buffer.write(BYTE_ORDER_MARK)
    writer = csv.writer(buffer, lineterminator="\r\n")
    for row in rows:
        writer.writerow([neutral(cell) for cell in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
