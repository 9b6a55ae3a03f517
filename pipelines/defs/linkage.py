"""The linkage stages: from standardised records to the spine, an asset a stage."""

import time
from dataclasses import asdict, is_dataclass, replace
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
from pydantic import Field

from linkage.model.file import load_model
from linkage.model.parameters import FrozenModel, Parameters
from linkage.pairs.blocking import BlockingReport
from linkage.places import Places
from linkage.review.judgements import effective, judgements_path, judgements_relation, read_judgements, standing
from linkage.stages import STAGES, Stage
from linkage.task import Task
from pipelines.ages import refused
from pipelines.keys import linkage_key, standard_key
from pipelines.plots import linkage_plots
from pipelines.pools import MEMORY
from pipelines.resources import Installation
from pipelines.steps import step
from sources.catalogue import Catalogue
from warehouse.errors import DeliveryError
from warehouse.layout import Layout
from warehouse.storage import read_table, row_count
from warehouse.tables import RECORD_IDENTIFIERS, RECORDS, SPINE

ASSETS = {
    "features": "record_nodes",
    "blocking": "candidate_pairs",
    "comparison": "comparison_vectors",
    "training": "model_parameters",
    "scoring": "match_weights",
    "clustering": "clusters",
    "identity": SPINE.name,
    "links": "links",
}
"""Stage → the asset that it makes."""


def linkage_definitions(catalogue: Catalogue) -> dg.Definitions:
    """The assets of the linkage stages, each after the one before it."""
    before = [[standard_key(contract) for contract in catalogue.with_persons]]
    before += [[linkage_key(ASSETS[stage])] for stage in STAGES]
    return dg.Definitions(
        assets=[
            _stage_asset(catalogue, name, stage, deps)
            for (name, stage), deps in zip(STAGES.items(), before, strict=False)
        ]
    )


class LinkageConfig(dg.Config):
    """How a run links: what changed alone where that is possible, or all records anew."""

    full: bool = Field(default=False, description="Link all records anew: train the model, take all statistics.")


def full_linkage() -> dict[str, Any]:
    """The run configuration of a run that links all records anew."""
    return {"ops": {linkage_key(ASSETS["features"]).to_python_identifier(): {"config": {"full": True}}}}


def _stage_asset(catalogue: Catalogue, name: str, stage: Stage, deps: list[dg.AssetKey]) -> dg.AssetsDefinition:
    def run(installation: Installation, *, full: bool) -> dg.MaterializeResult:
        start = time.perf_counter()
        with installation.step(f"linkage {name}") as connection:
            task = judged_task(connection, linkage_task(catalogue, installation), installation)
            report = stage(connection, replace(task, rebuild=full))
            spent = {"seconds": round(time.perf_counter() - start, 3)}
            plots = linkage_plots(connection, name, task.places.edges, task.places.clusters)
        return dg.MaterializeResult(metadata={**_told(report), **spent, **plots})

    def first_asset(config: LinkageConfig, installation: Installation) -> dg.MaterializeResult:
        with step(f"linkage {name}"):
            require_records(catalogue, installation.layout)
        return run(installation, full=config.full)

    def stage_asset(installation: Installation) -> dg.MaterializeResult:
        return run(installation, full=False)

    as_asset = dg.asset(
        key=linkage_key(ASSETS[name]),
        deps=deps,
        pool=MEMORY,
        group_name="linkage",
        kinds={"duckdb", "parquet"},
        owners=["team:registry"],
        tags={"personal_data": "pseudonym"},
        description=stage.__doc__,
    )
    return as_asset(first_asset if name == "features" else stage_asset)


def linkage_task(catalogue: Catalogue, installation: Installation) -> Task:
    """The linkage of all contracts with persons, under the model of the settings, before any judgement."""
    layout, contracts = installation.layout, catalogue.with_persons
    model = load_model(installation.settings.model)
    parameters = installation.settings.parameters or model.parameters
    return Task(
        records=read_table(RECORDS, *(layout.standard(RECORDS, contract.id) for contract in contracts)),
        identifiers=read_table(
            RECORD_IDENTIFIERS, *(layout.standard(RECORD_IDENTIFIERS, contract.id) for contract in contracts)
        ),
        places=Places.under(layout),
        model=model,
        seed=installation.seed,
        duplicate_free=[contract.source for contract in contracts if contract.terms.duplicate_free],
        frozen=FrozenModel.read(Path(parameters)) if parameters else None,
    )


def require_records(catalogue: Catalogue, layout: Layout) -> None:
    """Raise `DeliveryError` where no contract with persons has a delivery in use: there is nobody to link."""
    if not any(row_count(layout.deliveries(contract.id)) for contract in catalogue.with_persons):
        reasons = "\n".join(refused(catalogue, layout))
        raise DeliveryError(f"No contract with persons has a delivery that can be used.\n{reasons}")


def judged_task(connection: duckdb.DuckDBPyConnection, task: Task, installation: Installation) -> Task:
    """The same task with the judgements that stand."""
    judged = standing(read_judgements(judgements_path(installation.layout)))
    if not judged:
        return task
    relation = judgements_relation(connection, judged)
    return replace(task, judgements=effective(relation, task.records))


def _told(report: Any) -> dict[str, Any]:
    """A stage's report in numbers, as the UI shows them."""
    if isinstance(report, BlockingReport):
        return {"pairs": report.pairs, "passes": _passes(report)}
    if isinstance(report, Parameters):
        return asdict(report.trained_on) | {f"share {each.name}": each.share for each in report.classes}
    if is_dataclass(report) and not isinstance(report, type):
        return asdict(report)
    return dict(report) if isinstance(report, dict) else {"pairs": report}


def _passes(report: BlockingReport) -> dg.MetadataValue:
    heading = (
        "| pass | pairs | largest block kept | blocks refined | blocks skipped | records skipped |\n"
        "|---|--:|--:|--:|--:|--:|"
    )
    rows = (
        f"| {each.name} | {each.pairs:,} | {each.cap:,} | {each.refined_blocks:,} | {each.skipped_blocks:,} "
        f"| {each.skipped_records:,} |"
        for each in report.passes
    )
    return dg.MetadataValue.md("\n".join((heading, *rows)))
