"""Reading a file of records with care: header, columns, cells; every problem with its line, column and reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from directory.spreadsheet import Unreadable, damage, read_sheet

MAX_CELL = 4_000
EXPORT_ONLY = ("id", "slug", "url", "status", "verified_on", "phones_e164", "precision", "revision", "modified_at")
"""Columns that an export adds; an import accepts them and works them out anew."""


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
    """The rows of a CSV file as a spreadsheet or an export writes it.

    Raises BrokenFile for what is no table, missing or unknown columns, and cells that a spreadsheet has spoilt.
    """
    names = tuple(known)
    try:
        sheet = read_sheet(path.read_bytes(), names)
    except Unreadable as error:
        raise BrokenFile([Problem(error.line, "", error.reason)]) from error
    problems = _header_problems(list(sheet.header), set(required), set(names))
    rows = []
    for line, cells in sheet.rows:
        row = Row(line, dict(zip(sheet.header, cells, strict=True)))
        for name, cell in row.cells.items():
            if len(cell) > MAX_CELL:
                problems.append(Problem(line, name, f"longer than {MAX_CELL} characters"))
            if spoilt := damage(cell):
                problems.append(Problem(line, name, spoilt))
        rows.append(row)
    if problems:
        raise BrokenFile(problems)
    return rows


def _header_problems(header: list[str], required: set[str], known: set[str]) -> list[Problem]:
    problems = [Problem(1, name, "column is missing") for name in sorted(required - set(header))]
    problems += [Problem(1, name, "unknown column") for name in header if name not in known]
    problems += [Problem(1, name, "column stands twice") for name in {n for n in header if header.count(n) > 1}]
    return problems
