"""Everything Dagster knows of this project, made from the contracts in `PADRON_SOURCES`."""

import dagster as dg

from pipelines.automation import automation_definitions
from pipelines.beginning import told_first
from pipelines.checked_contracts import checked_catalogue
from pipelines.defs.auditing import auditing_definitions
from pipelines.defs.coordination import coordination_definitions
from pipelines.defs.evaluation import evaluation_definitions
from pipelines.defs.intake import intake_definitions
from pipelines.defs.linkage import linkage_definitions
from pipelines.defs.marts import mart_definitions
from pipelines.defs.periods import period_definitions
from pipelines.defs.quality import quality_definitions
from pipelines.defs.registry import registry_definitions
from pipelines.defs.release import release_definitions
from pipelines.defs.reporting import reporting_definitions
from pipelines.following import following
from pipelines.progress import progress_logger
from pipelines.punctuality import intake_definitions_by_time
from pipelines.resources import Installation
from sources.purposes import bind_purposes
from warehouse.published.registry import BOUND, EVENT_KINDS
from warehouse.settings import Settings

PATIENCE_SECONDS = 6 * 3600.0
"""How long a run of the daemon waits for one from the command line; the longest builds take less."""


def build_definitions(settings: Settings, patience_seconds: float = 0.0) -> dg.Definitions:
    """The definitions for the contracts of `settings`; raises `ContractError` with all their faults.

    A run waits `patience_seconds` for another one that works in the same home.
    """
    catalogue = checked_catalogue(settings.sources)
    bind_purposes(catalogue, BOUND, EVENT_KINDS)
    return dg.Definitions.merge(
        intake_definitions(catalogue),
        period_definitions(catalogue),
        following(
            linkage_definitions(catalogue),
            registry_definitions(catalogue),
            mart_definitions(catalogue),
            coordination_definitions(catalogue),
            evaluation_definitions(catalogue),
        ),
        quality_definitions(catalogue),
        auditing_definitions(catalogue),
        reporting_definitions(catalogue),
        intake_definitions_by_time(catalogue),
        release_definitions(catalogue),
        automation_definitions(catalogue, settings.watch_seconds),
        dg.Definitions(
            resources={"installation": Installation.of(settings, patience_seconds)},
            loggers={"progress": progress_logger},
            executor=dg.in_process_executor,
        ),
    )


@dg.definitions
def defs() -> dg.Definitions:
    """The code location that `dagster` loads."""
    with told_first():
        return build_definitions(Settings.from_environment(), PATIENCE_SECONDS)
