"""What one recipient may see of a table: pseudonyms under its own key, banded birth years, no small cells."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb

from warehouse.keyring import Key
from warehouse.pseudonyms import pseudonymised, teach_pseudonyms
from warehouse.session import identifier
from warehouse.settings import Settings
from warehouse.small_cells import withhold_small_cells
from warehouse.storage import read_table, write_table
from warehouse.table import Column, Table

BIRTH_YEAR = "birth_year"


def stage_tables(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    key: Key,
    tables: Mapping[Table, Path],
    targets: Mapping[Table, Path],
    where: Mapping[Table, str] | None = None,
) -> dict[Table, int]:
    """Write each of `tables` to its file of `targets` as the holder of `key` may see it; return the rows.

    `where` narrows a table to the rows that an SQL condition over its own ids holds for.
    """
    teach_pseudonyms(connection, key)
    rows = {}
    for table, path in tables.items():
        columns = ", ".join(f"{_shown(column, settings)} as {identifier(column.name)}" for column in table.columns)
        query = f"select {columns} from {read_table(table, path)} where {(where or {}).get(table, 'true')}"
        query = withhold_small_cells(connection, table, query, settings.small_cell)
        rows[table] = write_table(connection, table, query, targets[table])
    return rows


def _shown(column: Column, settings: Settings) -> str:
    if column.name == BIRTH_YEAR and settings.birth_band > 1:
        return f"{BIRTH_YEAR} - {BIRTH_YEAR} % {settings.birth_band}"
    return pseudonymised(column)
