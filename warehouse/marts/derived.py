"""How a published table is made: by its query, of what every mart sees and of published tables that it reads."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import duckdb

from warehouse.marts.grounds import grounds
from warehouse.marts.mart import RegistryInputs, create_views, query_of
from warehouse.published.people import HOUSEHOLD_MEMBERS, RELATIONSHIPS
from warehouse.published.poverty import DEPRIVATIONS, INCOMES_PER_CAPITA, TARGETING
from warehouse.receipts import kept_or_made, receipt_of
from warehouse.session import identifier
from warehouse.storage import read_table, write_when_ended
from warehouse.table import Table

READABLE = (RELATIONSHIPS, HOUSEHOLD_MEMBERS, INCOMES_PER_CAPITA, DEPRIVATIONS, TARGETING)
"""Published tables that the queries of tables across sectors may read."""


def reads(table: Table) -> tuple[Table, ...]:
    """The tables of `READABLE` that the query of the published `table` names."""
    words = set(re.findall(r"\w+", query_of(table)))
    return tuple(other for other in READABLE if other.name in words and other != table)


def write_derived(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    inputs: RegistryInputs,
    reads: Mapping[Table, Path],
    target: Path,
) -> int:
    """Write the published `table` to `target`; return its number of rows.

    Its query, the file of its name in `warehouse/marts`, sees all that `create_views` tells of for the table's purpose,
    and each table of `reads` by its name, under the registry's own ids.
    """
    create_views(connection, inputs, table.purpose, names_people=table.names_people)
    for read, path in reads.items():
        view = identifier(read.name)
        rows = read_table(read, path)
        if inputs.blocked and not table.names_people and "entity_id" in read.column_names:
            rows += " where entity_id in (select entity_id from golden_persons)"  # which are without the blocked
        connection.execute(f"create or replace temp view {view} as select * from {rows}")
    by_key = ", ".join(identifier(name) for name in table.key)  # what is one person's is laid together in releases
    return write_when_ended(connection, table, query_of(table), target, order=by_key)


def renew_derived(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    inputs: RegistryInputs,
    reads: Mapping[Table, Path],
    target: Path,
) -> str:
    """Have `target` be what `write_derived` would write; return when it was made, where it could be kept."""
    return kept_or_made(
        receipt_of(target),
        grounds(connection, table, inputs, reads),
        [target],
        lambda: write_derived(connection, table, inputs, reads, target),
    )
