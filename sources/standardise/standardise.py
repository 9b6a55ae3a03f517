"""From the raw rows of a contract to its standard tables: records, identifiers and events."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from sources.contract import SourceContract
from sources.standardise.date_orders import settled
from sources.standardise.events import write_events
from sources.standardise.records import write_records
from sources.standardise.stored import delivered_query, stored_deliveries
from warehouse.layout import Layout
from warehouse.storage import row_count


@dataclass(frozen=True)
class StandardCounts:
    """What became of a contract's raw rows.

    Every row is the latest of its key, and so a record, an event or both; or it is superseded.
    """

    rows: int
    superseded: int
    records: int
    identifiers: int
    events: int


def standardise(
    connection: duckdb.DuckDBPyConnection, contract: SourceContract, person_source: str, layout: Layout
) -> StandardCounts:
    """Write the standard tables of the contract's deliveries in use.

    `person_source` is the source whose record keys an event's `person_key` holds. Ids are made of source
    (or contract) and delivered key alone. Raises `StorageError` where a raw table is missing.
    """
    deliveries = stored_deliveries(connection, contract, layout)
    connection.execute(f"create or replace temp view delivered as {delivered_query(contract, deliveries)}")
    contract, orders = settled(connection, contract, "delivered")
    rows = sum(row_count(delivery.path) for delivery in deliveries)
    records, identifiers = 0, 0
    if contract.has_persons:
        records, identifiers = write_records(connection, contract, "delivered", layout, orders)
    is_events = contract.terms.role == "events"
    events = write_events(connection, contract, person_source, "delivered", layout) if is_events else 0
    connection.execute("drop view delivered")
    return StandardCounts(rows, rows - max(records, events), records, identifiers, events)
