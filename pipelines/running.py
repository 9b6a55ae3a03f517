"""Run a job in this process, shown while it goes on, and tell what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import dagster as dg
from dagster import AssetCheckEvaluation
from rich.console import Console

from pipelines.failures import failures
from pipelines.instance import open_instance
from pipelines.progress import Watch, progress_bar
from pipelines.scrubbing import scrubbed
from warehouse.settings import Settings


@dataclass(frozen=True)
class JobOutcome:
    """What a run came to: its failures in words, and how many checks passed of how many."""

    run_id: str
    failures: tuple[str, ...]
    checks_passed: int
    checks_total: int
    warnings: tuple[str, ...]
    not_evaluated: int = 0


def run_job(
    definitions: dg.Definitions,
    name: str,
    settings: Settings,
    console: Console,
    config: Mapping[str, Any] | None = None,
    watch: Watch = progress_bar,
) -> JobOutcome:
    """Run the job `name` of `definitions`, with run configuration if there is any, and wait for its end.

    Raises `RegistryError` where not a step but the run's history meets a limit, such as a disk that is full.
    """
    job = definitions.resolve_job_def(name)
    shown = watch(console, len(job.graph.nodes))
    with scrubbed(f"run of {name}"), open_instance(settings) as instance, shown:
        result = job.execute_in_process(
            instance=instance, raise_on_error=False, run_config={"loggers": {"progress": {}}, **(config or {})}
        )
    return _outcome(result)


def _outcome(result: dg.ExecuteInProcessResult) -> JobOutcome:
    checks = result.get_asset_check_evaluations()
    failed = [check for check in checks if not check.passed and _is_evaluated(check)]
    silent = sum(not _is_evaluated(check) for check in checks)
    return JobOutcome(
        run_id=result.run_id,
        failures=() if result.success else failures(result.all_events),
        checks_passed=len(checks) - len(failed) - silent,
        checks_total=len(checks),
        not_evaluated=silent,
        warnings=tuple(
            f"{check.asset_key.to_user_string()}: {check.check_name}"
            for check in failed
            if check.severity == dg.AssetCheckSeverity.WARN
        ),
    )


def _is_evaluated(check: AssetCheckEvaluation) -> bool:
    """There was something for the check to judge."""
    told = check.metadata.get("is evaluated")
    return told is None or bool(told.value)
