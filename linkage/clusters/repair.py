"""Repair: components whose pairs do not all agree are joined anew, from all their pairs."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np

from linkage.clusters.agglomeration import average_linkage
from linkage.clusters.components import Nodes
from linkage.features.building import schemes
from linkage.model.declaration import Model
from linkage.model.parameters import Parameters
from linkage.pairs.comparison import vector_query
from linkage.weights.scoring import weight_query
from warehouse.session import scan

Group = dict[str, np.ndarray]


@dataclass(frozen=True)
class Evidence:
    """What speaks for and against two nodes being one person, judgements aside. `model` is the reduced one."""

    features: Path
    nodes: Path
    edges: Path
    model: Model
    parameters: Parameters
    duplicate_free: Sequence[str]


def repair(
    connection: duckdb.DuckDBPyConnection, evidence: Evidence, doubtful: str, bonds: str, labels: Nodes
) -> tuple[int, int]:
    """Join the nodes of doubtful components anew, in place; return how many were repaired and how many parted.

    Reads the tables components (node, component) and barred_pairs. `doubtful` is a query of components, `bonds` a
    relation of node_l and node_r that are one from the start. Where every pair reaches the link threshold and
    none is barred, nothing is done.
    """
    repaired = parted = 0
    for group in _groups(_all_pairs(connection, evidence, doubtful, bonds)):
        weights = np.nan_to_num(group["weight"], nan=np.inf)
        if weights.min() > evidence.model.thresholds.link and not group["is_barred"].any():
            continue
        members, fresh = _rejoin(group, evidence.model)
        labels[members] = members[fresh]
        repaired += 1
        parted += len(np.unique(fresh)) > 1
    return repaired, parted


def _groups(pairs: Group) -> Iterator[Group]:
    """The pairs of one component after another."""
    if not len(pairs["component"]):
        return
    starts = [0, *(np.flatnonzero(np.diff(pairs["component"])) + 1), len(pairs["component"])]
    for start, end in itertools.pairwise(starts):
        yield {name: values[start:end] for name, values in pairs.items()}


def _rejoin(group: Group, model: Model) -> tuple[Nodes, Nodes]:
    """The nodes of one component, and for each the place of the first node it stays with."""
    members, places = np.unique(np.concatenate([group["node_l"], group["node_r"]]), return_inverse=True)
    left, right = places[: len(group["node_l"])], places[len(group["node_l"]) :]
    weights = np.full((len(members), len(members)), np.nan)
    barred, vetoed, bonded = (np.zeros_like(weights, dtype=bool) for _ in range(3))
    bound = model.clustering.bound
    for one, other in ((left, right), (right, left)):
        weights[one, other] = np.clip(group["weight"] - model.thresholds.link, -bound, bound)
        for matrix, name in ((barred, "is_barred"), (vetoed, "is_vetoed"), (bonded, "is_bonded")):
            matrix[one, other] = group[name]
    sizes = np.ones(len(members))
    sizes[left] = group["weight_l"]
    sizes[right] = group["weight_r"]
    return members, average_linkage(weights, sizes, barred, bonded, vetoed)


def _all_pairs(connection: duckdb.DuckDBPyConnection, evidence: Evidence, doubtful: str, bonds: str) -> Group:
    """All pairs of the doubtful components, scored, component by component and in the order of nodes."""
    features = scan(evidence.features)
    connection.execute(f"""
        create or replace temp table doubtful_pairs as
        with doubtful as ({doubtful})
        select l.node::uinteger as node_l, r.node::uinteger as node_r, 0::uinteger as passes, component
        from doubtful
        join components as l using (component)
        join components as r using (component)
        where l.node < r.node
    """)
    connection.execute(f"""
        create or replace temp table doubtful_vectors as
        {vector_query("doubtful_pairs", features, evidence.model, schemes(evidence.features))}
    """)
    scored = weight_query(connection, "doubtful_vectors", evidence.parameters)
    return connection.sql(f"""
        select p.component, p.node_l::bigint as node_l, p.node_r::bigint as node_r,
            case when s.vector <> 0 then s.weight::double else 'nan'::double end as weight,
            b.node_l is not null as is_barred,
            coalesce(b.is_veto, false) as is_vetoed,
            j.node_l is not null as is_bonded,
            l.weight::double as weight_l,
            r.weight::double as weight_r
        from doubtful_pairs as p
        join ({scored}) as s on p.node_l = s.node_l and p.node_r = s.node_r
        join {features} as l on p.node_l = l.node
        join {features} as r on p.node_r = r.node
        left join barred_pairs as b on p.node_l = b.node_l and p.node_r = b.node_r
        left join {bonds} as j on p.node_l = j.node_l and p.node_r = j.node_r
        order by p.component, p.node_l, p.node_r
    """).fetchnumpy()
