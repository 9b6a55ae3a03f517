"""Samples of pairs that meet by chance: at random, and at random among those that share part of a key.

They tell how often unrelated records agree, which no candidate pair can tell, for those were chosen to agree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
import numpy as np
from numpy.typing import NDArray

from linkage.model.declaration import Comparison, Model
from linkage.pairs.blocking import key_query
from linkage.pairs.comparison import level_case, level_query
from warehouse.session import scan
from warehouse.storage import row_count

SAMPLED_NODES = 100_000

Vectors = NDArray[np.uint64]
Counts = NDArray[np.float64]


def random_patterns(
    connection: duckdb.DuckDBPyConnection, features_path: Path, model: Model, known_schemes: Sequence[str], seed: int
) -> tuple[Vectors, Counts]:
    """The distinct vectors of about `model.training.random_pairs` random pairs, and how many have each."""
    nodes = row_count(features_path)
    pairs = min(model.training.random_pairs, 20 * nodes) if nodes > 1 else 0
    drawn = f"""(
        select
            node_l,
            ((node_l + 1 + hash(draw, {seed + 1}) % {max(nodes - 1, 1)}) % {max(nodes, 1)})::uinteger as node_r,
            0::uinteger as passes
        from (
            select draw, (hash(draw, {seed}) % {max(nodes, 1)})::uinteger as node_l
            from range({pairs}) as draws(draw)
        )
    )"""
    vectors = level_query(drawn, scan(features_path), model, known_schemes)
    return pattern_counts(connection, f"select vector, 1 as record_pairs from ({vectors})")


def pattern_counts(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[Vectors, Counts]:
    """The distinct vectors of `query` (vector, record_pairs) in order, and the record pairs of each."""
    counted = connection.sql(
        f"select vector, sum(record_pairs)::double as pairs from ({query}) group by vector order by vector"
    ).fetchnumpy()
    return np.asarray(counted["vector"], dtype=np.uint64), np.asarray(counted["pairs"], dtype=np.float64)


def draw_sample(connection: duckdb.DuckDBPyConnection, features_path: Path, seed: int) -> None:
    """Copy about `SAMPLED_NODES` nodes to the table `sampled_features`."""
    share = max(1, row_count(features_path) // SAMPLED_NODES)
    connection.execute(f"""
        create or replace temp table sampled_features as
        select * from {scan(features_path)} where hash(node, {seed}) % {share} = 0
    """)


def agreeing_levels(
    connection: duckdb.DuckDBPyConnection,
    parts: Sequence[str],
    comparisons: Mapping[int, Comparison],
    known_schemes: Sequence[str],
    seed: int,
) -> dict[int, Counts]:
    """How often pairs of the sample that share the key `parts` by chance reach each level of `comparisons` from 1.

    `comparisons` are told, and their levels given back, by their place in the model.

    Neighbours in random order within a block stand for all its pairs, so a block counts by its square as it does
    among chance pairs; matches, which are few in the large blocks that weigh most, hardly show.
    """
    levels = [f"{level_case(each, known_schemes)} as level_{place}" for place, each in comparisons.items()]
    found = connection.sql(f"""
        with keys as ({key_query("sampled_features", parts)}),
        neighbours as (
            select node as node_l, count(*) over (partition by key) as size,
                lead(node) over (partition by key order by hash(node, {seed}), node) as node_r
            from keys
        )
        select {", ".join(levels)}, sum(size)::double as pairs
        from (select * from neighbours where node_r is not null)
        join sampled_features as l on node_l = l.node
        join sampled_features as r on node_r = r.node
        group by all order by all
    """).fetchnumpy()
    return {
        place: np.bincount(found[f"level_{place}"], found["pairs"], len(each.levels) + 1)[1:].astype(np.float64)
        for place, each in comparisons.items()
    }
