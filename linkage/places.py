"""Where each stage of linkage leaves its table."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from linkage.baseline import Baseline
from linkage.identity import Identity
from linkage.model.parameters import FREQUENCIES
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
class Renewed:
    """Where renewal writes: nodes and features as a full run would, which nodes are touched, and old nodes' numbers."""

    nodes: Path
    features: Path
    touched: Path
    renumbered: Path
    region_seeds: Path


@dataclass(frozen=True)
class Places:
    """The files of one installation. Pairs, vectors and edges are of use to the next stage alone."""

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
    statistics: Path

    def written(self, name: str) -> Path:
        """The table `name` that only linkage itself reads."""
        return self.nodes.with_name(f"{name}.parquet")

    @property
    def plan(self) -> Path:
        """Which kind of linkage is under way, and why."""
        return self.nodes.with_name("plan.json")

    @property
    def baseline(self) -> Baseline:
        """What the last whole linkage left."""
        return Baseline(self.nodes.with_name("baseline"), self.nodes.parent)

    @property
    def renewed(self) -> Renewed:
        """What renewal of features writes."""
        names = (self.written(name) for name in ("touched", "renumbered", "region_seeds"))
        return Renewed(self.nodes, self.features, *names)

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
            statistics=layout.state / FREQUENCIES.parent,
        )
