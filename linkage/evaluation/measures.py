"""Evaluation against the truth: pairs, B³ and blocking recall."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb


@dataclass(frozen=True)
class Quality:
    """Precision and recall, each 0 to 1; a ratio of nothing to nothing is 1."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def pairwise(connection: duckdb.DuckDBPyConnection, clusters: str, truth: str) -> Quality:
    """Quality over the pairs of records that the clusters imply.

    `clusters` is a relation of record_id and cluster_id, `truth` one of record_id and person; records that only
    one of them knows are left out.
    """
    query = f"""
        with judged as (select cluster_id, person from {clusters} join {truth} using (record_id)),
        cells as (select cluster_id, person, count(*) as n from judged group by all),
        claimed as (select sum(n * (n - 1) / 2) as pairs from (select sum(n) as n from cells group by cluster_id)),
        actual as (select sum(n * (n - 1) / 2) as pairs from (select sum(n) as n from cells group by person)),
        found as (select sum(n * (n - 1) / 2) as pairs from cells)
        select coalesce(f.pairs, 0), coalesce(c.pairs, 0), coalesce(a.pairs, 0)
        from found as f, claimed as c, actual as a
    """
    found, claimed, actual = connection.sql(query).fetchall()[0]
    return Quality(float(found / claimed) if claimed else 1.0, float(found / actual) if actual else 1.0)


def b_cubed(connection: duckdb.DuckDBPyConnection, clusters: str, truth: str) -> Quality:
    """B³: of each record's cluster the share that is its person, of each person the share in its cluster; averaged.

    After Bagga and Baldwin (1998). Arguments as for `pairwise`.
    """
    query = f"""
        with judged as (select cluster_id, person from {clusters} join {truth} using (record_id)),
        cells as (select cluster_id, person, count(*) as n from judged group by all),
        sized as (
            select n, sum(n) over (partition by cluster_id) as claimed, sum(n) over (partition by person) as actual
            from cells
        )
        select coalesce(sum(n * n / claimed) / sum(n), 1), coalesce(sum(n * n / actual) / sum(n), 1) from sized
    """
    precision, recall = connection.sql(query).fetchall()[0]
    return Quality(float(precision), float(recall))


def at_thresholds(
    connection: duckdb.DuckDBPyConnection, edges: str, nodes: str, truth: str, thresholds: Sequence[float]
) -> dict[float, Quality]:
    """Quality of the scored pairs alone, without clusters, at each match weight of `thresholds`.

    `edges` is a relation of node_l, node_r and weight, `nodes` one of `RECORD_NODES`; recall counts every true
    pair, proposed or not.
    """
    counted = ", ".join(
        f"coalesce(sum(claimed) filter (weight >= {t}), 0), coalesce(sum(found) filter (weight >= {t}), 0)"
        for t in thresholds
    )
    query = f"""
        with placed as (select node, person from {nodes} join {truth} using (record_id)),
        sizes as (select node, count(*) as n from placed group by node),
        persons as (select node, person, count(*) as n from placed group by node, person),
        actual as (select sum(n * (n - 1) / 2) as pairs from (select sum(n) as n from persons group by person)),
        same as (
            select l.node as node_l, r.node as node_r,
                sum(case when l.node = r.node then l.n * (l.n - 1) / 2 else l.n * r.n end) as found
            from persons as l join persons as r using (person) where l.node <= r.node
            group by l.node, r.node
        ),
        scored as (
            select weight, coalesce(found, 0) as found,
                case when node_l = node_r then l.n * (l.n - 1) / 2 else l.n * r.n end as claimed
            from {edges}
            join sizes as l on node_l = l.node
            join sizes as r on node_r = r.node
            left join same using (node_l, node_r)
        )
        select (select pairs from actual), {counted} from scored
    """
    actual, *counts = connection.sql(query).fetchall()[0]
    return {
        threshold: Quality(float(found / claimed) if claimed else 1.0, float(found / actual) if actual else 1.0)
        for threshold, claimed, found in zip(thresholds, counts[::2], counts[1::2], strict=True)
    }


def blocking_recall(
    connection: duckdb.DuckDBPyConnection, pairs: str, nodes: str, truth: str, passes: Sequence[str]
) -> dict[str, float]:
    """The share of true pairs that each pass proposes, and under the name `all` that any does.

    `pairs` is a relation of node_l, node_r and passes, `nodes` one of `RECORD_NODES`. Records of one node count as
    proposed by every pass.
    """
    columns = ", ".join(f"avg((passes & {1 << number} > 0)::int)" for number in range(len(passes)))
    query = f"""
        with persons as (select person, node, count(*) as n from {truth} join {nodes} using (record_id) group by all),
        within as (select -1 as node_l, node as node_r, unnest(range(n * (n - 1) // 2)) as copy from persons),
        between as (
            select least(l.node, r.node) as node_l, greatest(l.node, r.node) as node_r, unnest(range(l.n * r.n)) as copy
            from persons as l join persons as r using (person) where l.node < r.node
        ),
        true_pairs as (
            select coalesce(passes, 0) as passes from between left join {pairs} using (node_l, node_r)
            union all
            select {(1 << len(passes)) - 1} from within
        )
        select avg((passes > 0)::int), {columns} from true_pairs
    """
    shares = connection.sql(query).fetchall()[0]
    return {name: float(1 if share is None else share) for name, share in zip(["all", *passes], shares, strict=True)}
