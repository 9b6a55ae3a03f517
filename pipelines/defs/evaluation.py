"""The quality of the linkage: estimated without truth in every run, measured where a truth is given."""

from pathlib import Path

import dagster as dg
import duckdb

from linkage.evaluation.assessment import assess
from linkage.evaluation.estimates import estimate_quality
from linkage.evaluation.small_cells import withheld
from linkage.evaluation.truth import read_truth
from pipelines.defs.linkage import judged_task, linkage_task
from pipelines.defs.marts import published_asset
from pipelines.keys import linkage_key
from pipelines.resources import Installation
from sources.catalogue import Catalogue
from warehouse.published.quality import LINKAGE_ESTIMATES, LINKAGE_EVALUATION
from warehouse.storage import write_rows


def evaluation_definitions(catalogue: Catalogue) -> dg.Definitions:
    """The two published tables about the linkage's quality."""

    def estimates(connection: duckdb.DuckDBPyConnection, installation: Installation) -> None:
        task = judged_task(connection, linkage_task(catalogue, installation), installation)
        rows = estimate_quality(connection, task, installation.small_cell)
        write_rows(connection, LINKAGE_ESTIMATES, rows, installation.layout.mart(LINKAGE_ESTIMATES))

    def evaluation(connection: duckdb.DuckDBPyConnection, installation: Installation) -> None:
        rows = []
        if installation.truth:
            task = judged_task(connection, linkage_task(catalogue, installation), installation)
            truth = read_truth(connection, Path(installation.truth), task.places.nodes)
            found = assess(connection, task, truth)
            rows = withheld([*found.parts, *found.passes, *found.thresholds], installation.small_cell)
        write_rows(connection, LINKAGE_EVALUATION, rows, installation.layout.mart(LINKAGE_EVALUATION))

    linked = [linkage_key("links")]
    return dg.Definitions(
        assets=[
            published_asset(LINKAGE_ESTIMATES, linked, estimates),
            published_asset(LINKAGE_EVALUATION, linked, evaluation),
        ]
    )
