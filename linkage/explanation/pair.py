"""Explanation: the levels that a pair of records reaches, and what each adds to its match weight."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np

from linkage.features.building import schemes
from linkage.model.declaration import Comparison, Model
from linkage.model.parameters import Parameters, level_of
from linkage.pairs.comparison import LEVEL_BITS, vector_query
from linkage.places import Places
from linkage.review.judgements import Judgement, Pair
from linkage.task import Task
from linkage.weights.attribution import Floats, attributed, match_weight, posterior
from linkage.weights.scoring import weight_query
from warehouse.errors import LinkageError, StorageError
from warehouse.session import scan

ROUNDING = 1e-3  # bits; the engine keeps rarities and weights in single precision


@dataclass(frozen=True)
class Linked:
    """What the last linkage left behind, from which any of its pairs can be explained. `model` is the reduced one."""

    places: Places
    model: Model
    parameters: Parameters
    duplicate_free: Sequence[str]
    judged: Mapping[Pair, Judgement]

    @classmethod
    def by(cls, connection: duckdb.DuckDBPyConnection, task: Task, judged: Mapping[Pair, Judgement]) -> Linked:
        """What `task` left; raise `StorageError` where it has not run, `ModelError` where its model is another now."""
        if not all(path.exists() for path in (task.places.features, task.places.parameters, task.places.clusters)):
            raise StorageError("Nothing was linked there yet. Run `padron link` or `padron build` first.")
        model = task.reduced_model(connection)
        parameters = Parameters.read(task.places.parameters)
        parameters.check(model)
        return cls(task.places, model, parameters, task.duplicate_free, judged)


@dataclass(frozen=True)
class Step:
    """One comparison: the level reached, the bits it adds, and how many bits rarer than usual the agreed value is."""

    comparison: str
    level: str
    bits: float
    rarity: float
    is_null: bool


@dataclass(frozen=True)
class PairExplanation:
    """A pair's weight in bits, taken apart: `prior`, the steps and `frequency` add up to `weight`.

    `frequency` is what the rarity of all that agrees adds, which counts against chance alone.
    `shares` says how likely each class of pair is to have made this one, greatest first. `passes` are the blocking
    passes that proposed it; none where it is not among the links.
    """

    record_id_l: str
    record_id_r: str
    node_l: int
    node_r: int
    prior: float
    steps: tuple[Step, ...]
    frequency: float
    weight: float
    shares: tuple[tuple[str, float], ...]
    passes: tuple[str, ...]


def explain_pair(connection: duckdb.DuckDBPyConnection, linked: Linked, one: str, other: str) -> PairExplanation:
    """Explain the records of ids `one` and `other`; raise `LinkageError` where either is not among the linked."""
    record_id_l, record_id_r = sorted((one, other))
    nodes = _nodes(connection, linked, (record_id_l, record_id_r))
    vector, weight, rarities = _engine_evidence(connection, linked, min(nodes), max(nodes))
    shares, likelihoods = _class_evidence(linked.parameters, vector, len(rarities))
    prior = float(match_weight(shares, np.zeros(())))
    bits, frequency = _credits(shares, likelihoods, float(rarities.sum()), weight - prior)
    said = posterior(shares + likelihoods.sum(axis=0), float(rarities.sum()))
    return PairExplanation(
        record_id_l,
        record_id_r,
        nodes[0],
        nodes[1],
        prior=prior,
        steps=_steps(linked.model, vector, bits, rarities),
        frequency=frequency,
        weight=weight,
        shares=tuple(sorted(zip(_class_names(linked), said.tolist(), strict=True), key=lambda share: -share[1])),
        passes=_passes(connection, linked, min(nodes), max(nodes)),
    )


def weighed(connection: duckdb.DuckDBPyConnection, linked: Linked, pairs: str) -> dict[str, Any]:
    """The relation `pairs` (node_l, node_r) with the engine's own `vector` and match `weight`, in order."""
    features = linked.places.features
    _compare(connection, pairs, scan(features), linked.model, schemes(features))
    return _weigh(connection, linked)


def _compare(
    connection: duckdb.DuckDBPyConnection, pairs: str, features: str, model: Model, known_schemes: Sequence[str]
) -> None:
    """Put the comparison vectors of `pairs` in the table `weighed_vectors`."""
    passing = f"(select *, 0::uinteger as passes from {pairs})"
    vectors = vector_query(passing, features, model, known_schemes)
    connection.execute(f"create or replace temp table weighed_vectors as {vectors}")


def _weigh(connection: duckdb.DuckDBPyConnection, linked: Linked) -> dict[str, Any]:
    query = weight_query(connection, "weighed_vectors", linked.parameters)
    found = connection.sql(
        f"select node_l::bigint as node_l, node_r::bigint as node_r, vector, weight::double as weight from ({query})"
        " order by node_l, node_r"
    ).fetchnumpy()
    connection.unregister("pattern_scores")
    return {name: np.asarray(values) for name, values in found.items()}


def _nodes(connection: duckdb.DuckDBPyConnection, linked: Linked, record_ids: Sequence[str]) -> tuple[int, ...]:
    query = f"select record_id, node from {scan(linked.places.nodes)} where record_id in (select unnest($ids))"
    found = dict(connection.sql(query, params={"ids": list(record_ids)}).fetchall())
    if missing := len(set(record_ids) - found.keys()):
        raise LinkageError(f"{missing} of the records named are not among those linked last.")
    return tuple(found[record_id] for record_id in record_ids)


def _engine_evidence(
    connection: duckdb.DuckDBPyConnection, linked: Linked, node_l: int, node_r: int
) -> tuple[int, float, Floats]:
    """The pair's vector, its weight, and for each comparison the ln T of what agrees: the engine's own.

    T comes comparison by comparison from models of one comparison each.
    """
    features = linked.places.features
    pair = f"(select {node_l}::uinteger as node_l, {node_r}::uinteger as node_r)"
    ends = f"select * from {scan(features)} where node in ({node_l}, {node_r})"
    connection.execute(f"create or replace temp table pair_features as {ends}")
    rarities = np.zeros(len(linked.model.comparisons))
    for place, comparison in enumerate(linked.model.comparisons):
        if any(level.frequency for level in comparison.levels):
            alone = linked.model.model_copy(update={"comparisons": (comparison,)})
            _compare(connection, pair, "pair_features", alone, schemes(features))
            rarities[place] = connection.sql("select rarity from weighed_vectors").fetchall()[0][0]
    _compare(connection, pair, "pair_features", linked.model, schemes(features))
    found = _weigh(connection, linked)
    return int(found["vector"][0]), float(found["weight"][0]), rarities


def _class_evidence(parameters: Parameters, vector: int, count: int) -> tuple[Floats, Floats]:
    """The ln π of each class, and ln P(level | class) of each comparison: a row a comparison, a column a class."""
    masks = [0, *(vector & (15 << (LEVEL_BITS * place)) for place in range(count))]
    joint = parameters.log_probabilities(np.array(masks, dtype=np.uint64))
    return joint[0], joint[1:] - joint[0]


def _credits(shares: Floats, likelihoods: Floats, rarity: float, total: float) -> tuple[Floats, float]:
    """The bits of each comparison and those of rarity, which add up to `total`."""
    telling = np.append(likelihoods.any(axis=1), rarity != 0)
    evidence = np.vstack([likelihoods, np.zeros(len(shares))])
    rarities = np.append(np.zeros(len(likelihoods)), rarity)
    bits = np.zeros(len(evidence))
    bits[telling] = attributed(shares, evidence[telling], rarities[telling])
    rounded = total - bits.sum()
    if abs(rounded) > ROUNDING:
        raise LinkageError("The weight does not follow from the model's parameters. Link again, then explain.")
    bits[np.argmax(np.abs(bits))] += rounded
    return bits[:-1], float(bits[-1])


def _steps(model: Model, vector: int, bits: Floats, rarities: Floats) -> tuple[Step, ...]:
    reached = [int(level_of(np.array([vector], dtype=np.uint64), place)[0]) for place in range(len(bits))]
    return tuple(
        Step(each.name, _level_name(each, level), float(added), float(-rarity / math.log(2)), level == 0)
        for each, level, added, rarity in zip(model.comparisons, reached, bits, rarities, strict=True)
    )


def _level_name(comparison: Comparison, level: int) -> str:
    """The name of a level by its number; level 0 is null, whichever way the pair came to it."""
    return comparison.levels[len(comparison.levels) - level].name if level else "nothing to compare"


def _class_names(linked: Linked) -> list[str]:
    return [each.name for each in linked.parameters.classes]


def _passes(connection: duckdb.DuckDBPyConnection, linked: Linked, node_l: int, node_r: int) -> tuple[str, ...]:
    """The passes that proposed the pair. Links name the first record of each node, so nodes are what is asked for."""
    nodes = scan(linked.places.nodes)
    found = connection.sql(f"""
        select p.passes from {scan(linked.places.links)} as p
        join {nodes} as l on p.record_id_l = l.record_id
        join {nodes} as r on p.record_id_r = r.record_id
        where least(l.node, r.node) = {node_l} and greatest(l.node, r.node) = {node_r}
        limit 1
    """).fetchall()
    mask = found[0][0] if found else 0
    return tuple(each.name for place, each in enumerate(linked.model.blocking.passes) if mask >> place & 1)
