"""The audit of what is staged: a release that does not pass is never switched to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb

from warehouse.errors import PublicationError
from warehouse.session import identifier, literal, open_session, scan
from warehouse.settings import Settings
from warehouse.storage import read_table, row_count
from warehouse.table import Table


def audit_staged(settings: Settings, tables: Mapping[Table, Path], database: Path) -> None:
    """Hold the staged Parquet files of `tables` and the `database` against what was declared.

    Raises `PublicationError` with every check that failed, by table and number of rows.
    """
    with open_session(settings) as connection:
        connection.execute(f"attach {literal(database)} as staged (read_only)")
        found = [fault for table, path in tables.items() for fault in _faults(connection, table, path, tables)]
    if found:
        listed = "\n".join(f"  {fault}" for fault in found)
        raise PublicationError(
            f"The staged release did not pass its audit; the current one stays.\n{listed}\n"
            "Mend the mart or the delivery that brings these rows, then run again."
        )


def _faults(
    connection: duckdb.DuckDBPyConnection, table: Table, path: Path, tables: Mapping[Table, Path]
) -> Iterator[str]:
    identifying = [column.name for column in table.columns if column.personal == "identifying"]
    if identifying:
        yield f"{table.name}: the columns {', '.join(identifying)} identify people and may not be published."
    rows = read_table(table, path)
    staged = f"staged.{identifier(table.name)}"
    if (in_database := _count(connection, f"select count(*) from {staged}")) != row_count(path):
        yield f"{table.name}: {row_count(path):,} rows in Parquet, {in_database:,} in the database."
    yield from _faults_of_rows(connection, table, rows)
    yield from _faults_of_references(connection, table, rows, tables)


def _faults_of_rows(connection: duckdb.DuckDBPyConnection, table: Table, rows: str) -> Iterator[str]:
    needed = [column.name for column in table.columns if not column.nullable]
    counts = ", ".join(["count(*)", *(f"count({identifier(name)})" for name in needed)])
    ((total, *full),) = connection.sql(f"select {counts} from {rows}").fetchall()
    for name, held in zip(needed, full, strict=True):
        if held < total:
            yield f"{table.name}.{name}: {total - held:,} rows are empty, which the table does not allow."
    if table.key and (repeated := _repeated(connection, table, rows, total)):
        yield f"{table.name}: {repeated:,} rows repeat the key {', '.join(table.key)}."


def _repeated(connection: duckdb.DuckDBPyConnection, table: Table, rows: str, total: int) -> int:
    """How many of all `total` rows repeat the key of another.

    Where no two hashes are alike no two keys are; only otherwise are the keys themselves compared, at twice the cost.
    """
    key = ", ".join(identifier(name) for name in table.key)
    if _count(connection, f"select count(*) from (select distinct hash({key}) from {rows})") == total:
        return 0
    return total - _count(connection, f"select count(*) from (select distinct {key} from {rows})")


def _faults_of_references(
    connection: duckdb.DuckDBPyConnection, table: Table, rows: str, tables: Mapping[Table, Path]
) -> Iterator[str]:
    staged = {other.name: path for other, path in tables.items()}
    for column, target, target_column in table.references:
        if target not in staged:
            yield f"{table.name}.{column}: refers to {target}, which is not published."
            continue
        name, held = identifier(column), identifier(target_column)
        orphans = _count(
            connection,
            f"select count(*) from {rows} as refers anti join {scan(staged[target])} as held "
            f"on refers.{name} = held.{held} where refers.{name} is not null",
        )
        if orphans:
            yield f"{table.name}.{column}: {orphans:,} rows refer to no row of {target}."


def _count(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    return int(connection.sql(query).fetchall()[0][0])
