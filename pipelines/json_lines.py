"""A run told as JSON, one object a line on standard error, for a log collector that watches `padron build`."""

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import dagster as dg
from dagster import DagsterEventType
from rich.console import Console

from pipelines.failures import reason_of
from pipelines.progress import PROGRESS_LOGGER

TOLD = {
    DagsterEventType.RUN_START,
    DagsterEventType.RUN_SUCCESS,
    DagsterEventType.RUN_FAILURE,
    DagsterEventType.STEP_START,
    DagsterEventType.STEP_SUCCESS,
    DagsterEventType.STEP_FAILURE,
    DagsterEventType.STEP_SKIPPED,
}


@contextmanager
def json_lines(_console: Console, _steps: int) -> Iterator[None]:
    """Tell of the run's and of its steps' beginnings and ends, and of checks that fail, while this is open."""
    logger, handler = logging.getLogger(PROGRESS_LOGGER), _JsonHandler()
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)


class _JsonHandler(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        event = getattr(record, "dagster_event", None)
        if event is not None and (told := _told(event)):
            at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
            around = {"at": at, "level": record.levelname.lower(), "job": event.job_name, "step": event.step_key}
            sys.stderr.write(json.dumps({**around, **told}, ensure_ascii=False) + "\n")


def _told(event: dg.DagsterEvent) -> dict[str, Any]:
    """What is told of `event`; nothing of most. No person's value is in a reason, a name or a count."""
    if event.event_type == DagsterEventType.ASSET_CHECK_EVALUATION:
        check = event.asset_check_evaluation_data
        name = f"{check.asset_key.to_user_string()}: {check.check_name}"
        return {} if check.passed else {"event": "check failed", "check": name, "reason": check.description}
    if event.event_type not in TOLD:
        return {}
    reason = {"reason": reason_of(event)} if event.is_step_failure or event.is_run_failure else {}
    return {"event": event.event_type.name.lower().replace("_", " "), **reason}
