"""Where pairs go wrong: true pairs by the stage that lost them, false pairs by whether one home explains them."""

from __future__ import annotations

from pathlib import Path

import duckdb

from linkage.places import Places
from warehouse.session import scan


def losses(connection: duckdb.DuckDBPyConnection, places: Places, link: float, truth: Path) -> dict[str, int]:
    """True pairs: `true_pairs`, and those `not_proposed`, `under_threshold` (of `link` bits) and `cut` by clustering.

    A pair joined in spite of any of these is not lost. `truth` holds record_id, person and home.
    """
    query = f"""
        with placed as (
            select t.person, n.node, c.cluster_id, n.record_id
            from {scan(truth)} as t
            join {scan(places.nodes)} as n using (record_id)
            join {scan(places.clusters)} as c using (record_id)
        ),
        true_pairs as (
            select least(l.node, r.node) as node_l, greatest(l.node, r.node) as node_r,
                l.cluster_id = r.cluster_id as is_joined
            from placed as l join placed as r using (person)
            where l.record_id < r.record_id
        ),
        followed as (
            select t.is_joined, p.node_l is not null as is_proposed, coalesce(e.weight >= {link}, false) as is_linked
            from true_pairs as t
            left join {scan(places.pairs)} as p on t.node_l = p.node_l and t.node_r = p.node_r
            left join {scan(places.edges)} as e on t.node_l = e.node_l and t.node_r = e.node_r
        )
        select
            count(*) as true_pairs,
            count(*) filter (not is_joined and not is_proposed) as not_proposed,
            count(*) filter (not is_joined and is_proposed and not is_linked) as under_threshold,
            count(*) filter (not is_joined and is_linked) as cut
        from followed
    """
    return _counts(connection, query)


def false_joins(connection: duckdb.DuckDBPyConnection, places: Places, truth: Path) -> dict[str, int]:
    """Pairs of different persons in one cluster: `false_pairs`, and those `of_one_home`."""
    query = f"""
        with placed as (
            select record_id, t.person, t.home, c.cluster_id
            from {scan(truth)} as t join {scan(places.clusters)} as c using (record_id)
        ),
        mixed as (select cluster_id from placed group by cluster_id having count(distinct person) > 1)
        select
            count(*) as false_pairs,
            count(*) filter (l.home = r.home) as of_one_home
        from mixed
        join placed as l using (cluster_id)
        join placed as r using (cluster_id)
        where l.record_id < r.record_id and l.person <> r.person
    """
    return _counts(connection, query)


def _counts(connection: duckdb.DuckDBPyConnection, query: str) -> dict[str, int]:
    relation = connection.sql(query)
    return dict(zip(relation.columns, relation.fetchall()[0], strict=True))
