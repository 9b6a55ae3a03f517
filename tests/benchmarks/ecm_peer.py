"""recordlinkage's two-class ECM: its Index, Compare and classifier, on the same columns and blocking rules."""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import recordlinkage
from measured import Stopwatch, best_threshold
from peer_columns import affordable_rules, prepare

from linkage.clusters.components import components
from linkage.evaluation.measures import pairwise
from warehouse.session import literal, scan

SIMILAR = {"given_names_std": 0.85, "surname_1_std": 0.85, "surname_2_std": 0.85, "address_std": 0.85,
           "locality_std": 0.9, "mother_name_std": 0.85, "father_name_std": 0.85}  # fmt: skip
NOT_COMPARED = ("record_id", "source", "given_1", "birth_year")
THRESHOLDS = [float(weight) for weight in range(-6, 31, 4)]


def run(population: Path, folder: Path) -> None:
    """Link the records in `population` and leave clusters.parquet and measured.json in `folder`."""
    connection, watch = duckdb.connect(config={"threads": 2}), Stopwatch()
    with watch.stage("prepare"):
        present = prepare(connection, population)
        rules = affordable_rules(connection, present)
        people = connection.sql("from people order by record_id").df()
    with watch.stage("index"):
        index = recordlinkage.Index()
        for rule in rules:
            index.block(list(rule))
        pairs = index.index(people)
    with watch.stage("compare"):
        vectors = _compare([name for name in present if name not in NOT_COMPARED]).compute(pairs, people)
    with watch.stage("classify"):
        ecm = recordlinkage.ECMClassifier()
        ecm.fit(vectors)
        weights = _weights(ecm.prob(vectors).to_numpy())
    with watch.stage("cluster"):
        left, right = (np.asarray(pairs.get_level_values(side), dtype=np.int64) for side in (0, 1))
        components(len(people), left[weights >= 0], right[weights >= 0])

    def clustered(threshold: float) -> pd.DataFrame:
        linked = weights >= threshold
        clusters = components(len(people), left[linked], right[linked])
        return pd.DataFrame({"record_id": people["record_id"], "cluster_id": clusters})

    def quality(threshold: float) -> float:
        connection.register("clustered", clustered(threshold))
        return pairwise(connection, "clustered", scan(population / "truth.parquet")).f1

    threshold = best_threshold(quality, THRESHOLDS)
    connection.register("clustered", clustered(threshold))
    connection.execute(f"copy (from clustered) to {literal(folder / 'clusters.parquet')}")
    watch.write(folder, rules=rules, pairs=len(pairs), threshold=threshold)


def _compare(names: list[str]) -> recordlinkage.Compare:
    """Two levels a field, for the default start of ECM takes no more."""
    compare = recordlinkage.Compare()
    for name in names:
        if name in SIMILAR:
            compare.string(name, name, method="jarowinkler", threshold=SIMILAR[name], label=name)
        else:
            compare.exact(name, name, label=name)
    return compare


def _weights(probabilities: np.ndarray) -> np.ndarray:
    """Log2 odds, so that probabilities near 1 are told apart."""
    inside = np.clip(probabilities, 1e-12, 1 - 1e-12)
    return np.log2(inside / (1 - inside))


if __name__ == "__main__":
    run(Path(sys.argv[1]), Path(sys.argv[2]))
