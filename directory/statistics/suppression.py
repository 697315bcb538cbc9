"""Which numbers of a table of counts may be shown to the whole region, so that none tells of fewer than five people?

A table is shown with its totals, and a country that reads it knows its own exact table. Two steps:

1. An entry (cell or total) is withheld if its sum is 1 to 4, or if the sum without one country's own count is: that
   country could subtract its own. Zero is shown as zero.
2. More entries are withheld until no withheld one can be computed. With the totals as one more row and column, the
   withheld entries are edges between rows and columns, and the relations of the table determine an entry exactly if
   no cycle goes through its edge (D. Gusfield, A graph theoretic approach to statistical data security, SIAM J.
   Comput. 17(3), 1988). Counts are never negative and every reader knows it, so, as in that paper, an entry that is
   zero can only be followed in the direction in which it grows; where all withheld entries are positive this is
   the test for bridges.

A country that subtracts its own table gets a table of the others with the same entries withheld, so the relations
tell it no more than anybody. But what is left may be zero where the sum is not: step 2 is done again
for each country on its remainders, for the entries in which 1 to 4 are left. Not covered: countries that put their
tables together, and the sum of several withheld entries of a row or column, which may itself be small.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from directory.statistics.cycles import Edge, cheapest_cycle, on_cycles

LEAST = 5
"""The smallest number, other than zero, that is shown."""
Cell = tuple[str, str]
_Entry = tuple[int, int]
"""Row and column by number; the number after the last stands for the totals."""


@dataclass(frozen=True)
class SafeTable:
    """A table of counts with its totals; None where a number is withheld."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: Mapping[Cell, int | None]
    row_totals: Mapping[str, int | None]
    column_totals: Mapping[str, int | None]
    total: int | None


@dataclass(frozen=True)
class Reader:
    """What one reader does not know: `unknown` counts by entry, `edges` as they can change, and what is `guarded`."""

    unknown: Mapping[_Entry, int]
    edges: Mapping[_Entry, Edge]
    guarded: frozenset[_Entry]

    def exposed(self, hidden: Collection[_Entry]) -> frozenset[_Entry]:
        """The guarded entries that this reader computes if `hidden` are withheld."""
        edges = {entry: self.edges[entry] for entry in sorted(hidden)}
        return self.guarded.intersection(edges) - on_cycles(edges)


def suppress(counts: Mapping[Cell, Mapping[str, int]], rows: Sequence[str], columns: Sequence[str]) -> SafeTable:
    """The table of the sums over countries that may be shown to all; `counts` gives each cell's counts by country.

    A cell that `counts` does not have is zero. Which entries are withheld depends on nothing but the arguments.
    Raises ValueError for a cell outside the table, a name that comes twice and a negative count.
    """
    entries = with_totals(counts, rows, columns)
    small = {entry for entry, by_country in entries.items() if _is_small(by_country)}
    hidden = _protect(entries, small, len(rows), len(columns)) if small else small
    shown = {entry: None if entry in hidden else by_country.total() for entry, by_country in entries.items()}
    return SafeTable(
        rows=tuple(rows),
        columns=tuple(columns),
        cells={(row, column): shown[i, j] for i, row in enumerate(rows) for j, column in enumerate(columns)},
        row_totals={row: shown[i, len(columns)] for i, row in enumerate(rows)},
        column_totals={column: shown[len(rows), j] for j, column in enumerate(columns)},
        total=shown[len(rows), len(columns)],
    )


def safe_median(values_by_country: Mapping[str, Sequence[float]]) -> float | None:
    """The median of all values; None if there are fewer than five, or 1 to 4 without those of one country."""
    sizes = Counter({country: len(values) for country, values in values_by_country.items()})
    if sizes.total() < LEAST or _is_small(sizes):
        return None
    return float(median(value for values in values_by_country.values() for value in values))


def _is_small(by_country: Counter[str]) -> bool:
    total = by_country.total()
    return any(0 < total - known < LEAST for known in (0, *by_country.values()))


def with_totals(
    counts: Mapping[Cell, Mapping[str, int]], rows: Sequence[str], columns: Sequence[str]
) -> dict[_Entry, Counter[str]]:
    """The counts of every entry by country; the last row and column are the totals. ValueError as for `suppress`."""
    row_numbers = {row: i for i, row in enumerate(rows)}
    column_numbers = {column: j for j, column in enumerate(columns)}
    if len(row_numbers) < len(rows) or len(column_numbers) < len(columns):
        raise ValueError("a row or column comes twice")
    entries = {(i, j): Counter[str]() for i in range(len(rows) + 1) for j in range(len(columns) + 1)}
    for (row, column), by_country in counts.items():
        if row not in row_numbers or column not in column_numbers:
            raise ValueError(f"{(row, column)} is not in the table")
        if any(count < 0 for count in by_country.values()):
            raise ValueError(f"{(row, column)} has a negative count")
        for i in (row_numbers[row], len(rows)):
            for j in (column_numbers[column], len(columns)):
                entries[i, j].update(by_country)
    return entries


def _protect(
    entries: Mapping[_Entry, Counter[str]], small: set[_Entry], row_count: int, column_count: int
) -> set[_Entry]:
    """`small` and what must be withheld with it, so that no reader computes what is guarded from it.

    Each exposed entry is put on its cheapest cycle, then what has become needless is shown again, dearest first.
    There always is a cycle: an entry and the totals of its row, its column and the table can all be one more.
    """
    everybody = list(readers(entries, row_count, column_count))
    sums = everybody[0].unknown
    beyond = sums[row_count, column_count] + 1
    price = {entry: value or beyond for entry, value in sums.items()}
    hidden = set(small)
    for reader in everybody:
        while exposed := reader.exposed(hidden):
            cost = price | dict.fromkeys(hidden, 0)
            hidden.update(cheapest_cycle(reader.edges, cost, min(exposed)))
    for entry in sorted(hidden - small, key=lambda entry: (-price[entry], entry)):
        if not any(reader.exposed(hidden - {entry}) for reader in everybody):
            hidden.remove(entry)
    return hidden


def readers(entries: Mapping[_Entry, Counter[str]], row_count: int, column_count: int) -> Iterator[Reader]:
    """First anybody, for whom every withheld entry is guarded, then each country that has a count."""
    countries = sorted(country for country, count in entries[row_count, column_count].items() if count)
    for country in (None, *countries):
        unknown = {
            entry: by_country.total() - (by_country[country] if country is not None else 0)
            for entry, by_country in entries.items()
        }
        yield Reader(
            unknown=unknown,
            edges={entry: _edge(entry, value, row_count, column_count) for entry, value in unknown.items()},
            guarded=frozenset(entry for entry, value in unknown.items() if country is None or 0 < value < LEAST),
        )


def _edge(entry: _Entry, value: int, row_count: int, column_count: int) -> Edge:
    """The edge of an entry, in the direction in which it grows.

    A total stands on the other side of its relation than the cells, so it grows the other way; the total of all
    stands on the other side of the totals.
    """
    row, column = entry[0], row_count + 1 + entry[1]
    is_turned = (entry[0] == row_count) != (entry[1] == column_count)
    tail, head = (column, row) if is_turned else (row, column)
    return Edge(tail, head, is_two_way=value > 0)
