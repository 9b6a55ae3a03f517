"""The published tables, each made by the query of its name in `warehouse/marts`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from warehouse.session import identifier
from warehouse.storage import read_table, write_table
from warehouse.table import Table
from warehouse.tables import EVENTS, PERSONS, RECORD_IDENTIFIERS, RECORDS, SPINE

QUERIES = Path(__file__).parent / "marts"


@dataclass(frozen=True)
class RegistryInputs:
    """The files that the marts are made of."""

    records: Sequence[Path]
    identifiers: Sequence[Path]
    events: Sequence[Path]
    spine: Path
    persons: Path


def write_mart(connection: duckdb.DuckDBPyConnection, table: Table, inputs: RegistryInputs, target: Path) -> int:
    """Write the published `table` to `target`; return its number of rows.

    Its query sees the views records, record_identifiers, linked_spine, golden_persons and person_events.
    """
    _create_views(connection, inputs)
    return write_table(connection, table, (QUERIES / f"{table.name}.sql").read_text(encoding="utf-8"), target)


def _create_views(connection: duckdb.DuckDBPyConnection, inputs: RegistryInputs) -> None:
    relations = {
        "records": _all(RECORDS, inputs.records),
        "record_identifiers": _all(RECORD_IDENTIFIERS, inputs.identifiers),
        "events": _all(EVENTS, inputs.events),
        "linked_spine": read_table(SPINE, inputs.spine),
        "golden_persons": read_table(PERSONS, inputs.persons),
    }
    for name, relation in relations.items():
        connection.execute(f"create or replace temp view {name} as select * from {relation}")
    connection.execute(
        "create or replace temp view person_events as "
        "select events.*, linked_spine.entity_id from events left join linked_spine using (record_id)"
    )


def _all(table: Table, paths: Sequence[Path]) -> str:
    """The rows of all `paths`; where there is no path, a relation of the table's columns without rows."""
    if paths:
        return read_table(table, *paths)
    columns = ", ".join(f"null::{column.type} as {identifier(column.name)}" for column in table.columns)
    return f"(select {columns} where false)"
