"""Declared tables on disk: written whole or not at all, read only when they are what was declared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.errors import StorageError, TableError
from warehouse.layout import PRIVATE_FILE, private_folder
from warehouse.session import identifier, literal, scan
from warehouse.table import Table

ROW_GROUP_ROWS = 122_880
NEXT_STAGE_GROUP_ROWS = 16_384
"""A thread reads a row group: the tables between stages are cut finer, so that small registries use every thread."""

ZSTD = "compression zstd, compression_level 1"
"""The lowest level: of ids and codes the higher ones make files no smaller, in a third more time."""

DECLARATION = "table"
"""The key under which a Parquet file carries its table's declaration."""


def write_table(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    query: str,
    path: Path,
    *,
    order: str | None = None,
    metadata: Mapping[str, str] | None = None,
) -> int:
    """Write the rows of `query` as `table` to the Parquet file `path`, in the table's order; return their number.

    `order` is the SQL to sort them by instead, of any columns of `query`; an empty one leaves them as they are.
    `metadata` is put into the footer too, by key.
    Columns are cast to the declared types. The file appears under its name only when it is whole.
    Raises `TableError` if a declared column is missing from `query`, `StorageError` if the disk refuses.
    """
    delivered = set(connection.sql(f"select * from ({query}) limit 0").columns)
    missing = [name for name in table.column_names if name not in delivered]
    if missing:
        raise TableError(f"{table.name}: the query lacks the declared columns {', '.join(missing)}.")
    columns = ", ".join(
        f"cast({identifier(column.name)} as {column.type}) as {identifier(column.name)}" for column in table.columns
    )
    order = ", ".join(identifier(name) for name in table.order) if order is None else order
    ordered = f"select {columns} from ({query}){f' order by {order}' if order else ''}"
    return write_parquet(connection, ordered, path, {DECLARATION: table.declaration, **(metadata or {})})


def write_when_ended(
    connection: duckdb.DuckDBPyConnection, table: Table, query: str, path: Path, *, order: str | None = None
) -> int:
    """Write as `write_table` does, in less memory: the query ends before its rows are sorted.

    The hash tables of a query cannot be spilled while its rows are sorted.
    """
    connection.execute(f"create or replace temp table ended_query as {query}")
    written = write_table(connection, table, "select * from ended_query", path, order=order)
    connection.execute("drop table ended_query")
    return written


def write_parquet(
    connection: duckdb.DuckDBPyConnection, query: str, path: Path, metadata: Mapping[str, str] | None = None
) -> int:
    """Write `query` to `path` in one step, its rows in their order, compressed with ZSTD; return the number of rows.

    `metadata` is put into the file's footer, by key.
    """
    told = ", ".join(f"{identifier(key)}: {literal(value)}" for key, value in (metadata or {}).items())
    connection.execute("set preserve_insertion_order = true")
    try:
        return _copy(connection, query, path, f"{ZSTD}{f', kv_metadata {{{told}}}' if told else ''}")
    finally:
        connection.execute("set preserve_insertion_order = false")


def write_for_next_stage(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> int:
    """Write a large table that other stages alone read, in any order of rows and compressed lightly; return the number.

    Against `write_parquet` this takes a third less time, and no memory to keep an order in.
    """
    return _copy(connection, query, path, "compression lz4_raw", NEXT_STAGE_GROUP_ROWS)


def _copy(
    connection: duckdb.DuckDBPyConnection, query: str, path: Path, options: str, group_rows: int = ROW_GROUP_ROWS
) -> int:
    private_folder(path.parent)
    partial = path.with_suffix(".partial")
    options = f"format parquet, row_group_size {group_rows}, {options}"
    try:
        connection.execute(f"copy ({query}) to {literal(partial)} ({options})")
    except duckdb.IOException:
        partial.unlink(missing_ok=True)
        raise StorageError(
            f"{path}: could not be written. Free disk space or check the folder's rights, then run again."
        ) from None
    partial.chmod(PRIVATE_FILE)
    partial.replace(path)
    return row_count(path)


def read_rows(table: Table, path: Path) -> list[dict[str, Any]]:
    """The rows of a small table at `path`, as mappings of column name to value."""
    read_table(table, path)
    rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    return rows


def row_count(path: Path) -> int:
    """The number of rows of a Parquet file, read from its footer."""
    return int(pq.read_metadata(path).num_rows)


def read_table(table: Table, *paths: Path) -> str:
    """An SQL expression over `paths`, after a check that each has the columns of `table`.

    Raises `StorageError` for a missing file and `TableError` for other columns or types.
    """
    for path in paths:
        if not path.exists():
            raise StorageError(f"{path}: the table {table.name} is not there yet. Run `padron build` first.")
        found = pq.read_schema(path)
        expected = table.schema
        if [(f.name, f.type) for f in found] != [(f.name, f.type) for f in expected]:
            raise TableError(
                f"{path}: not the declared table {table.name}. It was written by another version; "
                "run `padron build` again to rebuild it."
            )
    return scan(*paths)


def read_any_version(table: Table, path: Path) -> str:
    """An SQL relation of the declared columns of `table` at `path`; one that an older version's file lacks is null."""
    there = set(pq.read_schema(path).names)
    columns = ", ".join(
        f"cast({name if column.name in there else 'null'} as {column.type}) as {name}"
        for column in table.columns
        for name in [identifier(column.name)]
    )
    return f"(select {columns} from {scan(path)})"


def no_rows(table: Table) -> str:
    """An SQL relation of the declared columns of `table`, without rows."""
    columns = ", ".join(f"null::{column.type} as {identifier(column.name)}" for column in table.columns)
    return f"(select {columns} where false)"


def write_rows(
    connection: duckdb.DuckDBPyConnection, table: Table, rows: Sequence[Mapping[str, object]], path: Path
) -> int:
    """Write `rows` (column name → value) as `table` to `path`; return their number."""
    connection.register("given_rows", pa.Table.from_pylist(list(rows), schema=table.schema))
    try:
        return write_table(connection, table, "select * from given_rows", path)
    finally:
        connection.unregister("given_rows")
