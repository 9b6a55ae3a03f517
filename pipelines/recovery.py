"""The sensor that ends runs whose processes were killed."""

import dagster as dg

from pipelines.killed import recover
from pipelines.resources import Installation


def recovery_sensor(every_seconds: int) -> dg.SensorDefinition:
    """The sensor that ends runs whose processes were killed, which would hold up every run after them."""

    @dg.sensor(name="recovery", default_status=dg.DefaultSensorStatus.RUNNING, minimum_interval_seconds=every_seconds)
    def recovery(context: dg.SensorEvaluationContext, installation: Installation) -> dg.SkipReason:
        """Mark runs as failed whose processes are no more."""
        ended = recover(installation.settings, context.instance)
        return dg.SkipReason(f"{ended} runs were killed and are marked as failed." if ended else "No run was killed.")

    return recovery
