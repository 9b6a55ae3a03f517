"""Links and the review queue: the scored pairs as pairs of records again."""

from __future__ import annotations

from pathlib import Path

import duckdb

from linkage.model.declaration import Thresholds
from warehouse.session import scan
from warehouse.storage import write_table
from warehouse.tables import LINKS, REVIEW_QUEUE


def publish_links(
    connection: duckdb.DuckDBPyConnection, edges_path: Path, nodes_path: Path, thresholds: Thresholds, links_path: Path
) -> int:
    """Write the edges as pairs of records; return their number.

    A node stands as its least record id, and its other records are linked to that one.
    """
    query = f"""
        with led as (
            select node, record_id, min(record_id) over (partition by node) as leader from {scan(nodes_path)}
        ),
        leaders as (select node, record_id from led where record_id = leader),
        paired as (
            select l.record_id as one, r.record_id as other, e.*
            from {scan(edges_path)} as e
            join leaders as l on e.node_l = l.node
            join leaders as r on e.node_r = r.node
            where e.node_l < e.node_r
            union all
            select led.leader, led.record_id, e.*
            from {scan(edges_path)} as e
            join led on e.node_l = led.node
            where e.node_l = e.node_r and led.record_id <> led.leader
        )
        select
            least(one, other) as record_id_l,
            greatest(one, other) as record_id_r,
            weight as match_weight,
            1 / (1 + pow(2, -weight::double)) as match_probability,
            passes,
            vector as pattern,
            weight >= {thresholds.link} as is_link
        from paired
    """
    return write_table(connection, LINKS, query, links_path)


def queue_review(
    connection: duckdb.DuckDBPyConnection,
    links_path: Path,
    clusters_path: Path,
    thresholds: Thresholds,
    queue_path: Path,
) -> int:
    """Write the pairs worth a look; return their number.

    Those are pairs between the thresholds whose ends lie apart, links that repair undid, and doubtful pairs
    that hold within a cluster. A decision is worth the records of the smaller side.
    """
    query = f"""
        with sizes as (select cluster_id, count(*) as size from {scan(clusters_path)} group by cluster_id),
        placed as (
            select p.*, l.cluster_id = r.cluster_id as is_joined, least(ls.size, rs.size) as records_at_stake
            from {scan(links_path)} as p
            join {scan(clusters_path)} as l on p.record_id_l = l.record_id
            join {scan(clusters_path)} as r on p.record_id_r = r.record_id
            join sizes as ls on l.cluster_id = ls.cluster_id
            join sizes as rs on r.cluster_id = rs.cluster_id
        )
        select
            record_id_l,
            record_id_r,
            match_weight,
            case when is_link and not is_joined then 'cut' when is_joined then 'joined' else 'doubtful' end as reason,
            records_at_stake
        from placed
        where is_link <> is_joined or match_weight < {-thresholds.review / 2}
    """
    return write_table(connection, REVIEW_QUEUE, query, queue_path)
