"""A release in PostgreSQL: loaded into a schema of its own by COPY, then switched to in one transaction."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

import duckdb
import psycopg
from psycopg import sql

from warehouse.audit_log import record
from warehouse.errors import PublicationError
from warehouse.layout import Layout, private_folder
from warehouse.manifest import Manifest
from warehouse.session import identifier, literal, open_session
from warehouse.settings import Settings
from warehouse.storage import read_table
from warehouse.table import Column, Table

TYPES = {
    "varchar": "text",
    "date": "date",
    "integer": "integer",
    "bigint": "bigint",
    "double": "double precision",
    "boolean": "boolean",
    "timestamp": "timestamp",
    "varchar[]": "text[]",
}
CHUNK_BYTES = 1 << 20


def publish_to_postgres(
    settings: Settings, manifest: Manifest, tables: Mapping[Table, Path], conninfo: str, schema: str
) -> dict[str, int]:
    """Load `tables` of the release into PostgreSQL and make them the schema `schema`; return the rows of each.

    Readers see the old schema until the one transaction that switches, and the old one stays where anything
    fails. Raises `PublicationError`, which never holds the connection's password.
    """
    fresh = f"{schema}_{manifest.release_id.lower().replace('-', '_')}"
    try:
        with psycopg.connect(conninfo) as connection, open_session(settings) as session:
            connection.execute(sql.SQL("select pg_advisory_xact_lock(hashtext(%s))"), [schema])
            connection.execute(sql.SQL("create schema {}").format(sql.Identifier(fresh)))
            rows = {
                table.name: _load(settings, connection, session, fresh, table, path) for table, path in tables.items()
            }
            _switch(connection, schema, fresh, manifest.release_id)
            facts = {"release": manifest.release_id, "schema": schema}
            record(Layout(settings.home), "release.to_postgres", facts)  # what the log cannot tell of is rolled back
    except psycopg.Error as error:
        raise PublicationError(
            f"PostgreSQL refused ({type(error).__name__}, {error.sqlstate or 'no connection'}); the schema {schema} "
            "stays as it was. Check the address, the account's right to create schemas, and the disk."
        ) from None
    return rows


def _load(
    settings: Settings,
    connection: psycopg.Connection,
    session: duckdb.DuckDBPyConnection,
    schema: str,
    table: Table,
    path: Path,
) -> int:
    name = sql.Identifier(schema, table.name)
    columns = [
        sql.SQL("{} {}{}").format(
            sql.Identifier(column.name), sql.SQL(TYPES[column.type]), sql.SQL("" if column.nullable else " not null")
        )
        for column in table.columns
    ]
    connection.execute(sql.SQL("create table {} ({})").format(name, sql.SQL(", ").join(columns)))
    with tempfile.TemporaryDirectory(dir=private_folder(Layout(settings.home).scratch)) as folder:
        file = Path(folder) / "rows.csv"
        cells = ", ".join(_cell(column) for column in table.columns)
        session.execute(
            f"copy (select {cells} from {read_table(table, path)}) to {literal(file)} (format csv, header false)"
        )
        statement = sql.SQL("copy {} from stdin (format csv)").format(name)
        with connection.cursor().copy(statement) as copy, file.open("rb") as source:
            while chunk := source.read(CHUNK_BYTES):
                copy.write(chunk)
    if table.key and not any(column.nullable for column in table.columns if column.name in table.key):
        keys = sql.SQL(", ").join(sql.Identifier(column) for column in table.key)
        connection.execute(sql.SQL("alter table {} add primary key ({})").format(name, keys))
    connection.execute(sql.SQL("comment on table {} is {}").format(name, table.comment))
    for column in table.columns:
        place = sql.Identifier(schema, table.name, column.name)
        connection.execute(sql.SQL("comment on column {} is {}").format(place, column.comment))
    row = connection.execute(sql.SQL("select count(*) from {}").format(name)).fetchone()
    assert row is not None
    return int(row[0])


def _cell(column: Column) -> str:
    """The column as PostgreSQL's CSV takes it: a list as an array literal."""
    name = identifier(column.name)
    if not column.type.endswith("[]"):
        return name
    quoted = "'\"' || replace(replace(item, '\\', '\\\\'), '\"', '\\\"') || '\"'"
    return f"'{{' || array_to_string(list_transform({name}, lambda item: {quoted}), ',') || '}}'"


def _switch(connection: psycopg.Connection, schema: str, fresh: str, release_id: str) -> None:
    old = f"{schema}_before"
    exists = connection.execute("select 1 from pg_namespace where nspname = %s", [schema]).fetchone()
    if exists:
        connection.execute(sql.SQL("alter schema {} rename to {}").format(sql.Identifier(schema), sql.Identifier(old)))
    connection.execute(sql.SQL("alter schema {} rename to {}").format(sql.Identifier(fresh), sql.Identifier(schema)))
    connection.execute(sql.SQL("comment on schema {} is {}").format(sql.Identifier(schema), f"Release {release_id}"))
    if exists:
        connection.execute(sql.SQL("drop schema {} cascade").format(sql.Identifier(old)))
