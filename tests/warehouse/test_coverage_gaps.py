"""Guarantees that are met, unmet, or of which nothing is known: whose silence tells what, and where."""

from datetime import date
from typing import Any

import pytest
from sector_world import TODAY, asked, event, person, record, source

from warehouse.published.sectors import COVERAGE_GAPS
from warehouse.rules.pack import Pack

FLOOR = Pack.model_validate({
    "programme": "xx.floor", "version": "1", "name": "Floor", "country": "INT",
    "rules": [{
        "id": "older_persons", "title": "Income for the old", "kind": "guarantee", "domain": "income", "age_min": 65,
        "metric": "basic_income_security", "comparator": "at_least", "threshold": 1, "period": "once",
        "met_by": ["enrolment", "contribution"], "status": "unverified", "citation": {"text": "A recommendation"},
    }],
})  # fmt: skip
WHO = person("one", date(1950, 1, 1), country="MX", region="15", municipality="15001")
SEEN = record("one", "roll", updated_date=date(2026, 1, 1))
ROLL = source("roll", "", False, role="persons", sector="social_development")
NATION = source("nation", "enrolment", True, territory="MX")
INSURANCE = source("insurance", "contribution", True, territory="MX")
BOTH = [NATION, INSURANCE]


def told(
    sources: list[dict[str, Any]], *events: dict[str, Any], who: dict[str, Any] = WHO, seen: dict[str, Any] = SEEN
) -> dict[str, Any]:
    (row,) = asked(COVERAGE_GAPS, [FLOOR], [who], events, [ROLL, *sources], [seen])
    assert (row["guarantee"], row["rule_status"], row["citation"]) == (
        "older_persons", "unverified", "A recommendation",
    )  # fmt: skip
    return row


REGION = source("region", "enrolment", False, territory="15")
STANDING = {
    "both are complete": (BOTH, WHO, "unmet"),
    "one may know what it does not deliver": ([NATION, {**INSURANCE, "is_complete": False}], WHO, "unknown"),
    "nobody would know of contributions": ([NATION], WHO, "unknown"),
    "a second roll there is not complete": ([*BOTH, REGION], WHO, "unknown"),
    "a second roll elsewhere is not complete": ([*BOTH, {**REGION, "territory": "20"}], WHO, "unmet"),
    "a second roll is complete too": ([*BOTH, {**REGION, "is_complete": True}], WHO, "unmet"),
    "a second roll may not be asked": ([*BOTH, {**REGION, "purposes": ["registry"]}], WHO, "unmet"),
    "complete in another region": ([NATION, {**INSURANCE, "territory": "20"}], WHO, "unknown"),
    "complete in the municipality": ([NATION, {**INSURANCE, "territory": "15001"}], WHO, "unmet"),
    "complete from next month on": ([NATION, {**INSURANCE, "complete_since": date(2026, 11, 1)}], WHO, "unknown"),
    "of a person in another country": (BOTH, {**WHO, "country": "GT", "region": None, "municipality": None}, "unknown"),
    "of a person whose place nobody tells": (
        BOTH, {**WHO, "country": None, "region": None, "municipality": None}, "unmet"
    ),
}  # fmt: skip


@pytest.mark.parametrize(("sources", "who", "status"), STANDING.values(), ids=STANDING)
def test_silence_tells_where_every_source_that_might_know_is_complete(
    sources: list[dict[str, Any]], who: dict[str, Any], status: str
) -> None:
    row = told(sources, who=who)
    assert (row["status"], row["met_by"], row["sources"]) == (status, [], [])


def test_a_source_that_has_not_delivered_is_not_silent() -> None:
    undelivered = {**INSURANCE, "delivers": False}
    assert told([NATION, undelivered])["status"] == "unknown"


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"start_date": date(2020, 1, 1)}, "met"),
        ({"start_date": date(2020, 1, 1), "end_date": date(2026, 7, 31)}, "met"),
        ({"start_date": date(2020, 1, 1), "end_date": date(2026, 7, 30)}, "unmet"),
        ({"start_date": date(2026, 11, 1)}, "unmet"),
        ({}, "met"),
    ],
)
def test_an_answer_counts_for_three_months(values: dict[str, Any], status: str) -> None:
    row = told(BOTH, event("one", "enrolment", "nation", 1, programme="x", **values))
    assert row["status"] == status
    assert row["met_by"] == (["enrolment"] if status == "met" else [])


def test_an_answer_counts_whoever_is_not_complete() -> None:
    assert told([REGION], event("one", "enrolment", "region", 1, start_date=TODAY))["status"] == "met"


@pytest.mark.parametrize(("updated", "status"), [(date(2016, 10, 31), "unmet"), (date(2016, 10, 30), "unknown")])
def test_silence_tells_nothing_of_who_was_not_seen_in_ten_years(updated: date, status: str) -> None:
    assert told(BOTH, seen={**SEEN, "updated_date": updated})["status"] == status
