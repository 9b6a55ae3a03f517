"""The stages of linkage, each a function of the same task that reads and writes that task's places.

Run in the order of `STAGES`; each can be run again alone, as long as those before it have run.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import duckdb

from linkage.clusters.clustering import ClusterReport, cluster
from linkage.engines.choice import engine
from linkage.features.building import build_features, drop_features, present_features, schemes
from linkage.features.statistics import freeze
from linkage.identity import assign_identities
from linkage.incremental import stages as incremental
from linkage.incremental.prints import prints_query, take_prints
from linkage.links import publish_links, queue_review
from linkage.model.parameters import FREQUENCIES, Parameters
from linkage.pairs.blocking import BlockingReport, propose_pairs
from linkage.plan import FULL, INCREMENTAL, Plan
from linkage.task import Task
from linkage.weights.training import train
from warehouse.manifest import sha256_of
from warehouse.storage import write_parquet


@dataclass(frozen=True)
class FeatureReport:
    """The records and nodes, the kind of linkage (full or incremental) and why, and how many records changed."""

    records: int
    nodes: int
    mode: str
    why: str
    changed: int


def features(connection: duckdb.DuckDBPyConnection, task: Task) -> FeatureReport:
    """Records become nodes with comparable features; decides whether all are linked anew or what changed alone."""
    why = incremental.why_full(connection, task)
    if why is not None:
        return _full_features(connection, task, why)
    changed = connection.sql("select count(*) from changed").fetchall()[0][0]
    Plan(INCREMENTAL, "little has changed").write(task.places.plan)
    counts = incremental.features(connection, task)
    if counts is None:
        return _full_features(connection, task, "a field was delivered that no record had at the last full linkage")
    return FeatureReport(counts.records, counts.nodes, INCREMENTAL, "little has changed", changed)


def _full_features(connection: duckdb.DuckDBPyConnection, task: Task, why: str) -> FeatureReport:
    places = task.places
    Plan(FULL, why).write(places.plan)
    places.baseline.drop()
    counts = build_features(
        connection,
        task.records,
        task.identifiers,
        task.model,
        task.duplicate_free,
        task.judgements,
        places.nodes,
        places.features,
        None if task.take_statistics else task.statistics(),
        task.frozen,
    )
    take_prints(connection, task.records, task.identifiers)
    write_parquet(connection, prints_query("record_nodes"), places.written("record_prints"))
    incremental.keep_bearings(connection, task)
    if task.take_statistics:
        present = present_features(connection, places.features)
        compared = schemes(places.features)
        freeze(connection, places.statistics, task.model, tuple(task.duplicate_free), compared, present, task.frozen)
    drop_features(connection)
    return FeatureReport(counts.records, counts.nodes, FULL, why, counts.records)


def blocking(connection: duckdb.DuckDBPyConnection, task: Task) -> BlockingReport:
    """Blocking passes propose candidate pairs: all, or those of what changed."""
    if task.is_incremental():
        proposed = incremental.blocking(connection, task)
        if proposed is not None:
            return proposed
        _full_features(connection, task, "a block has outgrown the statistics of the last full linkage")
    model, places = task.reduced_model(connection), task.places
    if model.engine != "sql":
        return engine(model.engine).propose_pairs(connection, places.features, model.blocking, places.pairs)
    return propose_pairs(
        connection,
        places.features,
        model.blocking,
        places.pairs,
        places.statistics / "stop_keys.parquet",
        are_frozen=not task.take_statistics,
    )


def comparison(connection: duckdb.DuckDBPyConnection, task: Task) -> int:
    """Candidate pairs become comparison vectors; returns their number."""
    model = task.reduced_model(connection)
    return engine(model.engine).compare_pairs(connection, task.places.features, task.pairs, model, task.vectors)


def training(connection: duckdb.DuckDBPyConnection, task: Task) -> Parameters:
    """The m and u probabilities and the class shares are learnt, or the frozen ones checked."""
    model = task.reduced_model(connection)
    places = task.places
    if task.is_incremental():
        learnt = Parameters.read(places.parameters)
    elif task.frozen is not None:
        learnt = task.frozen.parameters
    else:
        learnt = train(connection, places.features, places.vectors, model, task.seed)
        learnt = replace(learnt, frequencies=sha256_of(places.statistics / FREQUENCIES.name))
    learnt.check(model)
    learnt.write(places.parameters)
    return learnt


def scoring(connection: duckdb.DuckDBPyConnection, task: Task) -> int:
    """Comparison vectors become match weights; returns how many pairs reach the review floor."""
    model, places = task.reduced_model(connection), task.places
    parameters = Parameters.read(places.parameters)
    score_pairs = engine(model.engine).score_pairs
    scored = score_pairs(connection, places.features, task.vectors, model, parameters, places.edges)
    return incremental.scoring(connection, task) if task.is_incremental() else scored


def clustering(connection: duckdb.DuckDBPyConnection, task: Task) -> ClusterReport:
    """Links become clusters, repaired and held to the constraints: all, or those that a change touches."""
    if task.is_incremental():
        return incremental.clustering(connection, task)
    return cluster(
        connection,
        task.places.features,
        task.places.nodes,
        task.places.edges,
        task.reduced_model(connection),
        Parameters.read(task.places.parameters),
        task.duplicate_free,
        task.judgements,
        task.places.clusters,
    )


def identity(connection: duckdb.DuckDBPyConnection, task: Task) -> dict[str, int]:
    """Clusters become persons who keep their ids; returns the events by kind."""
    places = task.places
    previous = places.identity if places.identity.exists() else None
    if previous and task.is_incremental() and places.baseline.is_of(places.identity.spine):
        return incremental.identity(connection, task)
    return assign_identities(connection, places.clusters, places.nodes, places.features, previous, places.identity)


@dataclass(frozen=True)
class LinkCounts:
    """How many pairs of records were published, and how many of them, or others, a person should look at."""

    links: int
    to_review: int


def links(connection: duckdb.DuckDBPyConnection, task: Task) -> LinkCounts:
    """The scored pairs as pairs of records, and the queue for clerical review."""
    places, thresholds = task.places, task.model.thresholds
    published = publish_links(connection, places.edges, places.nodes, thresholds, places.links)
    to_review = queue_review(connection, places.links, places.clusters, thresholds, places.review_queue)
    places.baseline.commit(places.identity.spine)
    if task.is_incremental():
        incremental.forget(task)
    return LinkCounts(published, to_review)


Stage = Callable[[duckdb.DuckDBPyConnection, Task], Any]

STAGES: dict[str, Stage] = {
    stage.__name__: stage for stage in (features, blocking, comparison, training, scoring, clustering, identity, links)
}
