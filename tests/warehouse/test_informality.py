"""Formal, informal, and what silence cannot tell."""

from datetime import date
from typing import Any

import pytest
from sector_world import asked, event, person, record, source

from warehouse.published.sectors import INFORMALITY
from warehouse.rules.minimum_wage import MinimumWage
from warehouse.rules.pack import Citation

JOB = event("worker", "work", "labour", 1, start_date=date(2026, 2, 1), amount=9000.0, currency="MXN")
PAID = event("worker", "contribution", "insurance", 1, start_date=date(2026, 1, 1), end_date=date(2026, 10, 31))
TAX = record("worker", "tax")
WAGES = [
    MinimumWage(
        country="MX", valid_from=date(year, 1, 1), monthly=monthly, currency="MXN", status="unverified",
        citation=Citation(text="A decree"),
    )
    for year, monthly in ((2025, 5000), (2026, 6000), (2027, 9000))
]  # fmt: skip


def judged(
    events: list[dict[str, Any]],
    status: str | None = None,
    insurance: bool = True,
    tax: bool = True,
    records: tuple[dict[str, Any], ...] = (),
) -> list[dict[str, Any]]:
    sources = [
        source("labour", "work", False), source("insurance", "contribution", insurance, sector="social_security"),
        source("tax", "", tax, sector="finance", role="persons"),
    ]  # fmt: skip
    who = person("worker", date(1990, 1, 1), employment_status=status, country="MX")
    return asked(INFORMALITY, [], [who], events, sources, records, WAGES)


@pytest.mark.parametrize(
    ("events", "options", "status"),
    [
        pytest.param([JOB, PAID], {}, "formal", id="a job and its contributions"),
        pytest.param([JOB], {}, "informal", id="a job, and a complete insurance knows nothing"),
        pytest.param([JOB], {"insurance": False}, "unknown", id="the insurance is not complete"),
        pytest.param([JOB, {**PAID, "end_date": date(2026, 9, 1)}], {}, "formal", id="a month late is tolerated"),
        pytest.param([JOB, {**PAID, "end_date": date(2026, 8, 31)}], {}, "informal", id="two are not"),
        pytest.param([PAID], {}, "formal", id="a contribution tells of work"),
        pytest.param([JOB], {"status": "own_account"}, "informal", id="own account, unknown to all"),
        pytest.param([JOB], {"status": "own_account", "records": (TAX,)}, "formal", id="own account, pays tax"),
        pytest.param([JOB], {"status": "own_account", "tax": False}, "unknown", id="tax is not complete"),
        pytest.param([JOB], {"records": (TAX,)}, "informal", id="an employee's tax makes no job formal"),
        pytest.param([JOB], {"status": "contributing_family_worker", "insurance": False}, "informal", id="family help"),
    ],
)
def test_a_job_is_formal_where_someone_contributes(
    events: list[dict[str, Any]], options: dict[str, Any], status: str
) -> None:
    (row,) = judged(events, **options)
    assert row["status"] == status


@pytest.mark.parametrize(
    "events", [[], [{**JOB, "end_date": date(2026, 9, 30)}], [{**JOB, "start_date": date(2026, 11, 1)}]]
)
def test_who_is_not_known_to_work_is_not_judged(events: list[dict[str, Any]]) -> None:
    assert judged(events) == []


def test_a_wage_is_held_against_the_minimum_in_force() -> None:
    (row,) = judged([JOB])
    assert row["minimum_wage_ratio"] == 1.5
    assert row["rule_status"] == "unverified"
    (foreign,) = judged([{**JOB, "currency": "USD"}])
    assert foreign["minimum_wage_ratio"] is None
