"""The mixture as a classifier of recordlinkage: the same parameters, the same match weights, in floating point."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from recordlinkage.base import BaseClassifier

from linkage.engines.frames import feature_frame
from linkage.engines.vectors import rarities
from linkage.model.declaration import Model
from linkage.model.parameters import Parameters, level_of, log_likelihood_of
from linkage.weights.mixture import FAMILY, MATCH
from warehouse.errors import LinkageError
from warehouse.storage import write_parquet

Floats = NDArray[np.float64]


class MixtureClassifier(BaseClassifier):  # type: ignore[misc]
    """Classes pairs by trained parameters; a row of its input is the level of each comparison and the rarity."""

    def __init__(self, parameters: Parameters, link: float = 0.0) -> None:
        self.parameters = parameters
        self.link = link

    def weights(self, comparison_vectors: Floats) -> Floats:
        """The match weight of each row, in bits."""
        reached = [column.astype(np.intp) for column in comparison_vectors.T[:-1]]
        joint = [
            np.log(each.share) + log_likelihood_of(reached, len(comparison_vectors), each.levels)
            for each in self.parameters.classes
        ]
        by_chance = np.logaddexp.reduce(joint[FAMILY + 1 :]) + comparison_vectors[:, -1]
        return np.asarray((joint[MATCH] - np.logaddexp(joint[FAMILY], by_chance)) / np.log(2))

    def _fit(self, *vectors: Any) -> None:
        raise LinkageError("The mixture is trained by linkage.weights.training, on patterns rather than on pairs.")

    def _predict(self, comparison_vectors: Floats) -> NDArray[np.int64]:
        return (self.weights(comparison_vectors) >= self.link).astype(np.int64)

    def _prob_match(self, comparison_vectors: Floats) -> Floats:
        return 1 / (1 + np.exp2(-self.weights(comparison_vectors)))


def score_pairs(
    connection: duckdb.DuckDBPyConnection,
    features_path: Path,
    vectors_path: Path,
    model: Model,
    parameters: Parameters,
    edges_path: Path,
) -> int:
    """Write the edges of at least the review floor as `linkage.weights.scoring` does; return their number."""
    vectors = pq.read_table(vectors_path).to_pandas()
    rarity = rarities(feature_frame(features_path), vectors, model)
    weights = MixtureClassifier(parameters).weights(level_frame(vectors, rarity, parameters).to_numpy(float))
    edges = vectors[["node_l", "node_r", "passes", "vector"]].assign(weight=weights.astype(np.float32))
    edges = edges[edges["weight"] >= model.thresholds.review]
    connection.register("scored_pairs", pa.Table.from_pandas(edges, preserve_index=False))
    written = write_parquet(connection, "select * from scored_pairs", edges_path)
    connection.unregister("scored_pairs")
    return written


def level_frame(vectors: pd.DataFrame, rarity: Floats, parameters: Parameters) -> pd.DataFrame:
    """The packed vectors as a column a comparison, and the rarity: what recordlinkage's classifiers take."""
    packed = vectors["vector"].to_numpy(np.uint64)
    levels = {name: level_of(packed, place) for place, name in enumerate(parameters.comparisons)}
    index = pd.MultiIndex.from_frame(vectors[["node_l", "node_r"]])
    return pd.DataFrame({**levels, "rarity": rarity}, index=index)
