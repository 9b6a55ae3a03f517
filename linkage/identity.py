"""Persistent identity: a person keeps one id over every rebuild, and each change of ids is an event.

A cluster takes the id of the old person with which it shares most records, one to one; the rest are given new
ids. A new id is made of the cluster's least record id, so that the same history gives the same ids.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from linkage.features import run_script
from warehouse.session import scan
from warehouse.storage import read_table, write_table
from warehouse.tables import ENTITIES, ENTITY_EVENTS, SPINE


@dataclass(frozen=True)
class Identity:
    """The three tables that make the ledger: who is whom, every id ever given, and what happened to ids."""

    spine: Path
    entities: Path
    events: Path

    def exists(self) -> bool:
        """Whether a run has written the ledger."""
        return all(path.exists() for path in (self.spine, self.entities, self.events))


def assign_identities(
    connection: duckdb.DuckDBPyConnection,
    clusters_path: Path,
    nodes_path: Path,
    features_path: Path,
    previous: Identity | None,
    current: Identity,
) -> dict[str, int]:
    """Write the ledger of this run from the clusters and the previous ledger; return the events by kind.

    `previous` is the ledger of the run before, or None for the first; its events are kept before the new ones.
    `current` may be the same files.
    """
    _load_ledger(connection, previous)
    clusters, nodes = scan(clusters_path), scan(nodes_path)
    run_script(connection, "identity.sql", clusters=clusters, nodes=nodes, features=scan(features_path))
    connection.register("inherited", _inherit(connection))
    run_script(connection, "ledger.sql", clusters=clusters, nodes=nodes, run=_next_run(connection))
    connection.unregister("inherited")
    write_table(connection, SPINE, "select * from new_spine", current.spine)
    write_table(connection, ENTITIES, "select * from new_entities", current.entities)
    events = "select * from old_events union all by name select * from new_events"
    write_table(connection, ENTITY_EVENTS, events, current.events)
    counts = connection.sql("select kind, count(*) from new_events group by kind order by kind").fetchall()
    return {str(kind): int(count) for kind, count in counts}


def _inherit(connection: duckdb.DuckDBPyConnection) -> pa.Table:
    """Which cluster keeps which id: the greatest overlaps first, ties to the older id, each side once."""
    kept = connection.sql("select cluster_id, entity_id from common_records where not is_contested").fetchall()
    contested = connection.sql("""
        select cluster_id, entity_id from common_records where is_contested
        order by identified desc, shared desc, minted_in, entity_id, cluster_id
    """).fetchall()
    clusters: set[str] = set()
    entities: set[str] = set()
    for cluster_id, entity_id in contested:
        if cluster_id not in clusters and entity_id not in entities:
            kept.append((cluster_id, entity_id))
            clusters.add(cluster_id)
            entities.add(entity_id)
    columns = ([row[place] for row in kept] for place in (0, 1))
    return pa.table([pa.array(column, pa.string()) for column in columns], names=["cluster_id", "entity_id"])


def _next_run(connection: duckdb.DuckDBPyConnection) -> int:
    query = """
        select 1 + greatest(
            (select coalesce(max(minted_in), 0) from old_entities), (select coalesce(max(run), 0) from old_events)
        )
    """
    return int(connection.sql(query).fetchall()[0][0])


def _load_ledger(connection: duckdb.DuckDBPyConnection, previous: Identity | None) -> None:
    """Copy the previous ledger into tables, so that its files may be written over."""
    tables = {"old_spine": SPINE, "old_entities": ENTITIES, "old_events": ENTITY_EVENTS}
    paths = (previous.spine, previous.entities, previous.events) if previous else (None, None, None)
    for (name, table), path in zip(tables.items(), paths, strict=True):
        columns = ", ".join(f"null::{column.type} as {column.name}" for column in table.columns)
        rows = read_table(table, path) if path else f"(select {columns} limit 0)"
        connection.execute(f"create or replace temp table {name} as select * from {rows}")
