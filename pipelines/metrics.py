"""What an installation tells Prometheus of itself: counts, ages and seconds, read from the home when it is asked."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from typing import Any

import dagster as dg
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from pipelines.instance import open_instance
from pipelines.stamp import WHOLE_RUN
from warehouse.layout import Layout
from warehouse.manifest import Manifest, read_manifest
from warehouse.release.database import read_only
from warehouse.settings import Settings

Labelled = Iterable[tuple[tuple[str, ...], float]]

AGES = "select contract_id, as_of_date, overdue_from, is_overdue, refused_count from source_ages order by 1"
ROWS = """
select contract_id, sum(rows_delivered), sum(rows_accepted), sum(rows_quarantined) from deliveries group by 1 order by 1
"""


class HomeCollector(Collector):
    """The metrics of one home."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def collect(self) -> Iterable[Metric]:
        """Everything that can be told now; a home without a release tells of its runs alone."""
        manifest = read_manifest(Layout(self.settings.home))
        if manifest is not None:
            yield from _of_release(manifest)
            yield from _of_deliveries(Layout(self.settings.home))
        with open_instance(self.settings) as instance:
            yield from _of_last_run(instance)


def _of_release(manifest: Manifest) -> Iterable[Metric]:
    published = datetime.fromisoformat(manifest.published_at).timestamp()
    labels = ((manifest.release_id, manifest.code_version), published)
    yield _gauge(
        "release_published_timestamp_seconds", "When the release was published.", ("release", "code"), [labels]
    )
    rows = (((name,), float(table.rows)) for name, table in manifest.tables.items())
    yield _gauge("table_rows", "Rows of a published table.", ("table",), rows)


def _of_deliveries(layout: Layout) -> Iterable[Metric]:
    with read_only(layout) as connection:
        if not connection.sql("select 1 from duckdb_views() where view_name = 'source_ages'").fetchall():
            return  # a release that an older program published, and somebody went back to
        ages, rows = connection.sql(AGES).fetchall(), connection.sql(ROWS).fetchall()
    of = ("contract",)
    as_of = [((contract,), _midnight(day)) for contract, day, *_ in ages if day]
    yield _gauge("delivery_as_of_timestamp_seconds", "The day that the newest delivery in use describes.", of, as_of)
    overdue = [((contract,), float(bool(late))) for contract, _, _, late, _ in ages]
    yield _gauge("delivery_is_overdue", "1 where the next delivery should have come.", of, overdue)
    refused = [((contract,), float(count)) for contract, *_, count in ages]
    yield _gauge("deliveries_refused", "Newer deliveries than the one in use, which were refused.", of, refused)
    fates = ("delivered", "accepted", "quarantined")
    counted = [
        ((contract, fate), float(n)) for contract, *counts in rows for fate, n in zip(fates, counts, strict=True)
    ]
    yield _gauge(
        "delivery_rows", "Rows of the deliveries in use, by what became of them.", ("contract", "fate"), counted
    )


def _of_last_run(instance: dg.DagsterInstance) -> Iterable[Metric]:
    """The last whole run that has ended: how, when, each step's seconds, and what its checks came to."""
    ended = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE]
    filters = dg.RunsFilter(job_name=WHOLE_RUN, statuses=ended)
    for record in instance.get_run_records(filters, limit=1):
        run = record.dagster_run
        yield _gauge("last_run_is_success", "1 where the last whole run succeeded.", (), [((), float(run.is_success))])
        yield _gauge("last_run_end_timestamp_seconds", "When it ended.", (), [((), record.end_time or 0.0)])
        yield _gauge("last_run_seconds", "How long it took.", (), [((), _lasted(record.start_time, record.end_time))])
        steps = [
            ((stats.step_key,), _lasted(stats.start_time, stats.end_time)) for stats in _steps(instance, run.run_id)
        ]
        yield _gauge("last_run_step_seconds", "How long each of its steps took.", ("step",), steps)
        checks = _checks(instance, run.run_id)
        yield _gauge("last_run_checks", "Its checks, by what they came to.", ("result",), checks)
    filters = dg.RunsFilter(job_name=WHOLE_RUN, statuses=[dg.DagsterRunStatus.SUCCESS])
    for record in instance.get_run_records(filters, limit=1):
        last = [((), record.end_time or 0.0)]
        yield _gauge("last_success_timestamp_seconds", "When a whole run last succeeded.", (), last)


def _steps(instance: dg.DagsterInstance, run_id: str) -> Iterable[Any]:
    return (stats for stats in instance.get_run_step_stats(run_id) if stats.start_time and stats.end_time)


def _checks(instance: dg.DagsterInstance, run_id: str) -> Labelled:
    counts = dict.fromkeys(("passed", "warning", "failed", "not evaluated"), 0)
    for entry in instance.all_logs(run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION):
        if entry.dagster_event is not None:
            counts[_result(entry.dagster_event.asset_check_evaluation_data)] += 1
    return [((result,), float(count)) for result, count in counts.items()]


def _result(check: Any) -> str:
    told = check.metadata.get("is evaluated")
    if told is not None and not told.value:
        return "not evaluated"
    if check.passed:
        return "passed"
    return "warning" if check.severity == dg.AssetCheckSeverity.WARN else "failed"


def _lasted(start: float | None, end: float | None) -> float:
    return round(end - start, 3) if start and end else 0.0


def _midnight(day: date) -> float:
    return datetime.combine(day, time(), UTC).timestamp()


def _gauge(name: str, help_: str, labels: tuple[str, ...], values: Labelled) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"padron_{name}", help_, labels=labels)
    for given, value in values:
        family.add_metric(given, value)
    return family
