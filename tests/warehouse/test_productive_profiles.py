"""What a person of working age can do, has and seeks; what nobody tells is named."""

from datetime import date
from typing import Any

import pytest
from sector_world import asked, event, person, source

from warehouse.published.work import PRODUCTIVE_PROFILES
from warehouse.rules.minimum_wage import MinimumWage
from warehouse.rules.pack import Citation

WAGES = [
    MinimumWage(
        country="MX", valid_from=date(2026, 1, 1), monthly=6000, currency="MXN", status="unverified",
        citation=Citation(text="A decree"),
    )
]  # fmt: skip
JOB = event("one", "work", "labour", 1, start_date=date(2026, 2, 1), amount=9000.0, currency="MXN")
ENROLLED = event("one", "enrolment", "roll", 1, programme="families", start_date=date(2020, 1, 1))


def answer(question: str, value: float) -> dict[str, Any]:
    day = date(2026, 1, 1)
    return event("one", "answer", "survey", len(question), unit=question, amount=value, start_date=day)


def profile(*events: dict[str, Any], born: int = 1990, **values: Any) -> list[dict[str, Any]]:
    who = person("one", date(born, 1, 1), country="MX", **values)
    sources = [source("labour", "work", False), source("survey", "answer", False)]
    return asked(PRODUCTIVE_PROFILES, [], [who], events, sources, (), WAGES)


def test_what_nobody_tells_is_unknown_and_named() -> None:
    (row,) = profile()
    assert row["unknown"] == [
        "work", "occupation", "education", "training", "assets", "job_search", "area", "poverty_score"
    ]  # fmt: skip
    assert (row["is_at_work"], row["seeks_work"], row["is_rural_worker"], row["programmes"]) == (None, None, None, [])


@pytest.mark.parametrize(
    ("occupation", "education", "titles"),
    [
        ("7112", "35", ("Bricklayers and related workers", "Craft and related trades workers",
                        "Upper secondary education, vocational")),
        ("61", "3", ("Market-oriented skilled agricultural workers",
                     "Skilled agricultural, forestry and fishery workers", "Upper secondary education")),
        ("0", "0", ("Armed forces occupations", "Armed forces occupations", "Less than primary education")),
        (None, None, (None, None, None)),
    ],
)  # fmt: skip
def test_occupation_and_education_are_shown_by_their_titles(
    occupation: str | None, education: str | None, titles: tuple[str | None, ...]
) -> None:
    (row,) = profile(occupation=occupation, education_level=education)
    assert (row["occupation_title"], row["occupation_group"], row["education_title"]) == titles


@pytest.mark.parametrize(
    ("events", "values", "is_rural_worker"),
    [
        ([JOB], {"occupation": "6"}, True),
        ([JOB], {"occupation": "6130"}, True),
        ([JOB], {"occupation": "9"}, None),
        ([JOB, answer("rural", 1)], {"occupation": "9"}, True),
        ([JOB, answer("rural", 0)], {"occupation": "9"}, False),
        ([JOB, answer("rural", 0)], {}, None),
        ([answer("rural", 1)], {"occupation": "6"}, None),
        ([{**JOB, "end_date": date(2026, 9, 30)}], {"occupation": "6"}, None),
    ],
)
def test_rural_workers(events: list[dict[str, Any]], values: dict[str, Any], is_rural_worker: bool | None) -> None:
    (row,) = profile(*events, **values)
    assert row["is_rural_worker"] is is_rural_worker


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([ENROLLED, answer("seeks_work", 1)], True),
        ([ENROLLED, answer("seeks_work", 0)], False),
        ([ENROLLED], False),
        ([answer("seeks_work", 1)], False),
        ([ENROLLED, answer("seeks_work", 1), JOB], False),
        ([{**ENROLLED, "end_date": date(2026, 1, 1)}, answer("seeks_work", 1)], False),
    ],
)
def test_who_could_be_offered_work(events: list[dict[str, Any]], expected: bool) -> None:
    (row,) = profile(*events)
    assert row["is_for_employment_service"] is expected


def test_a_wage_is_held_against_the_minimum_wage() -> None:
    (row,) = profile(JOB)
    assert (row["minimum_wage_ratio"], row["rule_status"]) == (1.5, "unverified")
    (foreign,) = profile({**JOB, "currency": "USD"})
    assert foreign["minimum_wage_ratio"] is None


@pytest.mark.parametrize(("born", "rows"), [(2012, 0), (2011, 1), (1957, 1), (1956, 0)])
def test_working_age(born: int, rows: int) -> None:
    assert len(profile(born=born)) == rows
