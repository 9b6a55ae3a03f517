"""When runs start: the jobs, the nightly schedule, and the sensor that watches the landing zone."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg

from pipelines.alerts.sensors import alert_sensors
from pipelines.failures import was_interrupted
from pipelines.following import following_sensor
from pipelines.keys import PERIODS, mart_key
from pipelines.recovery import recovery_sensor
from pipelines.resources import Installation
from pipelines.stamp import WHOLE_RUN, end_run, news
from sources.catalogue import Catalogue
from sources.delivery import delivered_files
from warehouse.published.people import CHANGES
from warehouse.published.registry import PUBLISHED

REGISTRY_JOB = dg.define_asset_job(
    WHOLE_RUN,
    selection=dg.AssetSelection.all() - dg.AssetSelection.key_prefixes(PERIODS),
    executor_def=dg.in_process_executor,
    description="From the landing zone to a published release.",
)

PUBLISH_JOB = dg.define_asset_job(
    "publish",
    selection=dg.AssetSelection.groups("release")
    | dg.AssetSelection.assets(mart_key(CHANGES), ["reports", "release"])
    | dg.AssetSelection.checks_for_assets(*map(mart_key, PUBLISHED)),
    executor_def=dg.in_process_executor,
    description="What the stages hold, audited and published; nothing is taken in, linked or made anew.",
)

LINK_JOB = dg.define_asset_job(
    "link",
    selection=dg.AssetSelection.groups("linkage").upstream().without_checks(),
    executor_def=dg.in_process_executor,
    description="From the landing zone to the spine; nothing is checked or published.",
)


def automation_definitions(catalogue: Catalogue, watch_seconds: int) -> dg.Definitions:
    """Every job, and all that starts one or tells of one."""
    return dg.Definitions(
        jobs=[REGISTRY_JOB, LINK_JOB, PUBLISH_JOB],
        schedules=[nightly_schedule(catalogue)],
        sensors=[
            landing_sensor(catalogue, watch_seconds),
            settled_sensor(),
            recovery_sensor(watch_seconds),
            following_sensor(),
            *alert_sensors(catalogue),
        ],
    )


MOST_TRIES = 5
"""How often the same deliveries have a run start, where each was killed."""
UNCHANGED = "Nothing has changed since the last whole run."


def nightly_schedule(catalogue: Catalogue) -> dg.ScheduleDefinition:
    """Every night at two, a run of everything where anything has changed."""

    @dg.schedule(name="nightly", job=REGISTRY_JOB, cron_schedule="0 2 * * *")
    def nightly(_context: dg.ScheduleEvaluationContext, installation: Installation) -> dg.RunRequest | dg.SkipReason:
        """Every night at two, whatever has arrived; nothing where nothing has changed since the last whole run."""
        return dg.RunRequest() if news(installation.settings, catalogue) else dg.SkipReason(UNCHANGED)

    return nightly


def settled_sensor() -> dg.SensorDefinition:
    """The sensor that makes a run's stamp count once the whole run has succeeded."""

    @dg.run_status_sensor(
        run_status=dg.DagsterRunStatus.SUCCESS,
        name="settled",
        monitored_jobs=[REGISTRY_JOB],
        default_status=dg.DefaultSensorStatus.RUNNING,
        minimum_interval_seconds=30,
    )
    def settled(context: dg.RunStatusSensorContext, installation: Installation) -> None:
        """Note that a whole run has succeeded, so that the next one is left out while nothing changes."""
        end_run(installation.settings, context.dagster_run.run_id)

    return settled


def landing_sensor(catalogue: Catalogue, every_seconds: int) -> dg.SensorDefinition:
    """The sensor that requests a run when a complete new file lies in the landing zone."""

    @dg.sensor(name="landing_zone", job=REGISTRY_JOB, minimum_interval_seconds=every_seconds)
    def landing_zone(
        context: dg.SensorEvaluationContext, installation: Installation
    ) -> Iterator[dg.RunRequest | dg.SkipReason]:
        """Request a run when files have arrived and have stopped growing."""
        seen = json.loads(context.cursor or "{}")
        now = _fingerprints(catalogue, Path(installation.landing))
        context.update_cursor(json.dumps({**seen, "files": now}))
        if not now:
            yield dg.SkipReason("The landing zone is empty.")
        elif now != seen.get("files") and not all(_is_sealed(Path(installation.landing) / name) for name in now):
            yield dg.SkipReason("Files are arriving; a run starts when they have stopped growing.")
        elif (tries := _tries(seen, state := _hash(now), context.instance)) is None:
            yield dg.SkipReason("Nothing new since the last run was requested.")
        else:
            context.update_cursor(json.dumps({"files": now, "requested": state, "tries": tries}))
            has_news = news(installation.settings, catalogue)
            yield dg.RunRequest(run_key=f"{state}-{tries}") if has_news else dg.SkipReason(UNCHANGED)

    return landing_zone


def _tries(seen: dict[str, Any], state: str, instance: dg.DagsterInstance) -> int | None:
    """Which run of that `state` is to be requested now; None where none is.

    A run that was killed is requested again, a few times: that can help. One that failed of its data is not.
    """
    if state != seen.get("requested"):
        return 1
    before = int(seen.get("tries", 1))
    return before + 1 if before < MOST_TRIES and was_interrupted(instance, WHOLE_RUN) else None


def _fingerprints(catalogue: Catalogue, landing: Path) -> dict[str, list[int]]:
    """Size and time of change of every delivered file, by its path within the landing zone."""
    files = {file for contract in catalogue.contracts for file in delivered_files(contract, landing)}
    status = {str(file.relative_to(landing)): file.stat() for file in sorted(files)}
    return {name: [stat.st_size, stat.st_mtime_ns] for name, stat in status.items()}


def _is_sealed(file: Path) -> bool:
    """The sender has put a `.sha256` or `.done` beside the file to say that it is whole."""
    return any(file.with_name(file.name + ending).exists() for ending in (".sha256", ".done"))


def _hash(fingerprints: dict[str, list[int]]) -> str:
    return hashlib.sha256(json.dumps(fingerprints, sort_keys=True).encode()).hexdigest()[:16]
