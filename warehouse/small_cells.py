"""Small cells: counts of few people are withheld from aggregates, and others with them that would give them away.

A cell of 1 to `threshold` - 1 people is withheld. A line is all the cells that differ in one dimension alone;
whoever knows a line's total could subtract. So a line with one withheld cell, or with withheld cells of fewer than
`threshold` people together, loses its next smallest cells too, until no line gives anything away.
Method: cell suppression with complementary cells, Hundepool et al., Statistical Disclosure Control (2012), ch. 4.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import duckdb

from warehouse.session import identifier
from warehouse.table import Table

Cell = tuple[object, ...]


def withheld_cells(cells: Sequence[Cell], counts: Sequence[int], threshold: int) -> set[int]:
    """The positions of the cells to withhold; `cells` gives each one's place in every dimension."""
    withheld = {position for position, count in enumerate(counts) if 0 < count < threshold}
    lines = _lines(cells)
    while added := {other for line in lines for other in _complement(line, counts, withheld, threshold)}:
        withheld |= added
    return withheld


def _lines(cells: Sequence[Cell]) -> list[list[int]]:
    """The positions of the cells of each line."""
    lines: dict[tuple[int, Cell], list[int]] = defaultdict(list)
    for position, cell in enumerate(cells):
        for dimension in range(len(cell)):
            lines[dimension, cell[:dimension] + cell[dimension + 1 :]].append(position)
    return list(lines.values())


def _complement(line: Sequence[int], counts: Sequence[int], withheld: set[int], threshold: int) -> list[int]:
    """The next cell of `line` to withhold; none where the line gives nothing away or has no other."""
    hidden = [position for position in line if position in withheld]
    if not hidden or (len(hidden) > 1 and sum(counts[position] for position in hidden) >= threshold):
        return []
    others = [position for position in line if position not in withheld and counts[position] > 0]
    return sorted(others, key=lambda position: (counts[position], position))[:1]


def withhold_small_cells(connection: duckdb.DuckDBPyConnection, table: Table, query: str, threshold: int) -> str:
    """A query of the rows of `query` with count and measures of the withheld cells made null."""
    if table.cells is None:
        return query
    by, count = ", ".join(identifier(name) for name in table.cells.by), identifier(table.cells.count)
    rows = connection.sql(f"select {by}, coalesce({count}, 0) from ({query}) order by all").fetchall()
    withheld = withheld_cells([row[:-1] for row in rows], [int(row[-1]) for row in rows], threshold)
    connection.execute(f"create or replace temp table withheld_cells as select {by} from ({query}) limit 0")
    if withheld:
        marks = ", ".join("?" for _ in table.cells.by)
        connection.executemany(
            f"insert into withheld_cells values ({marks})", [list(rows[position][:-1]) for position in sorted(withheld)]
        )
    same = " and ".join(
        f"cell.{identifier(name)} is not distinct from held.{identifier(name)}" for name in table.cells.by
    )
    emptied = ", ".join(
        f"case when held.is_withheld is null then cell.{name} end as {name}"
        for name in (identifier(column) for column in (table.cells.count, *table.cells.measures))
    )
    return (
        f"select cell.* replace ({emptied}) from ({query}) as cell "
        f"left join (select *, true as is_withheld from withheld_cells) as held on {same}"
    )
