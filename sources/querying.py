"""A source that is a PostgreSQL database: its query run over a real connection, the rows kept as a delivery.

What the query gives today lies under `Layout.queried` as a Parquet file of texts named by the day, and is read from
there like any delivered file. The same rows as before make no new file.
"""

from __future__ import annotations

import filecmp
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from sources.asking_again import asking_again
from sources.contract import SourceContract
from sources.reading.header import check_columns
from warehouse.errors import DeliveryError
from warehouse.layout import Layout, private_folder
from warehouse.session import identifier, scan
from warehouse.settings import Settings
from warehouse.storage import write_parquet

BATCH_ROWS = 20_000
KEPT = 2
"""Snapshots that stay: the latest, and the one before to compare it with."""
SECONDS_TO_CONNECT = 15
READ_ONLY = "-c default_transaction_read_only=on -c datestyle=ISO -c intervalstyle=iso_8601 -c bytea_output=hex"


def query_source(connection: duckdb.DuckDBPyConnection, contract: SourceContract, settings: Settings) -> Path:
    """Run the contract's query and keep its rows if they are new; return the folder that its deliveries lie in.

    Raises `DeliveryError` where the database refuses the query, or cannot be reached though it was asked again; what
    PostgreSQL says of values is withheld.
    """
    layout = Layout(settings.home)
    folder = private_folder(layout.queried / contract.id)
    fetched, sorted_rows = folder / "fetched.partial", folder / "sorted.partial.parquet"
    try:
        with _told(contract):
            asking_again()(_fetch_all, contract, fetched)
        key = contract.column("record_key")
        order = f" order by {identifier(key.name)}" if key else ""
        write_parquet(connection, f"select * from {scan(fetched)}{order}", sorted_rows)
        _keep(sorted_rows, folder, contract)
    finally:
        fetched.unlink(missing_ok=True)
        sorted_rows.unlink(missing_ok=True)
    return layout.queried


def _fetch_all(contract: SourceContract, target: Path) -> None:
    """Write all rows of the query to `target`, over whatever an earlier try has left there."""
    with _connected(contract) as database:
        _fetch(database, contract, target)


def _keep(rows: Path, folder: Path, contract: SourceContract) -> None:
    """Give the rows their name, unless they are those of the last delivery to the byte."""
    earlier = sorted(folder.glob(f"{contract.id}_*.parquet"))
    if earlier and filecmp.cmp(earlier[-1], rows, shallow=False):
        return
    rows.replace(folder / f"{contract.id}_{date.today().isoformat()}.parquet")
    if contract.delivers == "snapshot":  # earlier ones are used no more, and hold people's data
        for old in sorted(folder.glob(f"{contract.id}_*.parquet"))[:-KEPT]:
            old.unlink()


@contextmanager
def _told(contract: SourceContract) -> Iterator[None]:
    server = contract.server
    where = f"{contract.id}: PostgreSQL database {server.database} on {server.host}"
    try:
        yield
    except psycopg.OperationalError as error:
        raise DeliveryError(
            f"{where}: cannot be reached, or refuses the account ({_kind(error)}). See that it runs and that "
            f"{_named(contract)} holds its address, account and password."
        ) from None
    except psycopg.Error as error:
        raise DeliveryError(
            f"{where}: refuses the query ({_kind(error)}). Try it there by hand, and mend the query in the contract."
        ) from None


def _kind(error: psycopg.Error) -> str:
    """The error's class and SQLSTATE; its text may quote a value."""
    return f"{type(error).__name__}{f', SQLSTATE {error.sqlstate}' if error.sqlstate else ''}"


def _named(contract: SourceContract) -> str:
    reading = contract.reading
    if reading.connection:
        return f"the environment variable {reading.connection}"
    return (
        f"the file {reading.connection_file}"
        if reading.connection_file
        else "libpq's own environment (PGUSER, PGPASSFILE)"
    )


@contextmanager
def _connected(contract: SourceContract) -> Iterator[psycopg.Connection]:
    """A connection that can only read, in one unchanging view of the database."""
    with psycopg.connect(make_conninfo(**_parameters(contract))) as database:
        database.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        database.read_only = True
        yield database


def _parameters(contract: SourceContract) -> dict[str, str]:
    """Where the contract says the database is, and what the connection string, kept elsewhere, says besides."""
    server = contract.server
    usual = {
        "host": server.host, "port": server.port, "dbname": server.database, "application_name": "padron",
        "connect_timeout": SECONDS_TO_CONNECT, "options": f"{READ_ONLY} -c search_path={server.schema_ or 'public'}",
    }  # fmt: skip
    try:
        said = conninfo_to_dict(_connection_string(contract))
    except psycopg.ProgrammingError:
        raise DeliveryError(
            f"{contract.id}: {_named(contract)} holds no connection string; write it as "
            "host=… user=… password=… or postgresql://user:password@host/database."
        ) from None
    return {name: str(value) for name, value in (usual | said).items() if value is not None}


def _connection_string(contract: SourceContract) -> str:
    reading = contract.reading
    if reading.connection:
        if reading.connection not in os.environ:
            raise DeliveryError(
                f"{contract.id}: the environment variable {reading.connection} is not set. "
                "Set it to the connection string of the source."
            )
        return os.environ[reading.connection]
    return _private_text(contract, reading.connection_file) if reading.connection_file else ""


def _private_text(contract: SourceContract, name: str) -> str:
    """The text of a file beside the contract, which nobody but its owner may read."""
    file = contract.file.parent / name
    try:
        if file.stat().st_mode & 0o077:
            raise DeliveryError(f"{contract.id}: others may read {file}. Give it the mode 0600.")
        return file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise DeliveryError(f"{contract.id}: {file} cannot be read ({error.strerror}). Put it there.") from None


def _fetch(database: psycopg.Connection, contract: SourceContract, target: Path) -> None:
    """Write the rows of the query to `target`, every value as PostgreSQL's own text, some thousand at a time."""
    query = sql.SQL("select * from ({}\n) as delivered").format(sql.SQL(_query(contract)))
    described = database.execute(sql.SQL("{} limit 0").format(query), prepare=True).description or ()
    names = [column.name for column in described]
    check_columns(contract, names, f"{contract.id}: query")
    columns = sql.SQL(", ").join(sql.SQL("{0}::text as {0}").format(sql.Identifier(name)) for name in names)
    schema = pa.schema([(name, pa.string()) for name in names])
    with database.cursor(name="delivered") as rows, pq.ParquetWriter(target, schema, compression="lz4") as writer:
        rows.execute(sql.SQL("select {} from ({}) as texts").format(columns, query))
        while batch := rows.fetchmany(BATCH_ROWS):
            texts = zip(*batch, strict=True)
            writer.write_batch(pa.record_batch([pa.array(values, pa.string()) for values in texts], schema=schema))


def _query(contract: SourceContract) -> str:
    return str(contract.reading.query).strip().rstrip(";")
