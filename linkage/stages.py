"""The stages of linkage, each a function of the same task that reads and writes that task's places.

Run in the order of `STAGES`; each can be run again alone, as long as those before it have run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from linkage.blocking import BlockingReport
from linkage.clustering import ClusterReport, cluster
from linkage.engines.choice import engine
from linkage.features import FeatureCounts, build_features, present_features
from linkage.identity import Identity, assign_identities
from linkage.links import publish_links, queue_review
from linkage.model import Model, frozen_to, reduced
from linkage.parameters import Parameters
from linkage.training import train
from warehouse.layout import Layout
from warehouse.tables import (
    CLUSTERS,
    ENTITIES,
    ENTITY_EVENTS,
    LINKS,
    PAST_MEMBERSHIPS,
    RECORD_NODES,
    REVIEW_QUEUE,
    SPINE,
)


@dataclass(frozen=True)
class Places:
    """Where each stage leaves its table. Pairs, vectors and edges are of use to the next stage alone."""

    nodes: Path
    features: Path
    pairs: Path
    vectors: Path
    parameters: Path
    edges: Path
    clusters: Path
    links: Path
    review_queue: Path
    identity: Identity

    @classmethod
    def under(cls, layout: Layout) -> Places:
        """The places of an installation: tables in the lake, the identity ledger and the parameters in the state."""
        nodes = layout.linkage(RECORD_NODES)
        return cls(
            nodes=nodes,
            features=nodes.with_name("features.parquet"),
            pairs=nodes.with_name("candidate_pairs.parquet"),
            vectors=nodes.with_name("vectors.parquet"),
            parameters=layout.state / "linkage_parameters.json",
            edges=nodes.with_name("edges.parquet"),
            clusters=layout.linkage(CLUSTERS),
            links=layout.linkage(LINKS),
            review_queue=layout.linkage(REVIEW_QUEUE),
            identity=Identity(
                spine=layout.linkage(SPINE),
                entities=layout.state / f"{ENTITIES.name}.parquet",
                events=layout.state / f"{ENTITY_EVENTS.name}.parquet",
                memberships=layout.state / f"{PAST_MEMBERSHIPS.name}.parquet",
            ),
        )


@dataclass(frozen=True)
class Task:
    """One linkage: its inputs, its model, and the places of its tables.

    `records` and `identifiers` are relations of `RECORDS` and `RECORD_IDENTIFIERS`, `judgements` one of record_id_l,
    record_id_r and judgement. With `frozen` parameters the model is not trained.
    """

    records: str
    identifiers: str
    places: Places
    model: Model
    seed: int
    duplicate_free: Sequence[str] = ()
    judgements: str | None = None
    frozen: Parameters | None = None

    def reduced_model(self, connection: duckdb.DuckDBPyConnection) -> Model:
        """The model without what no record has a value of; a frozen one compares what it was trained on."""
        model = reduced(self.model, present_features(connection, self.places.features))
        return model if self.frozen is None else frozen_to(self.model, model, self.frozen.comparisons)


def features(connection: duckdb.DuckDBPyConnection, task: Task) -> FeatureCounts:
    """Records become nodes with comparable features."""
    return build_features(
        connection,
        task.records,
        task.identifiers,
        task.model,
        task.duplicate_free,
        task.judgements,
        task.places.nodes,
        task.places.features,
    )


def blocking(connection: duckdb.DuckDBPyConnection, task: Task) -> BlockingReport:
    """Blocking passes propose candidate pairs."""
    model = task.reduced_model(connection)
    return engine(model.engine).propose_pairs(connection, task.places.features, model.blocking, task.places.pairs)


def comparison(connection: duckdb.DuckDBPyConnection, task: Task) -> int:
    """Candidate pairs become comparison vectors; returns their number."""
    model = task.reduced_model(connection)
    places = task.places
    return engine(model.engine).compare_pairs(connection, places.features, places.pairs, model, places.vectors)


def training(connection: duckdb.DuckDBPyConnection, task: Task) -> Parameters:
    """The m and u probabilities and the class shares are learnt, or the frozen ones checked."""
    model = task.reduced_model(connection)
    learnt = task.frozen or train(connection, task.places.features, task.places.vectors, model, task.seed)
    learnt.check(model)
    learnt.write(task.places.parameters)
    return learnt


def scoring(connection: duckdb.DuckDBPyConnection, task: Task) -> int:
    """Comparison vectors become match weights; returns how many pairs reach the review floor."""
    model, places = task.reduced_model(connection), task.places
    parameters = Parameters.read(places.parameters)
    score_pairs = engine(model.engine).score_pairs
    return score_pairs(connection, places.features, places.vectors, model, parameters, places.edges)


def clustering(connection: duckdb.DuckDBPyConnection, task: Task) -> ClusterReport:
    """Links become clusters, repaired and held to the constraints."""
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
    return LinkCounts(
        published, queue_review(connection, places.links, places.clusters, thresholds, places.review_queue)
    )


Stage = Callable[[duckdb.DuckDBPyConnection, Task], Any]

STAGES: dict[str, Stage] = {
    stage.__name__: stage for stage in (features, blocking, comparison, training, scoring, clustering, identity, links)
}
