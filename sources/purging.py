"""Rows that may no longer be held: those of people who were erased, and those whose retention is over."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from sources.contract import SourceContract
from sources.ledger import read_ledger
from sources.standardise.stored import hash_sql, stored_deliveries
from warehouse.layout import Layout
from warehouse.session import identifier, literal, scan
from warehouse.storage import read_table, write_parquet, write_table
from warehouse.table import Table
from warehouse.tables import EVENTS, RECORD_IDENTIFIERS, RECORDS

PURGED = "padron.rows_purged"
"""The key under which a raw file's footer says how many of its rows were erased."""

OPEN_KINDS = ("enrolment", "work")
"""Kinds of events that go on until they have an end."""


def purge_raw(
    connection: duckdb.DuckDBPyConnection,
    contract: SourceContract,
    person_source: str,
    erased: Iterable[str],
    layout: Layout,
) -> int:
    """Remove the raw rows of the records `erased` from every delivery in use; return how many were removed now.

    Each file keeps count of what was removed, so that the delivered rows can still be accounted for.
    """
    names = sorted(erased)
    if not names:
        return 0
    connection.register("erased", pa.table({"record_id": pa.array(names, pa.string())}))
    removed = 0
    for delivery in stored_deliveries(connection, contract, layout):
        held = f"select *, {_record_id(contract, person_source)} as _record_id from {scan(delivery.path)}"
        kept = f"select * exclude (_record_id) from ({held}) anti join erased on _record_id = record_id"
        ((gone,),) = connection.sql(
            f"select count(*) from ({held}) semi join erased on _record_id = record_id"
        ).fetchall()
        if gone:
            before = rows_purged(layout, contract.id, delivery.delivery_id)
            write_parquet(connection, kept, delivery.path, {PURGED: str(before + int(gone))})
            removed += int(gone)
    connection.unregister("erased")
    return removed


def rows_purged(layout: Layout, contract_id: str, delivery_id: str) -> int:
    """How many rows of a delivery's raw file were erased since it was taken in."""
    metadata = pq.read_metadata(layout.raw(contract_id, delivery_id)).metadata or {}
    return int(metadata.get(PURGED.encode(), b"0"))


def retire(
    connection: duckdb.DuckDBPyConnection, contract: SourceContract, layout: Layout, today: date
) -> dict[str, int]:
    """Remove from the standard tables of `contract` what its retention is over for; return the rows removed.

    A record is kept for `retentionMonths` after the day its delivery describes; an event after its last day. Raw
    files of deliveries that are no longer in use and as old go too.
    """
    months = contract.terms.retention_months
    if months is None:
        return {}
    cutoff = f"(date {literal(today.isoformat())} - interval {months} months)"
    fresh = f"coalesce(as_of_date, date {literal(today.isoformat())}) >= {cutoff}"
    removed = {"old raw files": _remove_unused(contract, layout, months, today)}
    if contract.has_persons:
        records = read_table(RECORDS, layout.standard(RECORDS, contract.id))
        known = f"record_id in (select record_id from {records} where {fresh})"
        removed["identifiers"] = _keep(connection, contract, layout, RECORD_IDENTIFIERS, known)
        removed["records"] = _keep(connection, contract, layout, RECORDS, fresh)
    if contract.terms.role == "events":
        kinds = ", ".join(literal(kind) for kind in OPEN_KINDS)
        last_day = (
            f"case when end_date is null and kind in ({kinds}) then as_of_date "
            "else coalesce(end_date, start_date, as_of_date) end"
        )
        removed["events"] = _keep(connection, contract, layout, EVENTS, f"coalesce({last_day} >= {cutoff}, true)")
    return removed


def _keep(
    connection: duckdb.DuckDBPyConnection, contract: SourceContract, layout: Layout, table: Table, condition: str
) -> int:
    path = layout.standard(table, contract.id)
    rows = read_table(table, path)
    ((over,),) = connection.sql(f"select count(*) from {rows} where not ({condition})").fetchall()
    if over:
        connection.execute(f"create or replace temp table kept as select * from {rows} where {condition}")
        write_table(connection, table, "select * from kept", path)
        connection.execute("drop table kept")
    return int(over)


def _remove_unused(contract: SourceContract, layout: Layout, months: int, today: date) -> int:
    in_use = set(pq.read_table(layout.deliveries(contract.id), columns=["delivery_id"]).to_pydict()["delivery_id"])
    old = {
        entry.delivery_id
        for entry in read_ledger(layout)
        if entry.contract_id == contract.id and entry.as_of_date and entry.delivery_id not in in_use
        if _months_between(date.fromisoformat(entry.as_of_date), today) > months
    }
    files = [place(contract.id, name) for name in sorted(old) for place in (layout.raw, layout.quarantine)]
    gone = [file for file in files if file.exists()]
    for file in gone:
        file.unlink()
    return len(gone)


def _months_between(earlier: date, later: date) -> int:
    return (later.year - earlier.year) * 12 + later.month - earlier.month - (later.day < earlier.day)


def _record_id(contract: SourceContract, person_source: str) -> str:
    """The record that a raw row is of, or is about."""
    field = "person_key" if contract.column("person_key") else "record_key"
    column = contract.column(field)
    assert column is not None
    return hash_sql(person_source, f"coalesce({identifier(column.name)}, '')")
