"""Runs that were killed: Dagster still takes them for running, and would start no other after them.

Whoever holds the home's lock runs; while nobody does, no run lives but one that is about to take it. So the lock tells
which run was killed while it held it, and of any other its process does.
"""

from datetime import UTC, datetime, timedelta

import dagster as dg

from pipelines.worker import worker_of
from warehouse.errors import StorageError
from warehouse.lock import only_run
from warehouse.settings import Settings

ALIVE = [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]
SETTLING_TAKES = timedelta(seconds=10)
"""A run's status is left alone for as long: that it has begun, or has ended, is being noted."""
STARTING_TAKES = timedelta(minutes=5)
"""A run that has told of no process of its own after as long was killed before it had one."""
KILLED = "The process of this run was killed, or its machine stopped. What it wrote is made anew by the next run."


def recover(settings: Settings, instance: dg.DagsterInstance) -> int:
    """Mark the runs that were killed as failed, if no run works in the home now; return how many there were."""
    try:
        with only_run(settings) as killed:
            return report_killed(instance, killed) + _report_without_process(instance)
    except StorageError:  # a run is alive
        return 0


def report_killed(instance: dg.DagsterInstance | None, run_id: str) -> int:
    """Mark the run that left its id in the lock as failed, if Dagster takes it for running; free what it claimed."""
    run = instance.get_run_by_id(run_id) if instance and run_id else None
    if instance is None or run is None:
        return 0
    instance.event_log_storage.free_concurrency_slots_for_run(run_id)  # a `dagster.yaml` may have pools by step
    if run.is_finished:
        return 0
    instance.report_run_failed(run, KILLED)
    return 1


def _report_without_process(instance: dg.DagsterInstance) -> int:
    now = datetime.now(UTC)
    settled = instance.get_run_records(dg.RunsFilter(statuses=ALIVE, updated_before=now - SETTLING_TAKES))
    return sum(
        report_killed(instance, record.dagster_run.run_id)
        for record in settled
        if _is_without_process(instance, record, now)
    )


def _is_without_process(instance: dg.DagsterInstance, record: dg.RunRecord, now: datetime) -> bool:
    worker = worker_of(instance, record.dagster_run.run_id)
    return not worker.is_alive if worker else record.update_timestamp < now - STARTING_TAKES
