"""Reading a CSV file with care: encoding, header, columns; every problem with its line, column and reason."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from directory.text import clean, clean_line

MAX_CELL = 4_000
EXPORT_ONLY = ("id", "slug", "url", "status", "verified_on", "phones_e164", "precision", "revision", "modified_at")
"""Columns that an export adds; an import accepts them and works them out anew."""
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""Signs that would make a spreadsheet run a cell; an export puts an apostrophe before them."""


@dataclass(frozen=True)
class Problem:
    """Why a file cannot be loaded: the line (1 is the header), the column ('' for the whole line), the reason."""

    line: int
    column: str
    reason: str

    def __str__(self) -> str:
        where = f"line {self.line}, column {self.column}" if self.column else f"line {self.line}"
        return f"{where}: {self.reason}"


class BrokenFile(ValueError):
    """A file that was refused whole. Nothing of it was loaded."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(problems, key=lambda problem: (problem.line, problem.column))
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(frozen=True)
class Row:
    """One line of a file: its number and its cells by column, stripped."""

    line: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    def list(self, column: str) -> list[str]:
        """The values of a cell that holds several, separated by bars."""
        return [value for part in self[column].split("|") if (value := part.strip())]


def read_table(path: Path, required: Iterable[str], known: Iterable[str]) -> list[Row]:
    """The rows of a CSV file in UTF-8 (with or without a byte order mark).

    Raises BrokenFile for another encoding, NUL bytes, missing or unknown columns, or rows of another length.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BrokenFile([Problem(1, "", f"not UTF-8 text (byte {error.start})")]) from error
    if "\0" in text:
        raise BrokenFile([Problem(text[: text.index("\0")].count("\n") + 1, "", "holds a NUL byte")])
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        lines = [(reader.line_num, cells) for cells in reader]
    except csv.Error as error:
        raise BrokenFile([Problem(reader.line_num, "", f"not CSV: {error}")]) from error
    if not lines:
        raise BrokenFile([Problem(1, "", "the file is empty")])
    header = [clean_line(name) for name in lines[0][1]]
    problems = _header_problems(header, set(required), set(known))
    rows = []
    for line, cells in lines[1:]:
        if not any(cells):
            continue
        if len(cells) != len(header):
            problems.append(Problem(line, "", f"has {len(cells)} cells, the header {len(header)}"))
            continue
        row = Row(line, {name: _plain(cell) for name, cell in zip(header, cells, strict=True)})
        problems += [
            Problem(line, name, f"longer than {MAX_CELL} characters")
            for name, cell in row.cells.items()
            if len(cell) > MAX_CELL
        ]
        rows.append(row)
    if problems:
        raise BrokenFile(problems)
    return rows


def _plain(cell: str) -> str:
    """A cell as it was before an export neutralised it."""
    text = clean(cell).strip()
    return text[1:] if text[:1] == "'" and text[1:].startswith(FORMULA_STARTS) else text


def _header_problems(header: list[str], required: set[str], known: set[str]) -> list[Problem]:
    problems = [Problem(1, name, "column is missing") for name in sorted(required - set(header))]
    problems += [Problem(1, name, "unknown column") for name in header if name not in known]
    problems += [Problem(1, name, "column stands twice") for name in {n for n in header if header.count(n) > 1}]
    return problems
