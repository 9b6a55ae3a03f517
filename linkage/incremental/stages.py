"""Incremental linkage: the stages when little has changed since the last whole linkage.

New and changed records are compared with all; what they touch is clustered anew; everything else is carried over. The
tables it leaves are those that a full linkage under the same parameters and statistics would leave.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb

from linkage.clusters.clustering import ClusterReport, cluster
from linkage.features.building import FeatureCounts, drop_features
from linkage.features.statistics import Statistics, engine_fingerprint
from linkage.identity import name_clusters
from linkage.incremental.prints import find_changes, obeyed_query, prints_query, take_prints
from linkage.incremental.reblocking import propose_touched
from linkage.incremental.region import cut_region
from linkage.incremental.renewal import renew_features
from linkage.model.parameters import Parameters
from linkage.pairs.blocking import BlockingReport, propose_pairs
from linkage.pairs.comparison import compare_pairs
from linkage.plan import ENDED, Plan
from linkage.task import Task
from warehouse.layout import private_folder
from warehouse.session import scan
from warehouse.storage import write_for_next_stage, write_parquet, write_table
from warehouse.tables import CLUSTERS

DRIFT = 0.1
"""Where more than this share of the records changed since statistics were taken, they are taken anew."""


def why_full(connection: duckdb.DuckDBPyConnection, task: Task) -> str | None:
    """Why a full linkage is needed, or None; in that case the tables of `linkage.incremental.prints` are there."""
    statistics = Statistics.read(task.places.statistics)
    if task.rebuild:
        return "a full linkage was asked for"
    if task.model.engine != "sql":
        return "the reference engine links in full"
    if statistics is None or not task.places.baseline.exists() or not task.places.parameters.exists():
        return "no whole linkage to start from"
    if statistics.engine != engine_fingerprint(task.model, tuple(task.duplicate_free)):
        return "the model, the sources' terms or the program are not those of the last full linkage"
    if task.frozen is not None and task.frozen.parameters != Parameters.read(task.places.parameters):
        return "other parameters were given than those of the last linkage"
    take_prints(connection, task.records, task.identifiers)
    baseline = task.places.baseline
    prints, bearings, obeyed = (scan(path) for path in (baseline.record_prints, baseline.bearings, baseline.obeyed))
    find_changes(connection, prints, bearings, obeyed, obeyed_query(task.judgements))
    return _drifted(connection, task, statistics)


def _drifted(connection: duckdb.DuckDBPyConnection, task: Task, statistics: Statistics) -> str | None:
    changed, since = connection.sql(f"""
        select (select count(*) from changed),
            (select count(*) from now_prints as n anti join {scan(statistics.prints)} using (record_id, print))
            + (select count(*) from {scan(statistics.prints)} anti join now_prints using (record_id))
    """).fetchall()[0]
    most = DRIFT * statistics.records
    if max(changed, since) > most:
        return f"more than {DRIFT:.0%} of the records changed since the last full linkage"
    seen = ", ".join(f"'{name}'" for name in statistics.seen_schemes) or "''"
    news = connection.sql(f"""
        select
            (select count(*) from {task.identifiers} semi join changed using (record_id)
             where scheme not in ({seen})),
            (select count(*) from {task.records} semi join changed using (record_id)
             where full_name is not null and given_names is null)
    """).fetchall()[0]
    if news[0]:
        return "a new kind of identifier was delivered"
    if news[1] and not statistics.has_split:
        return "whole names were delivered, and none before"
    return None


def features(connection: duckdb.DuckDBPyConnection, task: Task) -> FeatureCounts | None:
    """Renew the features of what changed; None where a new field was delivered."""
    statistics, places = task.statistics(), task.places
    counts = renew_features(
        connection,
        task.records,
        task.identifiers,
        task.reduced_model(connection),
        task.duplicate_free,
        task.judgements,
        statistics,
        places.baseline,
        places.renewed,
    )
    if counts is None:
        return None
    old = f"(select * from {scan(places.baseline.record_prints)} anti join record_nodes using (record_id))"
    sameness = f"(select record_id, sameness, has_enough from {old} union all by name"
    sameness += " select record_id, sameness, has_enough from record_nodes)"
    write_parquet(connection, prints_query(sameness), places.written("record_prints"))
    keep_bearings(connection, task)
    drop_features(connection)
    for whole in (places.pairs, places.vectors):
        whole.unlink(missing_ok=True)
    return counts


def keep_bearings(connection: duckdb.DuckDBPyConnection, task: Task) -> None:
    """Write who bears which identifier, and the judgements obeyed, for the next linkage to compare with."""
    write_parquet(connection, "select * from now_bearings", task.places.written("bearings"))
    write_parquet(connection, obeyed_query(task.judgements), task.places.written("obeyed"))


def blocking(connection: duckdb.DuckDBPyConnection, task: Task) -> BlockingReport | None:
    """Propose the pairs of touched nodes; None where a block has outgrown the statistics."""
    places, passes = task.places, task.reduced_model(connection).blocking
    touched = places.renewed.touched
    return propose_touched(connection, places.features, touched, passes, task.statistics(), task.pairs)


def scoring(connection: duckdb.DuckDBPyConnection, task: Task) -> int:
    """Put the edges just scored, now at the place of edges, beside the old ones between nodes that are as they were.

    The other ends of the edges that fell are noted as touched.
    """
    places = task.places
    old, renumbered = scan(places.baseline.edges), scan(places.renewed.renumbered)
    connection.execute(f"""
        create or replace temp table carried as
        select e.* exclude (node_l, node_r), l.node::uinteger as node_l, r.node::uinteger as node_r
        from {old} as e
        left join {renumbered} as l on e.node_l = l.old_node
        left join {renumbered} as r on e.node_r = r.old_node
    """)
    fallen = "select coalesce(node_l, node_r) as node from carried where (node_l is null) <> (node_r is null)"
    seeds = f"select node from {scan(places.renewed.region_seeds)} union {fallen}"
    write_parquet(connection, seeds, places.written("fallen"))
    connection.execute(f"create or replace temp table scored as select * from {scan(places.edges)}")
    edges = (
        "select * from scored union all by name select * from carried where node_l is not null and node_r is not null"
    )
    count = write_for_next_stage(connection, edges, places.edges)
    for name in ("carried", "scored"):
        connection.execute(f"drop table {name}")
    return count


def clustering(connection: duckdb.DuckDBPyConnection, task: Task) -> ClusterReport:
    """Cluster the region that is touched; the other clusters are carried over."""
    places, model = task.places, task.reduced_model(connection)
    folder = private_folder(places.written("region").with_suffix(""))
    seeds = f"select node from {scan(places.renewed.touched)} union select node from {scan(places.written('fallen'))}"
    cut_region(
        connection,
        places.features,
        places.nodes,
        places.edges,
        seeds,
        obeyed_query(task.judgements),
        model.thresholds.link,
        folder,
    )
    inside = {name: folder / f"{name}.parquet" for name in ("features", "record_nodes", "edges", "clusters")}
    report = cluster(
        connection,
        inside["features"],
        inside["record_nodes"],
        inside["edges"],
        model,
        Parameters.read(places.parameters),
        task.duplicate_free,
        task.judgements,
        inside["clusters"],
    )
    clusters = f"""
        select c.record_id, c.cluster_id from {scan(places.baseline.clusters)} as c
        semi join {scan(places.nodes)} as n using (record_id)
        anti join {scan(inside["clusters"])} as i using (record_id)
        union all
        select record_id, cluster_id from {scan(inside["clusters"])}
    """
    write_table(connection, CLUSTERS, clusters, places.clusters)
    return report


def identity(connection: duckdb.DuckDBPyConnection, task: Task) -> dict[str, int]:
    """Name the clusters of the region; all other persons keep their ids."""
    places = task.places
    region = places.written("region").with_suffix("")
    clusters, nodes, features = (scan(region / f"{name}.parquet") for name in ("clusters", "record_nodes", "features"))
    connection.execute(f"""
        create or replace temp table clustered as
        select c.record_id, c.cluster_id, n.source, n.record_key, f.identifiers is not null as is_identified
        from {clusters} as c join {nodes} as n using (record_id) join {features} as f using (node)
    """)
    kept = f"""
        select o.* from old_spine_whole as o
        semi join {scan(places.nodes)} as n using (record_id) anti join clustered using (record_id)
    """
    return name_clusters(connection, places.identity, places.identity, kept)


def complete_pairs(connection: duckdb.DuckDBPyConnection, task: Task) -> None:
    """Write the candidate pairs and vectors of all nodes where the last linkage was incremental and left none."""
    places, model = task.places, task.reduced_model(connection)
    if places.pairs.exists() and places.vectors.exists():
        return
    stop_keys = task.statistics().stop_keys
    propose_pairs(connection, places.features, model.blocking, places.pairs, stop_keys, are_frozen=True)
    compare_pairs(connection, places.features, places.pairs, model, places.vectors)


def vectors_of(connection: duckdb.DuckDBPyConnection, task: Task, nodes: str, folder: Path) -> Path:
    """A file with the vectors of the candidate pairs of `nodes`: that of a full linkage, or one made in `folder`."""
    places, model = task.places, task.reduced_model(connection)
    if places.vectors.exists():
        return places.vectors
    wanted, pairs, vectors = (folder / f"{name}.parquet" for name in ("wanted", "wanted_pairs", "wanted_vectors"))
    write_parquet(connection, f"select node from {nodes}", wanted)
    if propose_touched(connection, places.features, wanted, model.blocking, task.statistics(), pairs) is None:
        complete_pairs(connection, task)
        return places.vectors
    compare_pairs(connection, places.features, pairs, model, vectors)
    return vectors


def forget(task: Task) -> None:
    """End an incremental linkage: remove the tables that only its own stages need."""
    places = task.places
    Plan(ENDED, Plan.read(places.plan).why).write(places.plan)
    shutil.rmtree(places.written("region").with_suffix(""), ignore_errors=True)
    for path in (
        places.written("touched_pairs"),
        places.written("touched_vectors"),
        places.renewed.touched,
        places.renewed.renumbered,
        places.renewed.region_seeds,
        places.written("fallen"),
    ):
        path.unlink(missing_ok=True)
