"""Comparison vectors by recordlinkage: the level that a pair reaches in every comparison."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from linkage.engines.conditions import holds
from linkage.engines.frames import feature_frame
from linkage.engines.pairs import Mask, Pairs
from linkage.engines.relations import comparable
from linkage.features.building import schemes
from linkage.features.frequencies import FREQUENCY_PREFIX
from linkage.model.declaration import Comparison, Model
from linkage.model.parameters import level_of
from linkage.pairs.comparison import LEVEL_BITS
from warehouse.storage import write_parquet

PAIRS_AT_ONCE = 500_000
Levels = NDArray[np.uint64]


def compare_pairs(
    connection: duckdb.DuckDBPyConnection, features_path: Path, pairs_path: Path, model: Model, vectors_path: Path
) -> int:
    """Write the vectors of all candidate pairs as `linkage.pairs.comparison` does; return their number."""
    features = feature_frame(features_path)
    pairs = pq.read_table(pairs_path).to_pandas()
    known_schemes = schemes(features_path)
    parts = [
        _vectors(features, pairs.iloc[start : start + PAIRS_AT_ONCE], model, known_schemes)
        for start in range(0, max(len(pairs), 1), PAIRS_AT_ONCE)
    ]
    connection.register("compared_pairs", pa.Table.from_pandas(pd.concat(parts), preserve_index=False))
    columns = "node_l, node_r, passes, record_pairs::uinteger as record_pairs, vector"
    written = write_parquet(connection, f"select {columns} from compared_pairs", vectors_path)
    connection.unregister("compared_pairs")
    return written


def _vectors(features: pd.DataFrame, found: pd.DataFrame, model: Model, known_schemes: list[str]) -> pd.DataFrame:
    pairs = Pairs(features, found["node_l"].to_numpy(np.int64), found["node_r"].to_numpy(np.int64), known_schemes)
    vector = np.zeros(len(found), np.uint64)
    for place, comparison in enumerate(model.comparisons):
        vector |= level_numbers(comparison, pairs) << np.uint64(LEVEL_BITS * place)
    left, right = (np.asarray(side) for side in pairs.sides("weight"))
    copies = np.where(pairs.left == pairs.right, left * (left - 1) / 2, left * right)
    return found.assign(record_pairs=copies.astype(np.int64), vector=vector)


def level_numbers(comparison: Comparison, pairs: Pairs) -> Levels:
    """The level of each pair: 0 where nothing is known, else higher for more alike."""
    reached = np.zeros(len(pairs.left), np.uint64)
    left_open = _known(comparison, pairs)
    for number, level in zip(range(len(comparison.levels), 0, -1), comparison.levels, strict=True):
        here = left_open.copy()
        if level.when:
            here[left_open] = holds(level.when, pairs.where(left_open))
        reached[here] = 0 if level.is_null else number
        left_open &= ~here
    return reached


def _known(comparison: Comparison, pairs: Pairs) -> Mask:
    known = [comparable(pairs) if field == "identifier" else pairs.known(field) for field in comparison.known]
    return np.asarray(np.logical_or.reduce(known))


def rarities(features: pd.DataFrame, vectors: pd.DataFrame, model: Model) -> NDArray[np.float64]:
    """The rarity ln T of each pair of `vectors`: the sum over its comparisons of how rare the values are that agree."""
    pairs = Pairs(features, vectors["node_l"].to_numpy(np.int64), vectors["node_r"].to_numpy(np.int64), [])
    packed = vectors["vector"].to_numpy(np.uint64)
    total = np.zeros(len(vectors))
    for place, comparison in enumerate(model.comparisons):
        total += _rarity(comparison, level_of(packed, place), pairs)
    return total


def _rarity(comparison: Comparison, levels: NDArray[np.intp], pairs: Pairs) -> NDArray[np.float64]:
    """ln(f / Σf²) of what agrees at the level reached; of two values the more frequent one counts."""
    rarity = np.zeros(len(levels))
    for number, level in zip(range(len(comparison.levels), 0, -1), comparison.levels, strict=True):
        here = levels == number
        for field in level.frequency:
            left, right = (np.asarray(side) for side in pairs.where(here).sides(FREQUENCY_PREFIX + field))
            rarity[here] += level.damping * np.nan_to_num(np.fmax(left, right))
    return rarity
