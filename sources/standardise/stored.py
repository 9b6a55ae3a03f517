"""The accepted raw rows of a contract, one for each record key: the latest delivery's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from sources.contract import SourceContract
from sources.operations import is_delete_sql
from warehouse.layout import Layout
from warehouse.published.reference import DELIVERIES
from warehouse.session import identifier, literal
from warehouse.storage import read_table

HASH_LENGTH = 16


@dataclass(frozen=True)
class StoredDelivery:
    """One delivery in use: its raw rows lie at `path`."""

    delivery_id: str
    as_of_date: date | None
    path: Path


def stored_deliveries(
    connection: duckdb.DuckDBPyConnection, contract: SourceContract, layout: Layout
) -> list[StoredDelivery]:
    """The deliveries in use of `contract`, oldest first; raises `StorageError` before any was taken in."""
    listed = read_table(DELIVERIES, layout.deliveries(contract.id))
    rows = connection.sql(
        f"select delivery_id, as_of_date from {listed} order by as_of_date nulls first, delivery_id"
    ).fetchall()
    return [StoredDelivery(name, day, layout.raw(contract.id, name)) for name, day in rows]


def delivered_query(contract: SourceContract, deliveries: Sequence[StoredDelivery]) -> str:
    """A query of the raw rows, without those superseded, with `_delivery_id`, `_as_of_date` and `_record_key`.

    Record keys are unique within a delivery; of two deliveries the later as-of date holds, then the
    greater delivery id.
    """
    ordered = sorted(deliveries, key=lambda each: (each.as_of_date or date.min, each.delivery_id))
    rows = [_rows(contract, delivery, place) for place, delivery in enumerate(ordered)]
    deleted = is_delete_sql(contract)
    if len(rows) < 2:
        return f"{rows[0]} where not {deleted}" if rows else f"{_rows(contract, None, 0)} where false"
    return f"""
        with delivered as ({" union all ".join(rows)}),
        latest as (select _record_key, max(_place) as _place from delivered group by _record_key)
        select delivered.* from delivered semi join latest using (_record_key, _place) where not {deleted}
    """


def hash_sql(owner: str, key: str) -> str:
    """An SQL expression: the id made of the `owner`'s name and the delivered `key` alone."""
    return f"left(sha256({literal(owner)} || chr(31) || {key}), {HASH_LENGTH})"


def _rows(contract: SourceContract, delivery: StoredDelivery | None, place: int) -> str:
    """The rows of one delivery, or the columns alone."""
    key = next(column.name for column in contract.columns if column.field == "record_key")
    columns = [identifier(name) for name in dict.fromkeys((key, *(column.name for column in contract.columns)))]
    day = literal(delivery.as_of_date.isoformat()) if delivery and delivery.as_of_date else "null"
    source = (
        f"read_parquet({literal(delivery.path)})" if delivery else f"(values ({', '.join(['null'] * len(columns))}))"
    )
    alias = "" if delivery else f" as nothing({', '.join(columns)})"
    return f"""
        select {literal(delivery.delivery_id if delivery else "")} as _delivery_id, cast({day} as date) as _as_of_date,
            {place} as _place, {columns[0]} as _record_key,
            {", ".join(f"cast({column} as varchar) as {column}" for column in columns)}
        from {source}{alias}
    """
