"""Why a run failed, in the words of its errors, step by step."""

from collections.abc import Iterable, Sequence
from typing import Any

import dagster as dg
from dagster import DagsterEventType

from warehouse.errors import RegistryError

FAILURES = {DagsterEventType.STEP_FAILURE, DagsterEventType.RUN_FAILURE}
"""The kinds of events that tell of a failure."""

CHECK_FAILED = "DagsterAssetCheckFailedError"
"""Dagster's error that names the checks that block; it holds nothing else."""

INTERRUPTED = "DagsterExecutionInterruptedError"
"""Dagster's error in a step whose process is told to end."""


class RunError(RegistryError):
    """A run ended before its last step; `reasons` say why each failed step did."""

    def __init__(self, run_id: str, job: str, reasons: Sequence[str]) -> None:
        self.run_id, self.job, self.reasons = run_id, job, tuple(reasons)
        super().__init__("The run did not finish; the release before it stays.\n" + "\n".join(reasons))


def failures(events: Iterable[dg.DagsterEvent]) -> tuple[str, ...]:
    """Why each failed step failed; of a run that failed outside its steps, why it did."""
    told = list(events)
    steps = [event for event in told if event.is_step_failure]
    if steps:
        return tuple(f"{(event.step_key or '').replace('__', ' ')}: {reason_of(event)}" for event in steps)
    return tuple(reason_of(event) for event in told if event.is_run_failure)


def reason_of(event: dg.DagsterEvent) -> str:
    """The message of the error that everything began with.

    The errors of this project hold no person's value; the text of any other one is withheld.
    """
    chain = _chain(event)
    known = [each for each in chain if each.cls_name in {CHECK_FAILED, *_own(RegistryError)}]
    if known:
        return str(known[0].message).partition(": ")[2].strip()
    if not chain:
        return str(event.message or "no reason was recorded")
    return f"{chain[-1].cls_name}; its text is withheld, for it may quote a person's value"


def _chain(event: dg.DagsterEvent) -> list[Any]:
    """The error that Dagster tells of, and what caused it, one after another; none where a run was killed."""
    data = event.step_failure_data if event.is_step_failure else event.job_failure_data
    chain, error = [], data.error if data else None
    while error:
        chain.append(error)
        error = error.cause
    return chain


def _own(kind: type[RegistryError]) -> set[str]:
    """The names of the errors of this project."""
    return {kind.__name__}.union(*(_own(each) for each in kind.__subclasses__()))


def was_interrupted(instance: dg.DagsterInstance, job: str) -> bool:
    """Whether the last run of `job` was killed or stopped from outside, and failed of nothing that it met."""
    runs = instance.get_runs(dg.RunsFilter(job_name=job), limit=1)
    if not runs or runs[0].status != dg.DagsterRunStatus.FAILURE:
        return False
    records = instance.get_records_for_run(runs[0].run_id, of_type=FAILURES).records
    events = [event for record in records if (event := record.event_log_entry.dagster_event)]
    return all(_is_interruption(event) for event in events)


def _is_interruption(event: dg.DagsterEvent) -> bool:
    names = [error.cls_name for error in _chain(event)]
    return not names or INTERRUPTED in names
