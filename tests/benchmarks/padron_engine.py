"""This engine: `linkage.link.link` with the default model. Nothing is set for a population.

The truth is read when all is done and measured: for where pairs went wrong, and, up to `SWEPT` records, for the
threshold that would have been best.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import duckdb
import pandas  # noqa: F401 - DuckDB and clustering load these two when first used; reading libraries is not counted
import scipy.sparse.csgraph  # noqa: F401
from measured import Stopwatch, best_threshold
from missed import false_joins, losses

from linkage.evaluation.measures import pairwise
from linkage.link import link
from linkage.model.declaration import Thresholds
from linkage.model.file import load_model
from linkage.places import Places
from linkage.stages import clustering
from linkage.task import Task
from warehouse.layout import Layout
from warehouse.session import open_session, scan
from warehouse.settings import SAMPLE_SOURCES, Settings

SWEPT = 60_000
THRESHOLDS = [-6.0, -3.0, 0.0, 3.0, 6.0, 9.0, 12.0]


def run(population: Path, folder: Path) -> None:
    """Link the records in `population` and leave clusters.parquet and measured.json in `folder`."""
    told = json.loads((population / "population.json").read_text())
    settings = Settings(folder / "home", SAMPLE_SOURCES, folder / "landing")
    places, watch = Places.under(Layout(settings.home)), Stopwatch()
    with watch.stage("link"), open_session(settings) as connection:
        report = link(
            connection,
            scan(population / "records.parquet"),
            scan(population / "ids.parquet"),
            places,
            load_model(),
            seed=settings.seed,
            duplicate_free=told["duplicate_free"],
        )
    shutil.copy(places.clusters, folder / "clusters.parquet")
    truth, model = population / "truth.parquet", load_model()
    with open_session(settings) as connection:
        wrong = losses(connection, places, model.thresholds.link, truth) | false_joins(connection, places, truth)
        best = _best_f1(connection, places, told, truth) if report.counts.records <= SWEPT else None
    watch.write(
        folder,
        stages=report.seconds,
        pairs=report.blocking.pairs,
        threshold=model.thresholds.link,
        wrong=wrong,
        best_f1=best,
    )


def _best_f1(connection: duckdb.DuckDBPyConnection, places: Places, told: dict[str, Any], truth: Path) -> float:
    """The F1 of the clusters at the threshold that the truth finds best."""

    def quality(threshold: float) -> float:
        bounds = Thresholds(link=threshold, review=min(threshold, load_model().thresholds.review))
        model = load_model().model_copy(update={"thresholds": bounds})
        task = Task("", "", places, model, 0, told["duplicate_free"])
        clustering(connection, task)
        return pairwise(connection, scan(places.clusters), scan(truth)).f1

    return quality(best_threshold(quality, THRESHOLDS))


if __name__ == "__main__":
    run(Path(sys.argv[1]), Path(sys.argv[2]))
