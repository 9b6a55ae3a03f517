"""Clustering: from links to persons.

Links make components; a component that holds negative evidence or breaks a constraint is repaired: all its pairs
are scored and its nodes joined anew by average linkage. A source without duplicates has one record a person, an
identifier scheme may allow one number a person, and a judgement stands above every score.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from linkage.agglomeration import average_linkage
from linkage.comparison import vector_query
from linkage.components import Nodes, bounded_components
from linkage.constraints import held_query
from linkage.features import schemes
from linkage.model import Model
from linkage.parameters import Parameters
from linkage.scoring import weight_query
from warehouse.session import scan
from warehouse.storage import row_count, write_table
from warehouse.tables import CLUSTERS


@dataclass(frozen=True)
class ClusterReport:
    """What clustering did. `repaired` components were joined anew; `parted` of them came apart."""

    clusters: int
    largest_component: int
    repaired: int
    parted: int


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
    nodes = row_count(features_path)
    _take_judgements(connection, nodes_path, judgements)
    left, right, weights = _links(connection, edges_path, model)
    labels = bounded_components(nodes, left, right, weights, model.clustering.max_component)
    largest = int(np.bincount(labels, minlength=1).max(initial=0))
    connection.register("components", pa.table({"node": np.arange(nodes), "component": labels}))
    _bar(connection, features_path, nodes_path, model, duplicate_free)
    repaired, parted = _repair(connection, features_path, edges_path, model, parameters, labels)
    connection.unregister("components")
    connection.register("node_clusters", pa.table({"node": np.arange(nodes), "cluster": labels}))
    write_table(connection, CLUSTERS, _cluster_query(nodes_path), clusters_path)
    connection.unregister("node_clusters")
    return ClusterReport(len(np.unique(labels)), largest, repaired, parted)


def _take_judgements(connection: duckdb.DuckDBPyConnection, nodes_path: Path, judgements: str | None) -> None:
    """Put the judgements on pairs of nodes in the table `judged_pairs`."""
    given = judgements or "(select '' as record_id_l, '' as record_id_r, '' as judgement limit 0)"
    connection.execute(f"""
        create or replace temp table judged_pairs as
        select distinct least(l.node, r.node) as node_l, greatest(l.node, r.node) as node_r, judgement
        from {given}
        join {scan(nodes_path)} as l on record_id_l = l.record_id
        join {scan(nodes_path)} as r on record_id_r = r.record_id
        where judgement in ('match', 'non_match') and l.node <> r.node
    """)


def _links(connection: duckdb.DuckDBPyConnection, edges_path: Path, model: Model) -> tuple[Nodes, Nodes, np.ndarray]:
    """The links and bonds: left node, right node, weight."""
    found = connection.sql(f"""
        select node_l::bigint as node_l, node_r::bigint as node_r, weight::double as weight from {scan(edges_path)}
        where weight >= {model.thresholds.link} and node_l < node_r
        union all
        select node_l, node_r, 'infinity'::double from judged_pairs where judgement = 'match'
    """).fetchnumpy()
    return tuple(np.asarray(found[name]) for name in ("node_l", "node_r", "weight"))  # type: ignore[return-value]


def _bar(
    connection: duckdb.DuckDBPyConnection,
    features_path: Path,
    nodes_path: Path,
    model: Model,
    duplicate_free: Sequence[str],
) -> None:
    """Put the pairs within a component that a constraint or a judgement keeps apart in the table `barred_pairs`."""
    held = held_query(features_path, nodes_path, model, duplicate_free)
    connection.execute(f"""
        create or replace temp table barred_pairs as
        with held as ({held}),
        placed as (select component, node, holds_one_of, value from held join components using (node))
        select distinct l.node as node_l, r.node as node_r
        from placed as l
        join placed as r using (component, holds_one_of)
        where l.node < r.node and l.value <> r.value
        union
        select node_l, node_r from judged_pairs where judgement = 'non_match'
    """)


def _repair(
    connection: duckdb.DuckDBPyConnection,
    features_path: Path,
    edges_path: Path,
    model: Model,
    parameters: Parameters,
    labels: Nodes,
) -> tuple[int, int]:
    """Join the nodes of doubtful components anew, in place; return how many were repaired and how many parted."""
    pairs = _doubtful_pairs(connection, features_path, edges_path, model, parameters)
    bounds = np.flatnonzero(np.diff(pairs["component"])) + 1
    starts = np.concatenate([[0], bounds]) if len(pairs["component"]) else np.array([], dtype=np.int64)
    repaired = parted = 0
    for start, end in zip(starts, [*bounds, len(pairs["component"])], strict=False):
        group = {name: values[start:end] for name, values in pairs.items()}
        weights = np.nan_to_num(group["weight"], nan=np.inf)
        if weights.min() > model.thresholds.link and not group["is_barred"].any():
            continue
        members, fresh = _rejoin(group, model)
        labels[members] = members[fresh]
        repaired += 1
        parted += len(np.unique(fresh)) > 1
    return repaired, parted


def _rejoin(group: dict[str, np.ndarray], model: Model) -> tuple[Nodes, Nodes]:
    """The nodes of one component, and for each the place of the first node it stays with."""
    members, places = np.unique(np.concatenate([group["node_l"], group["node_r"]]), return_inverse=True)
    left, right = places[: len(group["node_l"])], places[len(group["node_l"]) :]
    weights = np.full((len(members), len(members)), np.nan)
    barred = np.zeros_like(weights, dtype=bool)
    bonded = np.zeros_like(weights, dtype=bool)
    bound = model.clustering.bound
    for one, other in ((left, right), (right, left)):
        weights[one, other] = np.clip(group["weight"] - model.thresholds.link, -bound, bound)
        barred[one, other] = group["is_barred"]
        bonded[one, other] = group["is_bonded"]
    sizes = np.ones(len(members))
    sizes[left] = group["weight_l"]
    sizes[right] = group["weight_r"]
    return members, average_linkage(weights, sizes, barred, bonded)


def _doubtful_pairs(
    connection: duckdb.DuckDBPyConnection, features_path: Path, edges_path: Path, model: Model, parameters: Parameters
) -> dict[str, np.ndarray]:
    """All pairs of the components that are not joined link by link, or hold a barred pair; scored, in order."""
    connection.execute(f"""
        create or replace temp table doubtful_pairs as
        with sizes as (select component, count(*) as size from components group by component having count(*) > 1),
        joined as (
            select l.component, count(*) as links
            from {scan(edges_path)}
            join components as l on node_l = l.node
            join components as r on node_r = r.node and l.component = r.component
            where weight >= {model.thresholds.link} and node_l < node_r
            group by l.component
        ),
        barred as (select distinct component from barred_pairs join components on node_l = node),
        doubtful as (
            select component from sizes left join joined using (component)
            where coalesce(links, 0) < size * (size - 1) // 2 or component in (select component from barred)
        )
        select l.node::uinteger as node_l, r.node::uinteger as node_r, 0::uinteger as passes, component
        from doubtful
        join components as l using (component)
        join components as r using (component)
        where l.node < r.node
    """)
    features = scan(features_path)
    connection.execute(f"""
        create or replace temp table doubtful_vectors as
        {vector_query("doubtful_pairs", features, model, schemes(features_path))}
    """)
    scored = weight_query(connection, "doubtful_vectors", parameters)
    return connection.sql(f"""
        select p.component, p.node_l::bigint as node_l, p.node_r::bigint as node_r,
            case when s.vector <> 0 then s.weight::double else 'nan'::double end as weight,
            b.node_l is not null as is_barred,
            j.node_l is not null as is_bonded,
            l.weight::double as weight_l,
            r.weight::double as weight_r
        from doubtful_pairs as p
        join ({scored}) as s on p.node_l = s.node_l and p.node_r = s.node_r
        join {features} as l on p.node_l = l.node
        join {features} as r on p.node_r = r.node
        left join barred_pairs as b on p.node_l = b.node_l and p.node_r = b.node_r
        left join judged_pairs as j on p.node_l = j.node_l and p.node_r = j.node_r and j.judgement = 'match'
        order by p.component, p.node_l, p.node_r
    """).fetchnumpy()


def _cluster_query(nodes_path: Path) -> str:
    return f"""
        select record_id, min(record_id) over (partition by cluster) as cluster_id
        from {scan(nodes_path)} join node_clusters using (node)
    """
