"""What a contract promises of time, as Dagster knows it: freshness of what is delivered, and when to look for it."""

from datetime import timedelta

import dagster as dg

from pipelines.keys import raw_key, slug, standard_key
from sources.catalogue import Catalogue
from sources.contract import SourceContract
from sources.service_levels import service_levels

SHORTEST = timedelta(minutes=2)


def freshness_policy(contract: SourceContract) -> dg.FreshnessPolicy | None:
    """Late after the promised time between deliveries, overdue after the promised latency too; None where unsaid."""
    levels = service_levels(contract)
    if levels.every is None or levels.stale_after is None or levels.stale_after < SHORTEST:
        return None
    warn = levels.every if timedelta(minutes=1) <= levels.every < levels.stale_after else None
    return dg.FreshnessPolicy.time_window(fail_window=levels.stale_after, warn_window=warn)


def intake_definitions_by_time(catalogue: Catalogue) -> dg.Definitions:
    """For each contract that promises a frequency, a job that takes its deliveries in and the schedule of it."""
    promised = [(contract, service_levels(contract).cron) for contract in catalogue.contracts]
    schedules = [_schedule(contract, cron) for contract, cron in promised if cron]
    return dg.Definitions(schedules=schedules)


def _schedule(contract: SourceContract, cron: str) -> dg.ScheduleDefinition:
    name = slug(contract.id)
    job = dg.define_asset_job(
        f"intake_{name}",
        selection=dg.AssetSelection.assets(raw_key(contract), standard_key(contract)),
        executor_def=dg.in_process_executor,
        description=f"What has arrived of {contract.id}, read, standardised and checked.",
    )
    return dg.ScheduleDefinition(
        name=f"due_{name}",
        job=job,
        cron_schedule=cron,
        description=f"When a delivery of {contract.id} must have come, by its slaProperties.",
    )
