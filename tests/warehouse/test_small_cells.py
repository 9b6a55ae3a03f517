"""Small cells: held against an attacker who knows every total and subtracts."""

from collections import defaultdict

import duckdb
from hypothesis import given
from hypothesis import strategies as st

from warehouse.small_cells import withheld_cells, withhold_small_cells
from warehouse.table import Cells, Column, Table

TABLE = Table(
    "residents",
    "One cell.",
    ("town", "sex"),
    (Column("town", "varchar", ""), Column("sex", "varchar", ""), Column("people", "bigint", ""),
     Column("income", "double", "")),
    cells=Cells("people", ("town", "sex"), ("income",)),
)  # fmt: skip


@st.composite
def tables(draw: st.DrawFn) -> dict[tuple[int, ...], int]:
    """A table of two or three dimensions, some of its cells missing."""
    sizes = draw(st.lists(st.integers(1, 4), min_size=2, max_size=3))
    cells: list[tuple[int, ...]] = [()]
    for size in sizes:
        cells = [(*cell, place) for cell in cells for place in range(size)]
    chosen = draw(st.lists(st.sampled_from(cells), unique=True, min_size=1))
    return {cell: draw(st.integers(0, 30)) for cell in chosen}


def solved_by_subtraction(table: dict[tuple[int, ...], int], hidden: set[tuple[int, ...]]) -> set[tuple[int, ...]]:
    """The hidden cells that an attacker gets: the last unknown of a line of several people's cells, again and again."""
    lines = defaultdict(set)
    for cell in table:
        for dimension in range(len(cell)):
            lines[dimension, cell[:dimension] + cell[dimension + 1 :]].add(cell)
    useful = [line for line in lines.values() if sum(table[cell] > 0 for cell in line) > 1]
    known = set(table) - hidden
    while found := {next(iter(line - known)) for line in useful if len(line - known) == 1}:
        known |= found
    return known & hidden


@given(tables(), st.integers(2, 12))
def test_nothing_withheld_is_found_by_subtraction(table: dict[tuple[int, ...], int], threshold: int) -> None:
    cells = list(table)
    withheld = {cells[position] for position in withheld_cells(cells, list(table.values()), threshold)}
    assert {cell for cell, people in table.items() if 0 < people < threshold} <= withheld
    assert all(table[cell] > 0 for cell in withheld)
    assert solved_by_subtraction(table, withheld) == set()


def test_a_small_cell_takes_the_next_smallest_with_it() -> None:
    cells = [(town, sex) for town in "ab" for sex in "fm"]
    assert withheld_cells(cells, [4, 50, 60, 70], 10) == {0, 1, 2, 3}
    assert withheld_cells(cells, [40, 50, 60, 70], 10) == set()
    assert withheld_cells(cells, [10, 0, 60, 70], 10) == set()


def test_the_withheld_rows_stay_without_count_and_measures(connection: duckdb.DuckDBPyConnection) -> None:
    values = "('a', 'f', 4, 1.5), ('a', null, 50, 2.5), ('b', 'f', 60, 3.5)"
    rows = f"select * from (values {values}) as cells(town, sex, people, income)"
    shown = connection.sql(withhold_small_cells(connection, TABLE, rows, 10)).order("all").fetchall()
    assert shown == [("a", "f", None, None), ("a", None, None, None), ("b", "f", None, None)]
    assert connection.sql(withhold_small_cells(connection, TABLE, rows, 2)).order("all").fetchall()[0][2] == 4
