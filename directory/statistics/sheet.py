"""A page for a meeting: where most organizations are known, which needs have fewest, and what follows from it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from directory.statistics.coverage import Figure, Matrix

MOST = 5


@dataclass(frozen=True)
class Scarce:
    """A need with few organizations on record. `without`: the columns in which there is none, in their order."""

    area: str
    count: int
    without: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """What a matrix says in ten lines. All numbers are of different organizations."""

    total: int
    """Of the area as a search counts it: the number that every other page shows."""
    placed: int
    """Those of them that name both a kind of help and one of the columns; the others are in no cell."""
    confirmed: int
    partners: int
    places: tuple[tuple[str, int], ...]
    """The columns with most, at most five."""
    scarce: tuple[Scarce, ...]
    """The needs with fewest, at most five, those without any first."""

    @property
    def unplaced(self) -> int:
        """How many are in no cell."""
        return max(self.total - self.placed, 0)


def sheet_of(matrix: Matrix, total: int, confirmed: int) -> Sheet:
    """Sum a matrix up; `total` and `confirmed` are how many organizations a search of the same area finds."""
    by_place = sorted(((column, matrix.total(column)) for column in matrix.columns), key=lambda item: -item[1])
    scarce = sorted((_scarce(matrix, area) for area in matrix.areas), key=lambda item: (item.count, -len(item.without)))
    return Sheet(
        total=total,
        placed=len(_different(matrix, Figure.TOTAL)),
        confirmed=confirmed,
        partners=len(_different(matrix, Figure.PARTNER)),
        places=tuple((column, count) for column, count in by_place[:MOST] if count),
        scarce=tuple(scarce[:MOST]),
    )


def _scarce(matrix: Matrix, area: str) -> Scarce:
    found: set[uuid.UUID] = set()
    for column in matrix.columns:
        if cell := matrix.cells.get((area, column)):
            found |= cell.organizations[Figure.TOTAL]
    return Scarce(area, len(found), tuple(column for column in matrix.columns if not matrix.count(area, column)))


def _different(matrix: Matrix, figure: Figure) -> set[uuid.UUID]:
    return set[uuid.UUID]().union(*(cell.organizations[figure] for cell in matrix.cells.values()))
