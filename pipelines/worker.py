"""The process that executes a run, as the run's own history tells of it."""

from dataclasses import dataclass

import dagster as dg
import psutil

CLOCK_TAKES = 60.0
"""Seconds by which the clock may have been put right between a process's start and what it told."""


@dataclass(frozen=True)
class Worker:
    """A process of this machine: its number, and when it told of itself, in seconds since 1970."""

    pid: int
    told_at: float

    @property
    def is_alive(self) -> bool:
        """Whether it still runs; another process that was given the same number since began later."""
        try:
            process = psutil.Process(self.pid)
            return process.status() != psutil.STATUS_ZOMBIE and process.create_time() < self.told_at + CLOCK_TAKES
        except psutil.NoSuchProcess:
            return False


def worker_of(instance: dg.DagsterInstance, run_id: str) -> Worker | None:
    """The process that last told of itself in the history of the run; None before the first one has."""
    told = instance.get_records_for_run(run_id, of_type=dg.DagsterEventType.ENGINE_EVENT).records
    for entry in reversed([record.event_log_entry for record in told]):
        event = entry.dagster_event
        pid = event.engine_event_data.metadata.get("pid") if event else None
        if pid:
            return Worker(int(str(pid.value)), entry.timestamp)
    return None
