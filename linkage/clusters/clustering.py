"""Clustering: from links to persons.

Links make components; a component that holds negative evidence or breaks a constraint is repaired: all its pairs
are scored and its nodes joined anew by average linkage. Then the judgements that two records match join the clusters
which the scores left apart, each whole, so that without a judgement the clusters are those of the scores.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from linkage.clusters.components import Nodes, bounded_components, components
from linkage.clusters.constraints import bar_pairs
from linkage.clusters.repair import Evidence, repair
from linkage.model.declaration import Model
from linkage.model.parameters import Parameters
from warehouse.session import scan
from warehouse.storage import row_count, write_table
from warehouse.tables import CLUSTERS


@dataclass(frozen=True)
class ClusterReport:
    """What clustering did: `repaired` components were joined anew, and `parted` of them came apart.

    `bonded` clusters were joined by judgement to another; in `contested` groups of those, something kept parts apart.
    """

    clusters: int
    largest_component: int
    repaired: int
    parted: int
    bonded: int
    contested: int


def cluster(
    connection: duckdb.DuckDBPyConnection,
    features_path: Path,
    nodes_path: Path,
    edges_path: Path,
    model: Model,
    parameters: Parameters,
    duplicate_free: Sequence[str],
    judgements: str | None,
    clusters_path: Path,
) -> ClusterReport:
    """Write which record belongs to which cluster.

    `judgements` is a relation of record_id_l, record_id_r and judgement (match, non_match or unsure), the last
    word on each pair; those on records that are gone have no effect.
    """
    evidence = Evidence(features_path, nodes_path, edges_path, model, parameters, duplicate_free)
    _take_judgements(connection, nodes_path, judgements)
    labels = bounded_components(
        row_count(features_path), *_links(connection, edges_path, model), model.clustering.max_component
    )
    largest = int(np.bincount(labels, minlength=1).max(initial=0))
    repaired, parted = _repair_components(connection, evidence, labels)
    bonded, contested = _join_bonded(connection, evidence, labels)
    connection.register("node_clusters", pa.table({"node": np.arange(len(labels)), "cluster": labels}))
    write_table(connection, CLUSTERS, _cluster_query(nodes_path), clusters_path)
    connection.unregister("node_clusters")
    return ClusterReport(len(np.unique(labels)), largest, repaired, parted, bonded, contested)


def _take_judgements(connection: duckdb.DuckDBPyConnection, nodes_path: Path, judgements: str | None) -> None:
    """Put the judgements on pairs of nodes in the table `judged_pairs`; equal records are one node and need none.

    Where equal records were judged otherwise of one record, the word that they are two people stands.
    """
    given = judgements or "(select '' as record_id_l, '' as record_id_r, '' as judgement limit 0)"
    connection.execute(f"""
        create or replace temp table judged_pairs as
        select least(l.node, r.node) as node_l, greatest(l.node, r.node) as node_r, max(judgement) as judgement
        from {given}
        join {scan(nodes_path)} as l on record_id_l = l.record_id
        join {scan(nodes_path)} as r on record_id_r = r.record_id
        where judgement in ('match', 'non_match') and l.node <> r.node
        group by all
    """)


def _links(connection: duckdb.DuckDBPyConnection, edges_path: Path, model: Model) -> tuple[Nodes, Nodes, np.ndarray]:
    """The links: left node, right node, weight."""
    found = connection.sql(f"""
        select node_l::bigint as node_l, node_r::bigint as node_r, weight::double as weight from {scan(edges_path)}
        where weight >= {model.thresholds.link} and node_l < node_r
    """).fetchnumpy()
    return tuple(np.asarray(found[name]) for name in ("node_l", "node_r", "weight"))  # type: ignore[return-value]


def _repair_components(connection: duckdb.DuckDBPyConnection, evidence: Evidence, labels: Nodes) -> tuple[int, int]:
    """Repair, in place, the components of `labels` that are not joined link by link or hold a barred pair."""
    connection.register("components", pa.table({"node": np.arange(len(labels)), "component": labels}))
    bar_pairs(connection, evidence.features, evidence.nodes, evidence.model, evidence.duplicate_free)
    doubtful = f"""
        with sizes as (select component, count(*) as size from components group by component having count(*) > 1),
        joined as (
            select l.component, count(*) as links
            from {scan(evidence.edges)}
            join components as l on node_l = l.node
            join components as r on node_r = r.node and l.component = r.component
            where weight >= {evidence.model.thresholds.link} and node_l < node_r
            group by l.component
        ),
        barred as (select distinct component from barred_pairs join components on node_l = node)
        select component from sizes left join joined using (component)
        where coalesce(links, 0) < size * (size - 1) // 2 or component in (select component from barred)
    """
    found = repair(connection, evidence, doubtful, "(select 0 as node_l, 0 as node_r limit 0)", labels)
    connection.unregister("components")
    return found


def _join_bonded(connection: duckdb.DuckDBPyConnection, evidence: Evidence, labels: Nodes) -> tuple[int, int]:
    """Join, in place, the clusters that a judgement says are one person; return how many, and the contested groups.

    Where a constraint or another judgement parts two of the clusters, the judged nodes are joined and the other
    nodes go where average linkage with that bond takes them.
    """
    found = connection.sql("select node_l, node_r from judged_pairs where judgement = 'match'").fetchnumpy()
    left, right = (np.asarray(found[name], dtype=np.int64) for name in ("node_l", "node_r"))
    groups = components(len(labels), labels[left], labels[right])[labels]
    concerned = np.isin(groups, groups[left])
    bonded = len(np.unique(labels[concerned])) - len(np.unique(groups[concerned]))
    if not bonded:
        return 0, 0
    labels[concerned] = groups[concerned]
    connection.register("components", pa.table({"node": np.flatnonzero(concerned), "component": groups[concerned]}))
    bar_pairs(connection, evidence.features, evidence.nodes, evidence.model, evidence.duplicate_free)
    contested = """
        select distinct l.component
        from barred_pairs
        join components as l on node_l = l.node
        join components as r on node_r = r.node and l.component = r.component
    """
    bonds = "(select node_l, node_r from judged_pairs where judgement = 'match')"
    repaired, _ = repair(connection, evidence, contested, bonds, labels)
    connection.unregister("components")
    return bonded, repaired


def _cluster_query(nodes_path: Path) -> str:
    return f"""
        select record_id, min(record_id) over (partition by cluster) as cluster_id
        from {scan(nodes_path)} join node_clusters using (node)
    """
