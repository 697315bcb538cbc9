"""What the region sees: no number below five, and none that others give away, tried by attackers of our own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from directory.statistics.suppression import LEAST, Cell, SafeTable, readers, safe_median, suppress, with_totals

Counts = dict[Cell, dict[str, int]]
Entry = tuple[str | None, str | None]
"""A cell, or a total where the row or column is None."""


def names(letter: str, count: int) -> list[str]:
    return [f"{letter}{number}" for number in range(count)]


@st.composite
def tables(draw: st.DrawFn, most_rows: int = 4, most_columns: int = 4) -> tuple[Counts, list[str], list[str]]:
    rows = names("r", draw(st.integers(1, most_rows)))
    columns = names("c", draw(st.integers(1, most_columns)))
    countries = ["GT", "HN", "MX", "SV"][: draw(st.integers(1, 4))]
    count = st.one_of(st.just(0), st.integers(0, 6), st.integers(0, 40))
    return {cell: {country: draw(count) for country in countries} for cell in product(rows, columns)}, rows, columns


def of_one(values: list[list[int]]) -> tuple[Counts, list[str], list[str]]:
    """A table to which one country contributes."""
    rows, columns = names("r", len(values)), names("c", len(values[0]))
    return (
        {(row, column): {"GT": values[i][j]} for i, row in enumerate(rows) for j, column in enumerate(columns)},
        rows,
        columns,
    )


def entries(table: SafeTable) -> dict[Entry, int | None]:
    return {
        **table.cells,
        **{(row, None): value for row, value in table.row_totals.items()},
        **{(None, column): value for column, value in table.column_totals.items()},
        (None, None): table.total,
    }


def hidden(table: SafeTable) -> set[Entry]:
    return {entry for entry, value in entries(table).items() if value is None}


def with_entry(table: SafeTable, entry: Entry, value: int | None) -> SafeTable:
    """The table with one entry shown, or withheld, that was not."""
    row, column = entry
    if row is not None and column is not None:
        return replace(table, cells={**table.cells, (row, column): value})
    if row is not None:
        return replace(table, row_totals={**table.row_totals, row: value})
    if column is not None:
        return replace(table, column_totals={**table.column_totals, column: value})
    return replace(table, total=value)


def sums(counts: Counts, without: str = "") -> dict[Entry, int]:
    """All entries of a table, added up one by one."""
    found: dict[Entry, int] = {}
    for (row, column), by_country in counts.items():
        count = sum(value for country, value in by_country.items() if country != without)
        for entry in ((row, column), (row, None), (None, column), (None, None)):
            found[entry] = found.get(entry, 0) + count
    return found


def countries(counts: Counts) -> set[str]:
    return {country for by_country in counts.values() for country, count in by_country.items() if count}


def relations(table: SafeTable) -> Iterator[dict[Entry, int]]:
    """Each relation as the factors of the entries that sum to nothing."""
    for row in (*table.rows, None):
        yield {(row, None): -1, **{(row, column): 1 for column in table.columns}}
    for column in (*table.columns, None):
        yield {(None, column): -1, **{(row, column): 1 for row in table.rows}}


def rank(rows: list[list[int]]) -> int:
    """The rank of a matrix, by Gauss's elimination with fractions."""
    matrix = [[Fraction(value) for value in row] for row in rows]
    found = 0
    for column in range(len(rows[0])):
        pivot = next((row for row in matrix[found:] if row[column]), None)
        if pivot is None:
            continue
        matrix.remove(pivot)
        matrix.insert(found, pivot)
        for other in matrix[found + 1 :]:
            factor = other[column] / pivot[column]
            other[:] = [mine - factor * theirs for mine, theirs in zip(other, pivot, strict=True)]
        found += 1
    return found


def computable(table: SafeTable) -> set[Entry]:
    """What linear algebra tells of the withheld entries: those whose unit vector is a sum of relations."""
    unknown = sorted(hidden(table), key=str)
    if not unknown:
        return set()
    matrix = [[relation.get(entry, 0) for entry in unknown] for relation in relations(table)]
    before = rank(matrix)
    units = {entry: [int(other == entry) for other in unknown] for entry in unknown}
    return {entry for entry, unit in units.items() if rank([*matrix, unit]) == before}


def guessable(table: SafeTable, left: Mapping[Entry, int]) -> set[Entry]:
    """The withheld entries that are the same in every table, near `left`, that has no negative count.

    Tables that differ by one in some cells are enough: wherever an entry can differ, it does in one of these.
    """
    open_entries = hidden(table)
    cells = [cell for cell in table.cells if cell in open_entries]
    undecided = set(open_entries)
    for steps in product((-1, 0, 1), repeat=len(cells)):
        change = dict.fromkeys(left, 0)
        for (row, column), step in zip(cells, steps, strict=True):
            for entry in ((row, column), (row, None), (None, column), (None, None)):
                change[entry] += step
        if all(left[entry] + step >= 0 and (entry in open_entries or not step) for entry, step in change.items()):
            undecided -= {entry for entry, step in change.items() if step}
    return undecided


@given(tables())
def test_linear_algebra_computes_no_withheld_entry(drawn: tuple[Counts, list[str], list[str]]) -> None:
    assert computable(suppress(*drawn)) == set()


@settings(deadline=None)
@given(tables(most_rows=2, most_columns=3))
def test_knowing_that_no_count_is_negative_gives_nothing_away(drawn: tuple[Counts, list[str], list[str]]) -> None:
    counts = drawn[0]
    table = suppress(*drawn)
    assert guessable(table, sums(counts)) == set()
    for country in countries(counts):
        left = sums(counts, without=country)
        assert [entry for entry in guessable(table, left) if 0 < left[entry] < LEAST] == []


@settings(deadline=None)
@given(tables(most_rows=2, most_columns=3), st.data())
def test_the_graph_finds_what_can_be_computed_whatever_is_withheld(
    drawn: tuple[Counts, list[str], list[str]], data: st.DataObject
) -> None:
    counts, rows, columns = drawn
    known = sums(counts)
    withheld = data.draw(st.sets(st.sampled_from(sorted(known, key=str))))
    table = suppress({}, rows, columns)
    for entry in withheld:
        table = with_entry(table, entry, None)
    numbers = {(row, column): (rows.index(row) if row else len(rows), columns.index(column) if column else len(columns))
               for row, column in known}  # fmt: skip
    anybody = next(readers(with_totals(counts, rows, columns), len(rows), len(columns)))
    exposed = anybody.exposed({numbers[entry] for entry in withheld})
    assert exposed == {numbers[entry] for entry in guessable(table, known)}


@settings(deadline=None)
@given(tables(most_rows=2, most_columns=3))
def test_nothing_is_withheld_that_need_not_be(drawn: tuple[Counts, list[str], list[str]]) -> None:
    """Each withheld entry is small to somebody, or showing it would let somebody compute one that is withheld."""
    counts = drawn[0]
    table = suppress(*drawn)
    known = {country: sums(counts, without=country) for country in ("", *countries(counts))}
    for entry in hidden(table):
        if not any(0 < left[entry] < LEAST for left in known.values()):
            more = with_entry(table, entry, known[""][entry])
            assert guessable(more, known[""]) or any(
                0 < left[other] < LEAST for left in known.values() for other in guessable(more, left)
            )


@given(tables())
def test_what_is_shown_is_right_and_neither_small_nor_small_without_one_country(
    drawn: tuple[Counts, list[str], list[str]],
) -> None:
    counts = drawn[0]
    shown = {entry: value for entry, value in entries(suppress(*drawn)).items() if value is not None}
    for without in ("", *countries(counts)):
        left = sums(counts, without)
        assert [entry for entry in shown if 0 < left[entry] < LEAST] == []
    assert shown == {entry: value for entry, value in sums(counts).items() if entry in shown}


@given(tables())
def test_the_order_in_which_counts_come_changes_nothing(drawn: tuple[Counts, list[str], list[str]]) -> None:
    counts, rows, columns = drawn
    turned = {cell: dict(reversed(by_country.items())) for cell, by_country in reversed(counts.items())}
    assert suppress(counts, rows, columns) == suppress(turned, rows, columns)


@given(tables(), st.integers(LEAST, 50))
def test_a_table_of_large_numbers_is_shown_whole(drawn: tuple[Counts, list[str], list[str]], more: int) -> None:
    counts, rows, columns = drawn
    large = {cell: {country: count + more for country, count in by.items()} for cell, by in counts.items()}
    assert hidden(suppress(large, rows, columns)) == set()


def test_one_small_cell_takes_three_others_with_it_the_cheapest() -> None:
    table = suppress(*of_one([[3, 20, 90], [10, 12, 80], [70, 60, 50]]))
    assert hidden(table) == {("r0", "c0"), ("r0", "c1"), ("r1", "c0"), ("r1", "c1")}
    assert table.row_totals == {"r0": 113, "r1": 102, "r2": 180}


def test_a_small_cell_in_a_row_of_two_hides_the_other_but_not_the_totals() -> None:
    table = suppress(*of_one([[4, 30], [40, 50]]))
    assert hidden(table) == set(table.cells)
    assert (table.total, table.row_totals) == (124, {"r0": 34, "r1": 90})


def test_two_small_cells_share_what_hides_them() -> None:
    table = suppress(*of_one([[3, 90, 2], [60, 70, 80], [61, 71, 81]]))
    assert hidden(table) == {(row, column) for row in ("r0", "r1") for column in ("c0", "c2")}


def test_a_zero_that_everybody_could_guess_hides_nothing() -> None:
    """The zeros of the second row would close a cycle, but their row's total says that they are zero."""
    table = suppress(*of_one([[3, 10, 40], [0, 0, 20], [30, 50, 60]]))
    assert hidden(table) == {("r0", "c0"), ("r0", "c1"), ("r2", "c0"), ("r2", "c1")}


def test_in_a_single_row_the_totals_of_the_columns_are_withheld_too() -> None:
    table = suppress(*of_one([[3, 20, 30]]))
    assert hidden(table) == {("r0", "c0"), (None, "c0"), ("r0", "c1"), (None, "c1")}
    assert table.total == 53


def test_in_a_single_column_the_totals_of_the_rows_are_withheld_too() -> None:
    table = suppress(*of_one([[3], [20], [30]]))
    assert hidden(table) == {("r0", "c0"), ("r0", None), ("r1", "c0"), ("r1", None)}


def test_a_single_cell_goes_with_all_its_totals() -> None:
    assert set(entries(suppress(*of_one([[3]]))).values()) == {None}


def test_a_table_of_small_numbers_is_withheld_whole() -> None:
    rows, columns = names("r", 2), names("c", 2)
    assert set(entries(suppress({("r0", "c0"): {"GT": 1}, ("r0", "c1"): {"HN": 1}, ("r1", "c0"): {"GT": 1},
                                 ("r1", "c1"): {"HN": 1}}, rows, columns)).values()) == {None}  # fmt: skip


def test_a_table_without_counts_is_shown_as_zeros() -> None:
    assert set(entries(suppress({}, ["r0"], ["c0", "c1"])).values()) == {0}
    assert suppress({}, [], []).total == 0


def test_a_country_that_subtracts_its_own_finds_no_small_number() -> None:
    counts = {("r0", "c0"): {"GT": 40, "HN": 4}, ("r0", "c1"): {"GT": 9, "HN": 9}, ("r1", "c0"): {"GT": 9, "HN": 9},
              ("r1", "c1"): {"GT": 90, "HN": 90}}  # fmt: skip
    table = suppress(counts, ["r0", "r1"], ["c0", "c1"])
    assert table.cells["r0", "c0"] is None
    assert hidden(table) == set(table.cells)


def test_a_country_finds_no_small_number_where_what_it_does_not_know_is_zero() -> None:
    """Where only the totals and one row are withheld, the first country would see zeros and compute the rest."""
    counts = {("r0", "c0"): {"GT": 4}, ("r0", "c1"): {"HN": 9}, ("r1", "c0"): {"HN": 3}, ("r2", "c0"): {"GT": 2},
              ("r2", "c1"): {"GT": 5}}  # fmt: skip
    rows, columns = names("r", 3), names("c", 2)
    whole = {cell: counts.get(cell, {}) for cell in product(rows, columns)}
    table = suppress(whole, rows, columns)
    for country in ("GT", "HN"):
        left = sums(whole, without=country)
        assert [entry for entry in guessable(table, left) if 0 < left[entry] < LEAST] == []


def test_numbers_of_one_country_alone_are_shown_if_they_are_large() -> None:
    assert suppress({("r0", "c0"): {"GT": 5}}, ["r0"], ["c0"]).total == 5


@pytest.mark.parametrize(
    ("counts", "rows", "columns"),
    [
        ({("r0", "c9"): {"GT": 5}}, ["r0"], ["c0"]),
        ({("r0", "c0"): {"GT": -5}}, ["r0"], ["c0"]),
        ({}, ["r0", "r0"], ["c0"]),
        ({}, ["r0"], ["c0", "c0"]),
    ],
)
def test_what_is_no_table_is_refused(counts: Counts, rows: list[str], columns: list[str]) -> None:
    with pytest.raises(ValueError, match=r"not in the table|negative|twice"):
        suppress(counts, rows, columns)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"GT": [1, 2, 3, 4]}, None),
        ({"GT": [5, 1, 3, 2, 4]}, 3.0),
        ({"GT": [1, 2, 3, 4, 5], "HN": [6]}, None),
        ({"GT": [1, 2, 3, 4, 5], "HN": []}, 3.0),
        ({"GT": [1, 2, 3, 4, 5], "HN": [6, 7, 8, 9, 10]}, 5.5),
        ({"GT": [1, 2, 3], "HN": [4, 5, 6], "SV": [7, 8, 9]}, 5.0),
        ({}, None),
    ],
)
def test_a_median_needs_five_values_also_without_one_country(
    values: dict[str, list[float]], expected: float | None
) -> None:
    assert safe_median(values) == expected
