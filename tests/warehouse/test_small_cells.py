"""Small cells: held against an attacker who knows every total and subtracts."""

from collections import defaultdict

import duckdb
from hypothesis import given
from hypothesis import strategies as st

from warehouse.privacy.small_cells import withheld_cells, withhold_small_cells
from warehouse.table import Cells, Column, Table, Whole

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


@given(tables(), st.integers(2, 12))
def test_tables_apart_are_each_safe_and_a_whole_takes_its_parts(
    table: dict[tuple[int, ...], int], threshold: int
) -> None:
    """The first dimension tells tables apart; of each line along the last, place 0 is the whole of the others."""
    cells = list(table)
    positions = {cell: position for position, cell in enumerate(cells)}
    whole_of = {cell: (*cell[:-1], 0) for cell in cells if cell[-1]}
    wholes = [[positions[whole_of[cell]]] if whole_of.get(cell) in positions else [] for cell in cells]
    found = withheld_cells(cells, list(table.values()), threshold, range(1, len(cells[0])), wholes)
    withheld = {cells[position] for position in found}
    for apart in {cell[0] for cell in cells}:
        own = {cell[1:]: people for cell, people in table.items() if cell[0] == apart}
        assert solved_by_subtraction(own, {cell[1:] for cell in withheld if cell[0] == apart}) == set()
    for position, whole in enumerate(wholes):
        if whole and whole[0] in found and table[cells[position]] > 0:
            assert position in found


PLACED = ("level", "place", "within", "dimension", "part")
NESTED = Table(
    "lives",
    "One cell.",
    ("level", "place", "part"),
    (*(Column(name, "varchar", "") for name in PLACED), Column("people", "bigint", "")),
    cells=Cells(
        "people", PLACED, (), ("level", "within", "dimension"),
        (
            Whole((("dimension", "all"), ("part", "all"))),
            Whole(parent=("place", "within"), otherwise=("level", "within")),
        ),
    ),
)  # fmt: skip


def test_a_region_that_is_withheld_takes_its_towns_and_groups(connection: duckdb.DuckDBPyConnection) -> None:
    rows = [
        ("country", "MX", "MX", "all", "all", 115), ("region", "a", "MX", "all", "all", 5),
        ("region", "b", "MX", "all", "all", 50), ("region", "c", "MX", "all", "all", 60),
        ("town", "b1", "b", "all", "all", 20), ("town", "b2", "b", "all", "all", 30),
        ("town", "c1", "c", "all", "all", 25), ("town", "c2", "c", "all", "all", 35),
        ("region", "b", "MX", "sex", "female", 25), ("region", "b", "MX", "sex", "male", 25),
        ("region", "c", "MX", "sex", "female", 30), ("region", "c", "MX", "sex", "male", 30),
    ]  # fmt: skip
    names = ", ".join(column.name for column in NESTED.columns)
    query = f"select * from (values {', '.join(map(str, rows))}) as cells({names})"
    shown = connection.sql(withhold_small_cells(connection, NESTED, query, 10)).fetchall()
    told = {(place, part): people for _, place, _, _, part, people in shown}
    assert {key for key, people in told.items() if people is not None} == {
        ("MX", "all"), ("c", "all"), ("c1", "all"), ("c2", "all")
    }, "the groups of c go with those of b, whose whole went with a"  # fmt: skip


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
