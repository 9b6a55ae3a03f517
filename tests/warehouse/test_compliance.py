"""Co-responsibilities: what the evidence says, and what silence says only where the source is complete."""

from datetime import date
from typing import Any

import pytest
from sector_world import asked, event, person, source

from warehouse.published.sectors import COMPLIANCE
from warehouse.rules.pack import Pack

CHILD = person("child", date(2015, 5, 5))
ENROLLED = event("child", "enrolment", "programme", 1, programme="families", start_date=date(2020, 1, 1))
ATTENDANCE: dict[str, Any] = {
    "id": "attendance", "title": "Attendance", "kind": "co_responsibility", "domain": "education", "age_min": 6,
    "age_max_exclusive": 18, "metric": "attendance_rate", "comparator": "at_least", "threshold": 0.85,
    "period": "month", "grace": 2, "exempt_reasons": ["ill"], "exempt_education_from": 4, "effect": "review",
    "status": "unverified", "citation": {"text": "An act, art. 1"},
}  # fmt: skip
CHECKUP = {
    **ATTENDANCE, "id": "checkup", "domain": "health", "metric": "checkups", "threshold": 1, "period": "semester",
    "services": ["growth"],
}  # fmt: skip


def pack(*rules: dict[str, Any]) -> Pack:
    document = {"programme": "xx.families", "version": "1", "name": "Families", "country": "MX"}
    return Pack.model_validate({**document, "delivered_as": ["families"], "rules": list(rules)})


def school(month: str, present: float, number: int = 1, entity: str = "child", **more: Any) -> dict[str, Any]:
    return event(entity, "attendance", "school", number, period=month, present=present, enrolled_days=20.0, **more)


def visit(day: date, service: str = "growth", entity: str = "child") -> dict[str, Any]:
    return event(entity, "checkup", "clinic", day.toordinal(), start_date=day, unit=service)


OTHERS = [school(f"2026-{month:02d}", 20, 100 + month, "other") for month in range(1, 11)]
"""The school speaks of others every month, so that its silence about the child is one."""

CLINIC_OTHERS = [visit(date(2026, month, 3), entity="other") for month in range(1, 11)]


def judged(
    rule: dict[str, Any],
    events: list[dict[str, Any]],
    is_complete: bool = False,
    who: dict[str, Any] = CHILD,
    enrolled: dict[str, Any] = ENROLLED,
    **terms: Any,
) -> dict[str, dict[str, Any]]:
    """What is found about the child, by period."""
    sources = [
        source("school", "attendance", is_complete, **terms), source("clinic", "checkup", is_complete, **terms),
        source("programme", "enrolment", True),
    ]  # fmt: skip
    people = [who, person("other", date(2000, 1, 1))]
    rows = asked(COMPLIANCE, [pack(rule)], people, [enrolled, *events], sources)
    assert {row["entity_id"] for row in rows} <= {"child"}, "only the enrolled have duties"
    assert len(rows) == len({row["period"] for row in rows})
    return {row["period"]: row for row in rows}


@pytest.mark.parametrize(
    ("events", "is_complete", "status"),
    [
        pytest.param([school("2026-09", 17)], False, "compliant", id="85 % is enough"),
        pytest.param([school("2026-09", 16.9)], False, "non_compliant", id="less is not"),
        pytest.param([], False, "not_reported", id="silence of a source that is not complete"),
        pytest.param(OTHERS, False, "not_reported", id="it speaks of others, yet is not complete"),
        pytest.param(OTHERS, True, "non_compliant", id="a complete source does not know the child"),
        pytest.param([], True, "not_reported", id="a complete source that delivered nothing for the month"),
        pytest.param([school("2026-09", 10, reason="ill")], False, "exempt", id="a reason that excuses"),
        pytest.param([school("2026-09", 10, reason="bored")], False, "non_compliant", id="one that does not"),
        pytest.param([school("2026-09", 20, 1), school("2026-09", 10, 2)], False, "non_compliant", id="two schools"),
    ],
)
def test_attendance(events: list[dict[str, Any]], is_complete: bool, status: str) -> None:
    row = judged(ATTENDANCE, events, is_complete)["2026-09"]
    assert row["status"] == status
    assert row["flag"] == ("review" if status == "non_compliant" else None)
    assert (row["rule_status"], row["citation"]) == ("unverified", "An act, art. 1")
    assert row["evidence_count"] == len(row["evidence"]) == sum(each["entity_id"] == "child" for each in events)


@pytest.mark.parametrize(
    ("terms", "status"),
    [
        pytest.param({"territory": "MX"}, "non_compliant", id="a whole country"),
        pytest.param({"territory": "15"}, "non_compliant", id="the child's region"),
        pytest.param({"territory": "20"}, "not_reported", id="another region"),
        pytest.param({"complete_since": date(2026, 9, 1)}, "non_compliant", id="since that day"),
        pytest.param({"complete_since": date(2026, 9, 2)}, "not_reported", id="only later"),
    ],
)
def test_silence_counts_where_and_since_when_the_source_is_complete(terms: dict[str, Any], status: str) -> None:
    who = person("child", date(2015, 5, 5), municipality="15001")
    assert judged(ATTENDANCE, OTHERS, True, who, **terms)["2026-09"]["status"] == status


@pytest.mark.parametrize(
    ("other", "status"),
    [
        pytest.param({"is_complete": True}, "non_compliant", id="complete as well"),
        pytest.param({}, "not_reported", id="which may know what the first does not"),
        pytest.param({"territory": "20"}, "non_compliant", id="of another region"),
        pytest.param({"purposes": ["registry"]}, "non_compliant", id="that may not be asked"),
    ],
)
def test_silence_tells_nothing_where_there_is_a_second_source(other: dict[str, Any], status: str) -> None:
    second = source("private", "attendance", False)
    people = [person("child", date(2015, 5, 5), municipality="15001"), person("other", date(2000, 1, 1))]
    sources = [source("school", "attendance", True), {**second, **other}, source("programme", "enrolment", True)]
    rows = asked(COMPLIANCE, [pack(ATTENDANCE)], people, [ENROLLED, *OTHERS], sources)
    assert {row["period"]: row["status"] for row in rows}["2026-09"] == status


@pytest.mark.parametrize(
    ("events", "is_complete", "status"),
    [
        pytest.param([visit(date(2026, 3, 1))], False, "compliant", id="one visit"),
        pytest.param([visit(date(2026, 7, 1))], False, "not_reported", id="a visit after the period"),
        pytest.param([visit(date(2026, 3, 1), "dentist")], False, "not_reported", id="of another service"),
        pytest.param(CLINIC_OTHERS, True, "non_compliant", id="a complete clinic knows of none"),
        pytest.param([*CLINIC_OTHERS[:3], *CLINIC_OTHERS[4:]], True, "not_reported", id="it missed a month"),
        pytest.param([*CLINIC_OTHERS, visit(date(2026, 3, 1))], True, "compliant", id="complete, and a visit"),
    ],
)
def test_checkups(events: list[dict[str, Any]], is_complete: bool, status: str) -> None:
    assert judged(CHECKUP, events, is_complete)["2026-S1"]["status"] == status


@pytest.mark.parametrize(
    ("who", "enrolled", "status"),
    [
        pytest.param(person("child", date(2021, 1, 1)), {}, "not_applicable", id="too young"),
        pytest.param(person("child", date(2008, 10, 31)), {}, "not_applicable", id="18 within the month"),
        pytest.param(person("child", date(2008, 11, 1)), {}, "non_compliant", id="18 the day after it"),
        pytest.param(person("child", date(2020, 10, 1)), {}, "non_compliant", id="6 on its first day"),
        pytest.param(person("child"), {}, "not_reported", id="of unknown age"),
        pytest.param(person("child", birth_year=2015), {}, "non_compliant", id="of school age in any case"),
        pytest.param(person("child", birth_year=2020), {}, "not_reported", id="6 at some day of the year"),
        pytest.param(person("child", birth_year=2008), {}, "not_reported", id="18 at some day of the year"),
        pytest.param(person("child", birth_year=2022), {}, "not_applicable", id="too young in any case"),
        pytest.param(CHILD, {"start_date": None}, "not_reported", id="since nobody knows when"),
        pytest.param(person("child", date(2015, 5, 5), death_date=date(2026, 10, 8)), {}, "not_applicable", id="dead"),
        pytest.param(person("child", date(2015, 5, 5), education_level="5"), {}, "exempt", id="school completed"),
        pytest.param(person("child", date(2015, 5, 5), education_level="444"), {}, "exempt", id="completed, finer"),
        pytest.param(CHILD, {"start_date": date(2026, 9, 1)}, "in_grace", id="new"),
        pytest.param(CHILD, {"start_date": date(2026, 8, 1)}, "non_compliant", id="grace is over"),
        pytest.param(CHILD, {"start_date": date(2026, 10, 2)}, "not_applicable", id="enrolled within the month"),
        pytest.param(CHILD, {"end_date": date(2026, 10, 30)}, "not_applicable", id="left within the month"),
    ],
)
def test_whom_a_rule_binds(who: dict[str, Any], enrolled: dict[str, Any], status: str) -> None:
    rows = judged(ATTENDANCE, [school("2026-10", 1)], False, who, {**ENROLLED, **enrolled})
    assert rows["2026-10"]["status"] == status


SPELLS = {
    "renewed the day after": ((date(2020, 1, 1), date(2026, 8, 31)), (date(2026, 9, 1), None), ["non_compliant"] * 3),
    "renewed before the end": ((date(2020, 1, 1), date(2026, 9, 30)), (date(2026, 9, 1), None), ["non_compliant"] * 3),
    "in force within another": ((date(2020, 1, 1), None), (date(2026, 8, 1), date(2026, 8, 31)), ["non_compliant"] * 3),
    "away for a month": (
        (date(2020, 1, 1), date(2026, 7, 31)), (date(2026, 9, 1), None), ["not_enrolled", "in_grace", "in_grace"]
    ),
    "the end is past": (
        (date(2020, 1, 1), date(2026, 8, 31)), (date(2019, 1, 1), date(2019, 6, 30)),
        ["non_compliant", "not_enrolled", "not_applicable"],
    ),
    "the next is to come": (
        (date(2020, 1, 1), date(2026, 10, 31)), (date(2026, 12, 1), None), ["non_compliant"] * 3
    ),
}  # fmt: skip


@pytest.mark.parametrize(("one", "other", "told"), SPELLS.values(), ids=SPELLS)
def test_enrolments_one_after_the_other(
    one: tuple[date, date | None], other: tuple[date, date | None], told: list[str]
) -> None:
    """Nobody has a duty while not enrolled, and a renewal grants no new grace; the last period always has a row."""
    spells = [
        event("child", "enrolment", "programme", number, programme="families", start_date=start, end_date=end)
        for number, (start, end) in enumerate((one, other))
    ]
    absences = [school(f"2026-{month:02d}", 1, month) for month in range(1, 11)]
    rows = judged(ATTENDANCE, [spells[0], *absences], enrolled=spells[1])
    found = [rows[month]["status"] if month in rows else "not_enrolled" for month in ("2026-08", "2026-09", "2026-10")]
    assert found == told


@pytest.mark.parametrize(
    ("sex", "status", "reason"),
    [
        ("female", "non_compliant", "the evidence is under what the rule asks"),
        ("male", "not_applicable", "age, sex, enrolment or death put the person outside the rule in this period"),
        (None, "not_reported", "no source tells the sex, which the rule asks for"),
    ],
)
def test_a_rule_for_one_sex(sex: str | None, status: str, reason: str) -> None:
    who = person("child", date(2015, 5, 5), sex=sex)
    row = judged({**ATTENDANCE, "sex": "female"}, [school("2026-10", 1)], who=who)["2026-10"]
    assert (row["status"], row["reason"]) == (status, reason)


def test_a_rule_binds_in_its_time_alone() -> None:
    rows = judged({**ATTENDANCE, "valid_from": "2026-03-01", "valid_to": "2026-08-30"}, [])
    assert sorted(rows) == [f"2026-{month:02d}" for month in range(3, 8)]


@pytest.mark.parametrize(
    ("present", "status"), [((18, 18), "compliant"), ((18, 10), "non_compliant"), ((10,), "not_reported")]
)
def test_two_months_are_judged_when_both_are_reported(present: tuple[float, ...], status: str) -> None:
    events = [school(f"2026-{7 + number:02d}", days, number) for number, days in enumerate(present)]
    assert judged({**ATTENDANCE, "period": "bimonth"}, events)["2026-B4"]["status"] == status


def test_absences_break_a_rule_as_soon_as_they_are_too_many() -> None:
    rule = {**ATTENDANCE, "metric": "absences", "comparator": "at_most", "threshold": 3, "period": "bimonth"}
    assert judged(rule, [school("2026-07", 16)])["2026-B4"]["status"] == "non_compliant"
    assert judged(rule, [school("2026-07", 18)])["2026-B4"]["status"] == "not_reported"


def test_a_corrected_delivery_mends_the_result() -> None:
    wrong, right = school("2026-09", 3), school("2026-09", 19)
    assert wrong["event_id"] == right["event_id"], "a correction comes under the same key"
    assert judged(ATTENDANCE, [wrong])["2026-09"]["status"] == "non_compliant"
    assert judged(ATTENDANCE, [right])["2026-09"]["status"] == "compliant"
