"""The analysts' database: one DuckDB file with every published table and a comment on all of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb

from warehouse.errors import StorageError
from warehouse.layout import Layout
from warehouse.privacy.pseudonyms import ROW_IDS
from warehouse.release.analysts_views import create_views
from warehouse.session import identifier, literal, open_session
from warehouse.settings import Settings
from warehouse.storage import read_table
from warehouse.table import Column, Table

STORAGE_VERSION = "v1.4.0"
"""Older clients (DuckDB 1.4 and 1.5) must still open the file."""


def write_database(settings: Settings, tables: Mapping[Table, Path], target: Path) -> None:
    """Write `tables` (declared table → Parquet file) to the new DuckDB file `target`."""
    with open_session(settings) as connection:
        write_relations(connection, {table: read_table(table, path) for table, path in tables.items()}, target)


def write_relations(
    connection: duckdb.DuckDBPyConnection, relations: Mapping[Table, str], target: Path, day: date | None = None
) -> None:
    """Write `relations` (declared table → SQL relation of its rows) to the new DuckDB file `target`.

    `day` is the one that it describes, where that is not the day of the deliveries in it.
    """
    connection.execute("set preserve_insertion_order = true")
    connection.execute(f"attach {literal(target)} as registry (storage_version '{STORAGE_VERSION}')")
    for table, rows in relations.items():
        name = f"registry.{identifier(table.name)}"
        connection.execute("begin")
        connection.execute(f"create table {name} ({', '.join(_stored(column) for column in table.columns)})")
        connection.execute(f"insert into {name} select {', '.join(map(identifier, table.column_names))} from {rows}")
        _comment(connection, name, table)
        connection.execute("commit")
    connection.execute("use registry")
    create_views(connection, {table.name for table in relations}, day)
    connection.execute("use memory")
    connection.execute("detach registry")


def _stored(column: Column) -> str:
    """How `column` is declared. Ids that no two rows share have no common parts: ZSTD halves them in half the time."""
    is_apart = column.name in ROW_IDS and not column.type.endswith("[]")
    return f"{identifier(column.name)} {column.type}{' using compression zstd' if is_apart else ''}"


def _comment(connection: duckdb.DuckDBPyConnection, name: str, table: Table) -> None:
    connection.execute(f"comment on table {name} is {literal(table.comment)}")
    for column in table.columns:
        connection.execute(f"comment on column {name}.{identifier(column.name)} is {literal(column.comment)}")


@contextmanager
def read_only(layout: Layout) -> Iterator[duckdb.DuckDBPyConnection]:
    """The current release's database, opened to be read; raise `StorageError` where there is none yet."""
    if not layout.current.exists():
        raise StorageError(f"{layout.home}: nothing was published there yet. Run `padron build` first.")
    connection = duckdb.connect(str(layout.current.resolve() / "registry.duckdb"), read_only=True)
    try:
        yield connection
    finally:
        connection.close()
