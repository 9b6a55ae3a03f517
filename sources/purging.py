"""Rows whose retention is over."""

from __future__ import annotations

from datetime import date

import duckdb
import pyarrow.parquet as pq

from sources.contract import SourceContract
from sources.ledger import read_ledger
from warehouse.layout import Layout
from warehouse.session import literal
from warehouse.storage import read_table, write_table
from warehouse.table import Table
from warehouse.tables import EVENTS, RECORD_FLAGS, RECORD_IDENTIFIERS, RECORDS

OPEN_KINDS = ("enrolment", "work")
"""Kinds of events that go on until they have an end."""

OLD_FILES = "old raw files"
"""How the raw files that were removed are counted beside the rows of each table."""


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
    removed = {OLD_FILES: _remove_unused(contract, layout, months, today)}
    if contract.has_persons:
        records = read_table(RECORDS, layout.standard(RECORDS, contract.id))
        known = f"record_id in (select record_id from {records} where {fresh})"
        removed["identifiers"] = _keep(connection, contract, layout, RECORD_IDENTIFIERS, known)
        removed["flags"] = _keep(connection, contract, layout, RECORD_FLAGS, known)
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
