"""Scoring: the match weight of a pair, from its comparison vector and the rarity of what agrees.

weight = (A − ln(exp B + exp(C + ln T))) / ln 2, with A, B and C the log-probabilities of the vector as a match, as
relatives and as met by chance, shares included, and T the rarity of the values that agree. A rare surname in
common speaks against chance, not against kinship, so T multiplies the chance classes alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from linkage.features.frequencies import FREQUENCY_PREFIX
from linkage.model.declaration import Model
from linkage.model.parameters import Parameters, level_of
from linkage.pairs.comparison import LEVEL_BITS, frequency_fields, rarity_query
from linkage.weights.mixture import FAMILY, MATCH
from warehouse.session import identifier, scan
from warehouse.storage import write_for_next_stage

WEIGHT = "(matched - greatest(related, chance + rarity) - ln(1 + exp(-abs(related - chance - rarity)))) / ln(2)"


def score_pairs(
    connection: duckdb.DuckDBPyConnection,
    features_path: Path,
    vectors_path: Path,
    model: Model,
    parameters: Parameters,
    edges_path: Path,
) -> int:
    """Write the edges of at least the review floor (node_l, node_r, passes, vector, weight); return their number.

    Rarity is looked up for those pairs alone that could reach the floor with the rarest of values.
    """
    scores = _hopeful(connection, features_path, vectors_path, model, parameters)
    connection.register("hopeful_patterns", scores)
    hopeful = f"(select * from {scan(vectors_path)} semi join hopeful_patterns using (vector))"
    vectors = f"({rarity_query(hopeful, scan(features_path), model)})"
    weighed = _weighed(vectors, "hopeful_patterns")
    floor = model.thresholds.review
    edges = write_for_next_stage(connection, f"select * from ({weighed}) where weight >= {floor}", edges_path)
    connection.unregister("hopeful_patterns")
    return edges


def weight_query(connection: duckdb.DuckDBPyConnection, vectors: str, parameters: Parameters) -> str:
    """Every pair of the relation `vectors` (with its rarity) and its match weight in bits.

    The scores of the patterns are registered on the connection as `pattern_scores`.
    """
    connection.register("pattern_scores", pattern_scores(_patterns(connection, vectors), parameters))
    return _weighed(vectors, "pattern_scores")


def pattern_scores(vectors: np.ndarray, parameters: Parameters) -> pa.Table:
    """vector, matched (A), related (B) and chance (C, all chance classes together), in natural logarithms."""
    joint = parameters.log_probabilities(vectors)
    by_chance = np.logaddexp.reduce(joint[:, FAMILY + 1 :], axis=1)
    return pa.table({"vector": vectors, "matched": joint[:, MATCH], "related": joint[:, FAMILY], "chance": by_chance})


def _weighed(vectors: str, scores: str) -> str:
    return f"""
        select node_l, node_r, passes, vector, ({WEIGHT})::float as weight
        from {vectors} join {scores} using (vector)
    """


def _patterns(connection: duckdb.DuckDBPyConnection, vectors: str) -> np.ndarray:
    found = connection.sql(f"select distinct vector from {vectors} order by vector").fetchnumpy()["vector"]
    return np.asarray(found, dtype=np.uint64)


def _hopeful(
    connection: duckdb.DuckDBPyConnection, features_path: Path, vectors_path: Path, model: Model, parameters: Parameters
) -> pa.Table:
    """The scores of the patterns that reach the review floor where all that agrees is the rarest there is."""
    patterns = _patterns(connection, scan(vectors_path))
    scores = pattern_scores(patterns, parameters)
    rarest = _rarest(connection, features_path, patterns, model)
    matched, related, chance = (scores[name].to_numpy() for name in ("matched", "related", "chance"))
    best = (matched - np.logaddexp(related, chance + rarest)) / np.log(2)
    return scores.filter(pa.array(best >= model.thresholds.review - 0.01))  # weights are of single precision


def _rarest(
    connection: duckdb.DuckDBPyConnection, features_path: Path, patterns: np.ndarray, model: Model
) -> np.ndarray:
    """The least ln T that a pair of each pattern can have."""
    carried = [frequency_fields(comparison) for comparison in model.comparisons]
    fields = sorted({field for levels in carried for _, named in levels.values() for field in named})
    least = _least_ratios(connection, features_path, fields)
    total = np.zeros(len(patterns))
    for place, levels in enumerate(carried):
        lowest = np.zeros(1 << LEVEL_BITS)
        for level, (damping, named) in levels.items():
            lowest[level] = damping * sum(least[field] for field in named)
        total += lowest[level_of(patterns, place)]
    return total


def _least_ratios(
    connection: duckdb.DuckDBPyConnection, features_path: Path, fields: Sequence[str]
) -> dict[str, float]:
    """The least ln(f / Σf²) of each field, or 0 where none is below."""
    if not fields:
        return {}
    columns = ", ".join(f"least(coalesce(min({identifier(FREQUENCY_PREFIX + name)}), 0), 0)" for name in fields)
    found = connection.sql(f"select {columns} from {scan(features_path)}").fetchall()[0]
    return {name: float(value) for name, value in zip(fields, found, strict=True)}
