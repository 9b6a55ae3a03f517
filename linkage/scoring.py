"""Scoring: the match weight of a pair, from its comparison vector and the rarity of what agrees.

weight = (A − ln(exp B + exp(C + ln T))) / ln 2, with A, B and C the log-probabilities of the vector as a match, as
relatives and as met by chance, shares included, and T the rarity of the values that agree. A rare surname in
common speaks against chance, not against kinship, so T multiplies the chance classes alone.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from linkage.mixture import FAMILY, MATCH
from linkage.model import Thresholds
from linkage.parameters import Parameters
from warehouse.session import scan
from warehouse.storage import write_parquet

WEIGHT = "(matched - greatest(related, chance + rarity) - ln(1 + exp(-abs(related - chance - rarity)))) / ln(2)"


def score_pairs(
    connection: duckdb.DuckDBPyConnection,
    vectors_path: Path,
    parameters: Parameters,
    thresholds: Thresholds,
    edges_path: Path,
) -> int:
    """Write the edges of at least the review floor (node_l, node_r, passes, vector, weight); return their number."""
    weighed = weight_query(connection, scan(vectors_path), parameters)
    edges = write_parquet(connection, f"select * from ({weighed}) where weight >= {thresholds.review}", edges_path)
    connection.unregister("pattern_scores")
    return edges


def weight_query(connection: duckdb.DuckDBPyConnection, vectors: str, parameters: Parameters) -> str:
    """Every pair of the relation `vectors` with its match weight in bits.

    The scores of the patterns are registered on the connection as `pattern_scores`.
    """
    patterns = connection.sql(f"select distinct vector from {vectors} order by vector").fetchnumpy()["vector"]
    connection.register("pattern_scores", pattern_scores(np.asarray(patterns, dtype=np.uint64), parameters))
    return f"""
        select node_l, node_r, passes, vector, ({WEIGHT})::float as weight
        from {vectors} join pattern_scores using (vector)
    """


def pattern_scores(vectors: np.ndarray, parameters: Parameters) -> pa.Table:
    """vector, matched (A), related (B) and chance (C, all chance classes together), in natural logarithms."""
    joint = parameters.log_probabilities(vectors)
    by_chance = np.logaddexp.reduce(joint[:, FAMILY + 1 :], axis=1)
    return pa.table({"vector": vectors, "matched": joint[:, MATCH], "related": joint[:, FAMILY], "chance": by_chance})
