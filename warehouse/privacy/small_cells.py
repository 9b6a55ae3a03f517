"""Small cells: counts of few people are withheld from aggregates, and others with them that would give them away.

A cell of 1 to `threshold` - 1 people is withheld. A line is all the cells that differ in one dimension alone;
whoever knows a line's total could subtract. So a line with one withheld cell, or with withheld cells of fewer than
`threshold` people together, loses its next smallest cells too, until no line gives anything away. Where a cell is
withheld that others add up to, such as a region's over its towns, they are withheld with it.
Method: cell suppression with complementary cells, Hundepool et al., Statistical Disclosure Control (2012), ch. 4.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import duckdb
import pyarrow as pa

from warehouse.session import identifier
from warehouse.table import Cells, Table, Whole

Cell = tuple[object, ...]


def withheld_cells(
    cells: Sequence[Cell],
    counts: Sequence[int],
    threshold: int,
    along: Sequence[int] | None = None,
    wholes: Sequence[Sequence[int]] = (),
) -> set[int]:
    """The positions of the cells to withhold; `cells` gives each one's place in every dimension.

    Cells add up `along` these dimensions, or along all; `wholes` gives for each cell the positions of those that it is
    a part of. Only lines that a cell was withheld from since they were last looked at are looked at again.
    """
    lines = _lines(cells, range(len(cells[0])) if along is None and cells else along or ())
    parts = _parts(wholes)
    withheld: set[int] = set()
    added = {position for position, count in enumerate(counts) if 0 < count < threshold}
    while added:
        withheld |= added
        touched = {id(line): line for position in added for line in lines[position]}
        found = {part for position in added for part in parts.get(position, ()) if counts[part] > 0}
        found |= {other for line in touched.values() for other in _complement(line, counts, withheld, threshold)}
        added = found - withheld
    return withheld


def _lines(cells: Sequence[Cell], along: Sequence[int]) -> list[list[list[int]]]:
    """For each cell the lines that it lies on, each with the positions of its cells."""
    lines: dict[tuple[int, Cell], list[int]] = defaultdict(list)
    of_cell: list[list[list[int]]] = [[] for _ in cells]
    for position, cell in enumerate(cells):
        for dimension in along:
            line = lines[dimension, cell[:dimension] + cell[dimension + 1 :]]
            line.append(position)
            of_cell[position].append(line)
    return of_cell


def _parts(wholes: Sequence[Sequence[int]]) -> dict[int, list[int]]:
    """For each cell that others are parts of, their positions."""
    parts: dict[int, list[int]] = defaultdict(list)
    for position, found in enumerate(wholes):
        for whole in found:
            parts[whole].append(position)
    return parts


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
    found = connection.sql(f"select {by}, coalesce({count}, 0) as _count from ({query}) order by all").to_arrow_table()
    counts = [int(people) for people in found["_count"].to_pylist()]
    cells = list(zip(*(found[name].to_pylist() for name in table.cells.by), strict=True))
    along = [place for place, name in enumerate(table.cells.by) if name not in table.cells.apart]
    withheld = withheld_cells(cells, counts, threshold, along, _wholes(table.cells, cells))
    connection.register("withheld_rows", found.drop_columns(["_count"]).take(pa.array(sorted(withheld), pa.int64())))
    connection.execute("create or replace temp table withheld_cells as select * from withheld_rows")
    connection.unregister("withheld_rows")
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


def _wholes(declared: Cells, cells: Sequence[Cell]) -> list[list[int]]:
    """For each cell the positions of the cells that it is a part of, as `declared` says."""
    wholes: list[list[int]] = [[] for _ in cells]
    for whole in declared.wholes:
        kept = [place for place, name in enumerate(declared.by) if name not in whole.otherwise]
        places = {tuple(cell[place] for place in kept): position for position, cell in enumerate(cells)}
        for position, cell in enumerate(cells):
            found = places.get(tuple(_of_whole(declared, whole, cell)[place] for place in kept))
            if found is not None and found != position:
                wholes[position].append(found)
    return wholes


def _of_whole(declared: Cells, whole: Whole, cell: Cell) -> Cell:
    """The cell that `cell` is a part of, save for the columns in which that one is otherwise."""
    replaced = dict(whole.values)
    if whole.parent:
        replaced[whole.parent[0]] = str(cell[declared.by.index(whole.parent[1])])
    return tuple(replaced.get(name, value) for name, value in zip(declared.by, cell, strict=True))
