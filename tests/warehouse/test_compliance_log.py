"""A judgement that a later delivery mends is mended, and the log says what it was and which delivery did it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import duckdb
import pytest

from warehouse.history.compliance_log import write_compliance_log
from warehouse.history.segments import settle_history, stage_segment
from warehouse.layout import Layout
from warehouse.manifest import MadeOf
from warehouse.published.corrections import COMPLIANCE_CORRECTIONS
from warehouse.published.people import CHANGES
from warehouse.published.reference import DELIVERIES
from warehouse.published.sectors import COMPLIANCE
from warehouse.release.publishing import publish
from warehouse.settings import Settings
from warehouse.storage import no_rows, read_rows, write_rows, write_table
from warehouse.tables import EVENTS

START = datetime(2026, 11, 1, tzinfo=UTC)
SMALL = (COMPLIANCE, DELIVERIES, COMPLIANCE_CORRECTIONS, CHANGES)
Judged = tuple[str, str, float | None, str]
"""A child, the status, what was measured, and the delivery that told it."""

Told = tuple[str, float | None]


def judgement(child: str, status: str, value: float | None, delivery: str) -> dict[str, Any]:
    return {
        "entity_id": child, "programme": "xx.families", "version": "1", "rule_id": "attendance", "period": "2026-09",
        "period_start": date(2026, 9, 1), "period_end": date(2026, 9, 30), "status": status, "value": value,
        "comparator": "at_least", "threshold": 0.85, "evidence_count": int(value is not None),
        "evidence": [] if value is None else [f"event of {child}"], "reason": "", "rule_status": "unverified",
        "citation": "An act",
    }  # fmt: skip


def evidence(child: str, delivery: str) -> dict[str, Any]:
    return {
        "event_id": f"event of {child}", "record_id": "r", "source": "school", "contract_id": "school.days",
        "delivery_id": delivery, "as_of_date": date(2026, 10, int(delivery[-1])), "kind": "attendance", "faults": [],
    }  # fmt: skip


def delivered(name: str) -> dict[str, Any]:
    counts = {"rows_delivered": 1, "rows_accepted": 1, "rows_quarantined": 0}
    return {"contract_id": "school.days", "delivery_id": name, "sha256": name, "replaces": [], **counts}


@pytest.fixture
def released(connection: duckdb.DuckDBPyConnection, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A function that publishes judgements and returns the release's id and its log of corrections."""
    # these tables lack what they refer to
    monkeypatch.setattr("warehouse.release.publishing.audit_staged", lambda *_: None)
    layout = Layout(settings.home)
    moments = iter(START + timedelta(days=day) for day in range(9))

    def release(*judged: Judged) -> tuple[str, list[dict[str, Any]]]:
        write_rows(connection, COMPLIANCE, [judgement(*each) for each in judged], layout.mart(COMPLIANCE))
        names = sorted({each[3] for each in judged})
        write_rows(connection, DELIVERIES, [delivered(name) for name in names], layout.mart(DELIVERIES))
        write_table(connection, CHANGES, f"select * from {no_rows(CHANGES)}", layout.mart(CHANGES))
        told = [evidence(child, delivery) for child, _, value, delivery in judged if value is not None]
        events = layout.standard(EVENTS, "school.days")
        write_rows(connection, EVENTS, told, events)
        write_compliance_log(connection, layout, [events])
        tables = {table: layout.mart(table) for table in SMALL}
        stage_segment(connection, layout, tables)
        manifest = publish(settings, tables, MadeOf({}), "1", lambda: next(moments))
        settle_history(layout)
        return manifest.release_id, read_rows(COMPLIANCE_CORRECTIONS, layout.mart(COMPLIANCE_CORRECTIONS))

    return release


@pytest.mark.parametrize(
    ("before", "after", "correction", "deliveries"),
    [
        pytest.param(("non_compliant", 0.5), ("compliant", 0.9), "mended", ["school.days d2"], id="wrongly recorded"),
        pytest.param(("non_compliant", None), ("compliant", 0.9), "mended", ["school.days d2"], id="silence was late"),
        pytest.param(("non_compliant", 0.5), ("exempt", 0.5), "mended", ["school.days d2"], id="a reason came after"),
        pytest.param(("compliant", 0.9), ("non_compliant", 0.5), "found", ["school.days d2"], id="the other way round"),
        pytest.param(("not_reported", None), ("compliant", 1.0), "told_late", ["school.days d2"], id="told at last"),
        pytest.param(("non_compliant", 0.5), ("not_reported", None), "withdrawn", [], id="taken back"),
        pytest.param(("compliant", 0.9), ("exempt", 0.9), "changed", ["school.days d2"], id="neither good nor bad"),
    ],
)
def test_a_later_delivery_mends_and_is_named(
    released: Any, before: Told, after: Told, correction: str, deliveries: list[str]
) -> None:
    first, log = released(("a", *before, "d1"), ("b", "compliant", 1.0, "d1"))
    assert log == []
    _, log = released(("a", *after, "d2"), ("b", "compliant", 1.0, "d1"))
    (row,) = log
    assert (row["entity_id"], row["old_status"], row["new_status"]) == ("a", before[0], after[0])
    assert (row["old_value"], row["new_value"]) == (before[1], after[1])
    assert (row["correction"], row["deliveries"], row["since_release_id"]) == (correction, deliveries, first)
    assert row["as_of_date"] == (date(2026, 10, 2) if deliveries else None)


def test_the_log_keeps_what_was_logged(released: Any) -> None:
    first, _ = released(("a", "non_compliant", 0.5, "d1"))
    second, _ = released(("a", "compliant", 0.9, "d2"))
    _, log = released(("a", "non_compliant", 0.8, "d3"))
    assert [(row["since_release_id"], row["correction"]) for row in log] == [(first, "mended"), (second, "found")]


def test_the_same_again_logs_nothing_new(released: Any) -> None:
    released(("a", "non_compliant", 0.5, "d1"))
    second, log = released(("a", "compliant", 0.9, "d2"))
    assert released(("a", "compliant", 0.9, "d2")) == (second, log)


def test_another_value_with_the_same_judgement_is_no_correction(released: Any) -> None:
    released(("a", "compliant", 0.9, "d1"))
    assert released(("a", "compliant", 1.0, "d2"))[1] == []
