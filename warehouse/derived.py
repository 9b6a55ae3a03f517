"""Published tables that are made of other published tables, and of what every mart sees."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb

from warehouse.mart import QUERIES, RegistryInputs, create_views
from warehouse.session import identifier
from warehouse.storage import read_table, write_table
from warehouse.table import Table


def write_derived(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    inputs: RegistryInputs,
    reads: Mapping[Table, Path],
    target: Path,
) -> int:
    """Write the published `table` to `target`; return its number of rows.

    Its query, the file of its name in `warehouse/marts`, sees all that `warehouse.mart.write_mart` tells of for the
    table's purpose, and each table of `reads` by its name, under the registry's own ids.
    """
    create_views(connection, inputs, table.purpose)
    for read, path in reads.items():
        view = identifier(read.name)
        connection.execute(f"create or replace temp view {view} as select * from {read_table(read, path)}")
    return write_table(connection, table, (QUERIES / f"{table.name}.sql").read_text(encoding="utf-8"), target)
