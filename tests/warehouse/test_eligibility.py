"""Who is eligible and not enrolled, and who is enrolled and not eligible, by age and by lines of income or score."""

from datetime import date
from typing import Any

import pytest
from sector_world import asked, event, member, person, record, source

from warehouse.published.sectors import ELIGIBILITY
from warehouse.rules.pack import Pack

LAW = {"period": "once", "status": "unverified", "citation": {"text": "A law"}}
AGE = {
    "id": "age", "title": "From 65 years", "kind": "eligibility", "domain": "social_security", "age_min": 65,
    "metric": "age", "comparator": "at_least", "threshold": 65, **LAW,
}  # fmt: skip
INCOME = {
    "id": "income", "title": "At most 1000 a head", "kind": "eligibility", "unit": "household", "domain": "income",
    "metric": "income_per_capita", "comparator": "at_most", "threshold": 1000, "currency": "MXN", **LAW,
}  # fmt: skip
SCORE = {**INCOME, "id": "score", "metric": "poverty_score", "threshold": -0.3}
ELDERS = {**AGE, "id": "elders", "title": "One is 16", "unit": "household", "threshold": 16, "age_min": None}
PLACE = {**INCOME, "id": "place", "metric": "months_of_residence", "threshold": 6}

WHO = person("one", date(1950, 1, 1), country="MX")
YOUNG = person("one", date(2015, 1, 1), country="MX")
SEEN = record("one", "roll", updated_date=date(2026, 1, 1))
HOME = [member("H", "one")]
SOURCES = [
    source("roll", "", True, role="persons", sector="social_development"), source("paid", "enrolment", False),
    source("survey", "answer", False, source="roll"), source("jobs", "work", False),
]  # fmt: skip


def earns(amount: float) -> list[dict[str, Any]]:
    """What the household of one declared."""
    return [answered("household_income", amount), answered("residents", 1)]


def answered(question: str, value: float) -> dict[str, Any]:
    known = {"unit": question, "amount": float(value), "start_date": date(2026, 1, 1), "currency": "MXN"}
    return event("one", "answer", "survey", len(question), record_id="roll-one-1", **known)


WAGE = event("one", "work", "jobs", 1, start_date=date(2020, 1, 1), amount=5000.0, currency="MXN")
ENROLLED = event("one", "enrolment", "paid", 1, programme="x", start_date=date(2020, 1, 1))
OTHERS = event("other", "enrolment", "paid", 2, programme="x", start_date=date(2020, 1, 1))


def status(
    rules: list[dict[str, Any]], *events: dict[str, Any], who: dict[str, Any] = WHO, kin: list[dict[str, Any]] = HOME,
    others: tuple[dict[str, Any], ...] = (), seen: tuple[dict[str, Any], ...] = (SEEN,),
) -> tuple[str | None, str | None]:  # fmt: skip
    """What the table says of the person, and its flag; nothing where it has no row."""
    document = {
        "programme": "mx.x", "version": "1", "name": "Some", "country": "MX", "delivered_as": ["x"],
        "rules": [{name: value for name, value in rule.items() if value is not None} for rule in rules],
    }  # fmt: skip
    pack = Pack.model_validate(document)
    rows = asked(ELIGIBILITY, [pack], [who, *others], [*events, OTHERS], SOURCES, seen, kin=kin)
    told = [(row["status"], row["flag"]) for row in rows if row["entity_id"] == "one"]
    assert all(row["reason"] for row in rows)
    return told[0] if told else (None, None)


CASES = {
    "by age": ([AGE], [], ("eligible_not_enrolled", None)),
    "by age, enrolled": ([AGE], [ENROLLED], ("eligible_enrolled", None)),
    "poor by what was declared": ([INCOME], earns(900), ("eligible_not_enrolled", None)),
    "poor and enrolled": ([INCOME], [*earns(1000), ENROLLED], ("eligible_enrolled", None)),
    "not poor": ([INCOME], earns(1001), (None, None)),
    "not poor, enrolled": ([INCOME], [*earns(1001), ENROLLED], ("enrolled_not_eligible", "review")),
    "no income told": ([INCOME], [], (None, None)),
    "no income told, enrolled": ([INCOME], [ENROLLED], ("enrolled_eligibility_unknown", None)),
    "a wage alone is not all income": ([INCOME], [WAGE, ENROLLED], ("enrolled_eligibility_unknown", None)),
    "a wage contradicts": ([INCOME], [*earns(900), WAGE, ENROLLED], ("enrolled_eligibility_unknown", None)),
    "both hold": ([AGE, INCOME], earns(900), ("eligible_not_enrolled", None)),
    "old, income not told": ([AGE, INCOME], [ENROLLED], ("enrolled_eligibility_unknown", None)),
    "by score": ([SCORE], [answered("poverty_score", -0.3)], ("eligible_not_enrolled", None)),
    "over the score": ([SCORE], [answered("poverty_score", -0.2), ENROLLED], ("enrolled_not_eligible", "review")),
    "a condition that no source tells": ([INCOME, PLACE], [*earns(900), ENROLLED], (None, None)),
}


@pytest.mark.parametrize(("rules", "events", "told"), CASES.values(), ids=CASES)
def test_conditions(rules: list[dict[str, Any]], events: list[dict[str, Any]], told: tuple[str | None, ...]) -> None:
    assert status(rules, *events) == told


def test_too_young_settles_it_whatever_the_income() -> None:
    assert status([AGE, INCOME], ENROLLED, who=YOUNG) == ("enrolled_not_eligible", "review")
    assert status([AGE, INCOME], *earns(900), who=YOUNG) == (None, None)


@pytest.mark.parametrize(
    ("year", "told"),
    [(1960, "eligible_enrolled"), (1961, "enrolled_eligibility_unknown"), (1962, "enrolled_not_eligible")],
)
def test_of_whom_the_year_of_birth_alone_is_known(year: int, told: str) -> None:
    """65 on 31 October 2026 is who was born by that day of 1961."""
    assert status([AGE], ENROLLED, who=person("one", birth_year=year, country="MX"))[0] == told


@pytest.mark.parametrize(
    ("start", "end", "told"),
    [
        (date(2026, 10, 31), None, "eligible_enrolled"),
        (date(2026, 11, 1), None, "eligible_not_enrolled"),
        (None, date(2026, 10, 31), "eligible_enrolled"),
        (None, date(2026, 10, 30), "eligible_not_enrolled"),
    ],
)
def test_enrolled_is_who_is_so_today(start: date | None, end: date | None, told: str) -> None:
    assert status([AGE], {**ENROLLED, "start_date": start, "end_date": end})[0] == told


MOTHER = person("mother", date(1990, 1, 1), country="MX")
AGELESS = person("ageless", country="MX")


@pytest.mark.parametrize(
    ("kin", "told"),
    [
        ([member("H", "one"), member("H", "mother")], "eligible_enrolled"),
        ([member("H", "one"), member("G", "mother")], "enrolled_not_eligible"),
        ([member("G", "mother")], "enrolled_eligibility_unknown"),
        ([member("H", "one"), member("H", "ageless")], "enrolled_eligibility_unknown"),
    ],
)
def test_one_of_the_home_is_old_enough_to_answer_for_it(kin: list[dict[str, Any]], told: str) -> None:
    """Nobody knows who answers for the home; of a home that is not known nobody is told that none could."""
    poor, others = answered("poverty_score", -1), (MOTHER, AGELESS)
    assert status([SCORE, ELDERS], poor, ENROLLED, who=YOUNG, kin=kin, others=others)[0] == told


SCORED = {**SCORE, "id": "scored"}
ROLL = {"household_key": "roll:a", "municipality_std": "01", "updated_date": date(2026, 1, 1)}
THERE = person("one", date(1950, 1, 1), country="MX", municipality="01")
ELSEWHERE = {**THERE, "municipality": "02"}
ASKING = record("asked", "roll", **ROLL)
OVER = {**answered("poverty_score", 0.5), "entity_id": "asked", "record_id": ASKING["record_id"]}
UNDER = {**OVER, "amount": -0.5}


def enrolled(entity: str, number: int) -> dict[str, Any]:
    return event(entity, "enrolment", "paid", number, programme="x", start_date=date(2020, 1, 1))


FAMILY = [enrolled(name, number) for number, name in enumerate(("one", "asked", "far", "near"), start=10)]
AWAY = [record(name, "roll", **{**ROLL, "household_key": "roll:b"}) for name in ("far", "near")]
MINE = record("one", "roll", **ROLL)
LEAVERS = {
    "outside with another of the home": (THERE, [MINE, ASKING], [OVER, *FAMILY], "enrolled_not_eligible"),
    "outside, enrolled alone of the home": (
        THERE, [MINE, ASKING], [OVER, *(e for e in FAMILY if e["entity_id"] != "asked")],
        "enrolled_eligibility_unknown",
    ),
    "within, enrolled alone of the home": (
        THERE, [MINE, ASKING], [UNDER, *(e for e in FAMILY if e["entity_id"] != "asked")], "eligible_enrolled"
    ),
    "outside, and of no home": (
        THERE, [{**MINE, "household_key": None}, ASKING],
        [{**OVER, "entity_id": "one", "record_id": MINE["record_id"]}, *FAMILY], "enrolled_eligibility_unknown",
    ),
    "no programme of whole homes": (THERE, [MINE, ASKING], [OVER, FAMILY[0], FAMILY[2]], "enrolled_not_eligible"),
    "outside, and lives in another municipality": (
        ELSEWHERE, [MINE, ASKING], [OVER, *FAMILY], "enrolled_eligibility_unknown"
    ),
    "within, and lives in another municipality": (
        ELSEWHERE, [MINE, ASKING], [UNDER, *FAMILY], "enrolled_eligibility_unknown"
    ),
    "the answer is from before that home": (
        THERE, [{**MINE, "updated_date": date(2020, 1, 1)}, {**MINE, "record_id": "new", "household_key": "roll:b"},
                ASKING], [OVER, *FAMILY], "enrolled_eligibility_unknown",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("who", "records", "events", "told"), LEAVERS.values(), ids=LEAVERS)
def test_the_score_of_a_home_is_not_that_of_who_has_left_it(
    who: dict[str, Any], records: list[dict[str, Any]], events: list[dict[str, Any]], told: str
) -> None:
    kin = [member("H", name) for name in ("one", "asked")]
    others = tuple(person(name, date(1980, 1, 1), country="MX", municipality="01") for name in ("asked", "far", "near"))
    found = status([SCORED], *events, who=who, kin=kin, others=others, seen=(*records, *AWAY))
    assert found == (told, "review" if told == "enrolled_not_eligible" else None)


@pytest.mark.parametrize(
    ("updated", "told"),
    [
        (date(2016, 10, 31), "eligible_not_enrolled"),
        (date(2016, 10, 30), "eligible_not_seen"),
        (None, "eligible_not_seen"),
    ],
)
def test_whom_no_office_saw_in_ten_years_is_not_told_to_be_left_out(updated: date | None, told: str) -> None:
    seen = (record("one", "roll", updated_date=updated),) if updated else ()
    assert status([AGE], seen=seen)[0] == told
