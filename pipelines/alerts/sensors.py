"""The daemon's alerts: of a run that failed, of a delivery that is overdue, and of what could not be sent before."""

from collections.abc import Iterator

import dagster as dg

from pipelines.alerts.alert import run_failed
from pipelines.alerts.deliveries import tell_of_deliveries
from pipelines.alerts.outbox import deliver_outbox, raise_alert, undelivered
from pipelines.alerts.settings import AlertSettings
from pipelines.failures import failures
from pipelines.resources import Installation
from sources.catalogue import Catalogue

EVERY_SECONDS = 60


def alert_sensors(catalogue: Catalogue) -> list[dg.SensorDefinition]:
    """Every sensor that tells somebody something."""
    return [failure_sensor(), delivery_sensor(catalogue), outbox_sensor()]


def failure_sensor() -> dg.SensorDefinition:
    """The sensor that tells of every failed run."""

    @dg.run_failure_sensor(
        name="failed_run", default_status=dg.DefaultSensorStatus.RUNNING, minimum_interval_seconds=EVERY_SECONDS
    )
    def failed_run(context: dg.RunFailureSensorContext, installation: Installation) -> None:
        """Tell by e-mail and webhook why a run failed; no value of any person is in what is told."""
        run = context.dagster_run
        reasons = failures([*context.get_step_failure_events(), context.failure_event])
        raise_alert(
            installation.settings, run_failed(run.run_id, run.job_name, reasons), AlertSettings.from_environment()
        )

    return failed_run


def delivery_sensor(catalogue: Catalogue) -> dg.SensorDefinition:
    """The sensor that tells of deliveries that are overdue or were refused."""

    @dg.sensor(name="deliveries", default_status=dg.DefaultSensorStatus.RUNNING, minimum_interval_seconds=600)
    def deliveries(_context: dg.SensorEvaluationContext, installation: Installation) -> Iterator[dg.SkipReason]:
        """Tell of each delivery that is overdue or could not be used, once."""
        tell_of_deliveries(installation.settings, catalogue, AlertSettings.from_environment())
        yield dg.SkipReason("Whatever is overdue or was refused has been told.")

    return deliveries


def outbox_sensor() -> dg.SensorDefinition:
    """The sensor that sends what no server would take before."""

    @dg.sensor(name="alerts", default_status=dg.DefaultSensorStatus.RUNNING, minimum_interval_seconds=EVERY_SECONDS)
    def alerts(_context: dg.SensorEvaluationContext, installation: Installation) -> Iterator[dg.SkipReason]:
        """Send what is still in the outbox; where a server does not take it, the tick fails and the next one tries."""
        waiting = len(undelivered(installation.settings))
        if waiting:
            deliver_outbox(installation.settings, AlertSettings.from_environment())
        yield dg.SkipReason(f"{waiting} alerts were waiting." if waiting else "No alert is waiting.")

    return alerts
