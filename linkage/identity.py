"""Persistent identity: a person keeps one id over every rebuild, and each change of ids is an event.

A cluster takes the id of the living person with which it shares most records, one to one. A cluster without one takes
the id that most of its records bore when that id was last used: persons who were joined and part again have their own
ids back. The rest are given new ids, made of the cluster's least record id, so the same history gives the same ids.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from linkage.script import run_script
from warehouse.session import scan
from warehouse.storage import read_table, write_table
from warehouse.tables import ENTITIES, ENTITY_EVENTS, PAST_MEMBERSHIPS, SPINE

HERE = Path(__file__).parent

Claim = tuple[str, str]


@dataclass(frozen=True)
class Identity:
    """The tables that make the ledger: who is whom and was, every id ever given, and what happened to ids."""

    spine: Path
    entities: Path
    events: Path
    memberships: Path

    def exists(self) -> bool:
        """Whether a run has written the ledger."""
        return all(path.exists() for path in (self.spine, self.entities, self.events, self.memberships))


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
    connection.execute(f"""
        create or replace temp table clustered as
        select c.record_id, c.cluster_id, n.source, n.record_key, f.identifiers is not null as is_identified
        from {scan(clusters_path)} as c
        join {scan(nodes_path)} as n using (record_id)
        join {scan(features_path)} as f using (node)
    """)
    return name_clusters(connection, previous, current, None)


def name_clusters(
    connection: duckdb.DuckDBPyConnection, previous: Identity | None, current: Identity, kept: str | None
) -> dict[str, int]:
    """Give the clusters of the table `clustered` their ids and write the ledger; return the events by kind.

    `kept` is a query of the rows of the old spine (the table `old_spine_whole`) that stay as they are; by default none.
    """
    _load_ledger(connection, previous)
    connection.execute(f"create or replace temp table kept_spine as {kept or 'select * from old_spine_whole limit 0'}")
    connection.execute("""
        create or replace temp table old_spine as select * from old_spine_whole anti join kept_spine using (record_id)
    """)
    run_script(connection, HERE / "identity.sql")
    connection.register("inherited", _inherit(connection))
    run_script(connection, HERE / "ledger.sql", run=_next_run(connection))
    connection.unregister("inherited")
    _write_ledger(connection, current)
    counts = connection.sql("select kind, count(*) from new_events group by kind order by kind").fetchall()
    return {str(kind): int(count) for kind, count in counts}


def _write_ledger(connection: duckdb.DuckDBPyConnection, current: Identity) -> None:
    """Write all four tables beside their places, and only then put them there: an id is never half known."""
    added = "select * from old_{0} union all by name select * from new_{0}"
    written = []
    for table, query, path in (
        (ENTITIES, "select * from new_entities", current.entities),
        (ENTITY_EVENTS, added.format("events"), current.events),
        (PAST_MEMBERSHIPS, added.format("memberships"), current.memberships),
        (SPINE, "select * from kept_spine union all by name select * from new_spine", current.spine),
    ):
        written.append((path.with_suffix(".next"), path))
        write_table(connection, table, query, path.with_suffix(".next"))
    for beside, path in written:
        beside.replace(path)


def _inherit(connection: duckdb.DuckDBPyConnection) -> pa.Table:
    """Which cluster keeps which id: the greatest overlaps first, ties to the older id, each side once."""
    kept = connection.sql("select cluster_id, entity_id from common_records where not is_contested").fetchall()
    contested = _ranked(connection, "common_records where is_contested")
    remembered = _ranked(connection, "remembered_records")
    clusters = {cluster_id for cluster_id, _ in kept}
    entities = {entity_id for _, entity_id in kept}
    for cluster_id, entity_id in [*contested, *remembered]:
        if cluster_id not in clusters and entity_id not in entities:
            kept.append((cluster_id, entity_id))
            clusters.add(cluster_id)
            entities.add(entity_id)
    columns = ([row[place] for row in kept] for place in (0, 1))
    return pa.table([pa.array(column, pa.string()) for column in columns], names=["cluster_id", "entity_id"])


def _ranked(connection: duckdb.DuckDBPyConnection, claims: str) -> list[Claim]:
    """Claims, the strongest first. Of clusters that claim one id alike, that with its oldest bearer is the stronger."""
    return connection.sql(f"""
        select cluster_id, entity_id from {claims}
        order by identified desc, shared desc, minted_in, joined_in, entity_id, cluster_id
    """).fetchall()


def _next_run(connection: duckdb.DuckDBPyConnection) -> int:
    query = """
        select 1 + greatest(
            (select coalesce(max(minted_in), 0) from old_entities),
            (select coalesce(max(run), 0) from old_events),
            (select coalesce(max(left_in), 0) from old_memberships)
        )
    """
    return int(connection.sql(query).fetchall()[0][0])


def _load_ledger(connection: duckdb.DuckDBPyConnection, previous: Identity | None) -> None:
    """Copy the previous ledger into tables, so that its files may be written over."""
    tables = {
        "old_spine_whole": (SPINE, previous and previous.spine),
        "old_entities": (ENTITIES, previous and previous.entities),
        "old_events": (ENTITY_EVENTS, previous and previous.events),
        "old_memberships": (PAST_MEMBERSHIPS, previous and previous.memberships),
    }
    for name, (table, path) in tables.items():
        columns = ", ".join(f"null::{column.type} as {column.name}" for column in table.columns)
        rows = read_table(table, path) if path else f"(select {columns} limit 0)"
        connection.execute(f"create or replace temp table {name} as select * from {rows}")
