"""Run a job in this process, with a progress bar, and tell what became of it."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import dagster as dg
from dagster import AssetCheckEvaluation
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from pipelines.failures import failures
from pipelines.instance import open_instance
from pipelines.scrubbing import scrubbed
from warehouse.settings import Settings

PROGRESS_LOGGER = "padron.progress"
"""Dagster's events reach this process's terminal through this logger, and no other way."""


@dataclass(frozen=True)
class JobOutcome:
    """What a run came to: its failures in words, and how many checks passed of how many."""

    run_id: str
    failures: tuple[str, ...]
    checks_passed: int
    checks_total: int
    warnings: tuple[str, ...]
    not_evaluated: int = 0


@dg.logger(None, description="Step events of a run started from the command line.")
def progress_logger(_context: dg.InitLoggerContext) -> logging.Logger:
    """The logger that Dagster reports a run's events to."""
    logger = logging.getLogger(PROGRESS_LOGGER)
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    return logger


def run_job(
    definitions: dg.Definitions,
    name: str,
    settings: Settings,
    console: Console,
    config: Mapping[str, Any] | None = None,
) -> JobOutcome:
    """Run the job `name` of `definitions`, with run configuration if there is any, and wait for its end.

    Raises `RegistryError` where not a step but the run's history meets a limit, such as a disk that is full.
    """
    job = definitions.resolve_job_def(name)
    bar = _progress_bar(console, len(job.graph.nodes))
    with scrubbed(f"run of {name}"), open_instance(settings) as instance, bar:
        result = job.execute_in_process(
            instance=instance, raise_on_error=False, run_config={"loggers": {"progress": {}}, **(config or {})}
        )
    return _outcome(result)


class _ProgressHandler(logging.Handler):
    def __init__(self, progress: Progress, steps: int) -> None:
        super().__init__()
        self.progress = progress
        self.task = progress.add_task("starting", total=steps)

    def emit(self, record: logging.LogRecord) -> None:
        event = getattr(record, "dagster_event", None)
        if event is None or event.step_key is None:
            return
        if event.is_step_start:
            self.progress.update(self.task, description=event.step_key.replace("__", " "))
        elif event.is_step_success or event.is_step_failure or event.is_step_skipped:
            self.progress.advance(self.task)


@contextmanager
def _progress_bar(console: Console, steps: int) -> Iterator[None]:
    columns = (TextColumn("{task.description:<40.40}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    logger = logging.getLogger(PROGRESS_LOGGER)
    with Progress(*columns, console=console, transient=True) as progress:
        handler = _ProgressHandler(progress, steps)
        logger.addHandler(handler)
        try:
            yield
        finally:
            logger.removeHandler(handler)


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
