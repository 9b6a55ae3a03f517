"""Assessment of the last linkage against a truth: as a whole, by part, by blocking pass and at every threshold."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from linkage.clusters.clustering import cluster
from linkage.evaluation.measures import Quality, b_cubed, pairwise
from linkage.evaluation.subgroups import DIMENSIONS, group_records
from linkage.incremental.stages import complete_pairs
from linkage.model.declaration import Thresholds
from linkage.model.parameters import Parameters
from linkage.task import Task
from warehouse.session import scan

THRESHOLDS = (-6.0, -4.0, -2.0, 0.0, 2.0, 4.0, 6.0, 8.0, 10.0, 15.0, 20.0)
"""Match weights in bits; at each the clusters are formed anew."""

Row = dict[str, Any]
SOURCES = "least(l.source, r.source) || ' – ' || greatest(l.source, r.source)"


@dataclass(frozen=True)
class Assessment:
    """What a truth says of a linkage: rows of a whole and its parts, of passes, and of thresholds.

    `records` of the linkage are in the truth, `unjudged` are not and count nowhere.
    """

    records: int
    unjudged: int
    parts: tuple[Row, ...]
    passes: tuple[Row, ...]
    thresholds: tuple[Row, ...]


def assess(
    connection: duckdb.DuckDBPyConnection,
    task: Task,
    truth: str,
    thresholds: Sequence[float] = THRESHOLDS,
    progress: Callable[[str], None] = lambda step: None,
) -> Assessment:
    """Hold the last linkage of `task` against `truth`, a relation of record_id and person.

    `progress` is told each step as it begins. Records that the truth does not know are left out.
    """
    progress("records")
    _judge(connection, task, truth)
    ((records, unjudged),) = connection.sql(
        f"select count(*), (select count(*) from {scan(task.places.nodes)}) - count(*) from judged_records"
    ).fetchall()
    progress("blocking")
    complete_pairs(connection, task)
    passes = task.reduced_model(connection).blocking.passes
    _pair_truly(connection, task, (1 << len(passes)) - 1)
    rows = [*_parts(connection, "all", "'all'"), *_source_pairs(connection)]
    for dimension in DIMENSIONS:
        progress(dimension)
        rows += _parts(connection, dimension, dimension)
    found = tuple(_pass(connection, number, each.name) for number, each in enumerate(passes))
    at = []
    for threshold in thresholds:
        progress(f"threshold {threshold:+g}")
        at.append(_at_threshold(connection, task, truth, threshold))
    for name in ("judged_records", "true_pairs"):
        connection.execute(f"drop table {name}")
    return Assessment(records, unjudged, tuple(rows), found, tuple(at))


def _judge(connection: duckdb.DuckDBPyConnection, task: Task, truth: str) -> None:
    """Each judged record with its parts, its cluster and person, and the sizes of both and of what they share."""
    group_records(connection, task.records, task.identifiers)
    connection.execute(f"""
        create or replace temp table judged_records as
        select n.record_id, n.source, n.node, c.cluster_id, t.person, {", ".join(DIMENSIONS)},
            count(*) over (partition by c.cluster_id) as claimed,
            count(*) over (partition by t.person) as actual,
            count(*) over (partition by c.cluster_id, t.person) as found
        from {scan(task.places.nodes)} as n
        join {scan(task.places.clusters)} as c using (record_id)
        join {truth} as t using (record_id)
        join record_groups using (record_id)
    """)
    connection.execute("drop table record_groups")


def _pair_truly(connection: duckdb.DuckDBPyConnection, task: Task, every_pass: int) -> None:
    """The true pairs of records and the passes that proposed them; equal records are as if proposed by every pass."""
    connection.execute(f"""
        create or replace temp table true_pairs as
        with alike as (
            select l.record_id as record_id_l, r.record_id as record_id_r, {SOURCES} as sources,
                least(l.node, r.node) as node_l, greatest(l.node, r.node) as node_r
            from judged_records as l join judged_records as r using (person)
            where l.record_id < r.record_id
        )
        select record_id_l, record_id_r, sources,
            case when node_l = node_r then {every_pass} else coalesce(passes, 0) end as passes
        from alike left join {scan(task.places.pairs)} as p using (node_l, node_r)
    """)


def _parts(connection: duckdb.DuckDBPyConnection, dimension: str, part: str) -> list[Row]:
    found = connection.sql(f"""
        with proposed as (
            select {part} as part, avg((passes > 0)::int) as share
            from (select unnest([record_id_l, record_id_r]) as record_id, passes from true_pairs)
            join judged_records using (record_id)
            group by {part}
        )
        select part, sum(actual - 1) / 2, sum(found - 1), sum(claimed - 1), sum(actual - 1),
            avg(found / claimed), avg(found / actual), any_value(share)
        from (select {part} as part, claimed, actual, found from judged_records) left join proposed using (part)
        group by part
        order by part
    """).fetchall()
    return [
        _row(dimension, part, pairs, _quality(*counts), Quality(precision, recall), proposed)
        for part, pairs, *counts, precision, recall, proposed in found
    ]


def _source_pairs(connection: duckdb.DuckDBPyConnection) -> list[Row]:
    def pairs(key: str) -> str:
        return f"""
            with cells as (select {key}, source, count(*) as records from judged_records group by all)
            select {SOURCES} as sources, sum(l.records * (r.records - (l.source = r.source)::int)) / 2 as pairs
            from cells as l join cells as r using ({key}) group by all having pairs > 0
        """

    found = connection.sql(f"""
        with claimed as ({pairs("cluster_id")}),
        actual as ({pairs("person")}),
        found as ({pairs("cluster_id, person")}),
        proposed as (select sources, avg((passes > 0)::int) as share from true_pairs group by sources)
        select sources, coalesce(a.pairs, 0), coalesce(f.pairs, 0), coalesce(c.pairs, 0), coalesce(a.pairs, 0), share
        from actual as a
        full join claimed as c using (sources)
        left join found as f using (sources)
        left join proposed using (sources)
        order by sources
    """).fetchall()
    return [
        _row("source pair", sources, pairs, _quality(*counts), None, proposed)
        for sources, pairs, *counts, proposed in found
    ]


def _pass(connection: duckdb.DuckDBPyConnection, number: int, name: str) -> Row:
    counted = f"select count(*), avg((passes & {1 << number} > 0)::int) from true_pairs"
    ((pairs, share),) = connection.sql(counted).fetchall()
    return _row("pass", name, pairs, None, None, share)


def _at_threshold(connection: duckdb.DuckDBPyConnection, task: Task, truth: str, threshold: float) -> Row:
    """The quality of the clusters that the model forms where links begin at `threshold`."""
    model = task.reduced_model(connection)
    thresholds = Thresholds(link=threshold, review=min(threshold, model.thresholds.review))
    places, parameters = task.places, Parameters.read(task.places.parameters)
    with tempfile.TemporaryDirectory(dir=places.nodes.parent, prefix="assessed-") as folder:
        clusters = Path(folder) / "clusters.parquet"
        cluster(
            connection,
            places.features,
            places.nodes,
            places.edges,
            model.model_copy(update={"thresholds": thresholds}),
            parameters,
            task.duplicate_free,
            task.judgements,
            clusters,
        )
        quality = pairwise(connection, scan(clusters), truth)
        ((pairs,),) = connection.sql("select count(*) from true_pairs").fetchall()
        return _row("threshold", f"{threshold:+g}", pairs, quality, b_cubed(connection, scan(clusters), truth), None)


def _quality(found: float, claimed: float, actual: float) -> Quality:
    return Quality(float(found / claimed) if claimed else 1.0, float(found / actual) if actual else 1.0)


def _row(
    dimension: str,
    part: str,
    pairs: float,
    pairs_quality: Quality | None,
    cubed: Quality | None,
    proposed: float | None,
) -> Row:
    row: Row = {"dimension": dimension, "part": part, "pairs": round(pairs or 0)}
    for prefix, quality in (("", pairs_quality), ("b3_", cubed)):
        row[f"{prefix}precision"] = quality.precision if quality else None
        row[f"{prefix}recall"] = quality.recall if quality else None
        row[f"{prefix}f1"] = quality.f1 if quality else None
    return row | {"blocking_recall": proposed}
