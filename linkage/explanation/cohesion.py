"""Cohesion: which pairs of its records hold a person together, and the weakest of them."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import numpy as np

from linkage.explanation.pair import Linked, weighed
from linkage.weights.attribution import Floats
from warehouse.errors import LinkageError
from warehouse.session import literal, scan

MOST_NODES = 2_000


@dataclass(frozen=True)
class Member:
    """One record of a person and the node that stands for it."""

    record_id: str
    source: str
    node: int


@dataclass(frozen=True)
class Tie:
    """Two records that hold two parts of a person together, by `weight` bits or because people judged so."""

    record_id_l: str
    record_id_r: str
    weight: float
    is_judged: bool


@dataclass(frozen=True)
class PersonExplanation:
    """A person: its records, the ties that hold it together (weakest first), and how many records are equal to others.

    The ties are the maximum spanning tree of all pair weights: without the weakest of them the person falls apart
    at no greater weight.
    """

    entity_id: str
    members: tuple[Member, ...]
    ties: tuple[Tie, ...]
    equal: int


def explain_person(connection: duckdb.DuckDBPyConnection, linked: Linked, entity_id: str) -> PersonExplanation:
    """Explain the person `entity_id`; raise `LinkageError` where there is none, or one too large."""
    members = _members(connection, linked, entity_id)
    first = {member.node: member.record_id for member in reversed(members)}
    nodes = sorted(first)
    if len(nodes) > MOST_NODES:
        raise LinkageError(
            f"The person has {len(nodes)} different records; more than {MOST_NODES} are not weighed pair by pair. "
            "Explain two of its records instead."
        )
    ids = [first[node] for node in nodes]
    weights = _weights(connection, linked, nodes)
    bonded = _bonds(linked, members, nodes)
    tree = strongest_tree(np.where(bonded, np.inf, weights))
    ties = [
        Tie(min(ids[one], ids[other]), max(ids[one], ids[other]), float(weights[one, other]), bool(bonded[one, other]))
        for one, other in tree
    ]
    ties.sort(key=lambda tie: (tie.is_judged, tie.weight, tie.record_id_l, tie.record_id_r))
    return PersonExplanation(entity_id, tuple(members), tuple(ties), len(members) - len(nodes))


def strongest_tree(weights: Floats) -> list[tuple[int, int]]:
    """The edges of a maximum spanning tree of a full symmetric matrix, by Prim's algorithm."""
    best, nearest = weights[0].copy(), np.zeros(len(weights), dtype=int)
    outside = np.arange(len(weights)) > 0
    edges = []
    while outside.any():
        added = int(np.argmax(np.where(outside, best, -np.inf)))
        added = added if outside[added] else int(np.flatnonzero(outside)[0])
        edges.append((int(nearest[added]), added))
        outside[added] = False
        closer = weights[added] > best
        best, nearest = np.where(closer, weights[added], best), np.where(closer, added, nearest)
    return edges


def _members(connection: duckdb.DuckDBPyConnection, linked: Linked, entity_id: str) -> list[Member]:
    rows = connection.sql(f"""
        select record_id, n.source, n.node
        from {scan(linked.places.identity.spine)} as s
        join {scan(linked.places.nodes)} as n using (record_id)
        where s.entity_id = {literal(entity_id)}
        order by record_id
    """).fetchall()
    if not rows:
        raise LinkageError("The person named is not among those of the last linkage.")
    return [Member(*row) for row in rows]


def _weights(connection: duckdb.DuckDBPyConnection, linked: Linked, nodes: list[int]) -> Floats:
    listed = f"(select unnest([{', '.join(map(str, nodes))}])::uinteger as node)"
    pairs = f"(select l.node as node_l, r.node as node_r from {listed} as l join {listed} as r on l.node < r.node)"
    weights = np.full((len(nodes), len(nodes)), -np.inf)
    if len(nodes) > 1:
        found = weighed(connection, linked, pairs)
        left, right = (np.searchsorted(nodes, found[name]) for name in ("node_l", "node_r"))
        weights[left, right] = weights[right, left] = found["weight"]
    return weights


def _bonds(linked: Linked, members: list[Member], nodes: list[int]) -> np.ndarray:
    """Which nodes people judged to be one person."""
    place = {member.record_id: nodes.index(member.node) for member in members}
    bonded = np.zeros((len(nodes), len(nodes)), dtype=bool)
    for (one, other), judged in linked.judged.items():
        if judged.judgement == "match" and one in place and other in place:
            bonded[place[one], place[other]] = bonded[place[other], place[one]] = True
    return bonded
