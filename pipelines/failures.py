"""Why a run failed, in the words of its errors, step by step."""

from collections.abc import Iterable

import dagster as dg
from dagster import DagsterEventType

FAILURES = {DagsterEventType.STEP_FAILURE, DagsterEventType.RUN_FAILURE}
"""The kinds of events that tell of a failure."""


def failures(events: Iterable[dg.DagsterEvent]) -> tuple[str, ...]:
    """Why each failed step failed; of a run that failed outside its steps, why it did."""
    told = list(events)
    steps = [event for event in told if event.is_step_failure]
    if steps:
        return tuple(f"{(event.step_key or '').replace('__', ' ')}: {_reason(event)}" for event in steps)
    return tuple(_reason(event) for event in told if event.is_run_failure)


def _reason(event: dg.DagsterEvent) -> str:
    """The message of the error that everything began with, without the name of its class."""
    data = event.step_failure_data if event.is_step_failure else event.job_failure_data
    error = data.error
    while error and error.cause:
        error = error.cause
    return error.message.partition(": ")[2].strip() if error else event.message or "no reason was recorded"
