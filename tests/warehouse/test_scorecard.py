"""The coordination scorecard: what each measure counts, and what it does not hold against an institution."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from coordination_world import contract, derived

from warehouse.errors import RuleError
from warehouse.published.coordination import SCORECARD, SHARED_PEOPLE
from warehouse.rules.goals import GOALS, MEASURES, read_goals

ROLL = "schools.roll"
GENERAL = [{"measure": measure, "goal": 0.8} for measure in MEASURES]
MONTHS = [date(2026, 7, 31), date(2026, 8, 31), date(2026, 9, 30), date(2026, 10, 31)]


def measured(measure: str, **relations: list[dict[str, Any]]) -> list[tuple[int, int]]:
    """What the scorecard tells of the institution education: numerator and denominator."""
    rows = derived(SCORECARD, {**WORLD, **relations})
    return [
        (row["numerator"], row["denominator"])
        for row in rows
        if (row["scope"], row["name"], row["measure"]) == ("institution", "education", measure)
    ]


PROMISE = {
    "contract_id": ROLL, "institution": "education", "delivers": "snapshot", "every_days": 31, "latency_days": 10,
    "gives_name": True, "gives_birth_date": True, "gives_identifier": False, "gives_address": False,
}  # fmt: skip
DELIVERED = {
    "contract_id": ROLL,
    "delivery_id": "d4",
    "as_of_date": MONTHS[3],
    "rows_delivered": 10,
    "rows_accepted": 10,
}
WORLD: dict[str, list[dict[str, Any]]] = {
    "listed_sources": [
        contract("schools", "education"), contract("clinics", "health", level_of_government="municipal")
    ],
    "promises": [PROMISE], "deliveries": [DELIVERED], "goals": GENERAL, "small_cell": [{"least_people": 1}],
}  # fmt: skip


def arrival(
    number: int, at: datetime | None = None, status: str = "taken in", day: date | None = None
) -> dict[str, Any]:
    day = day or MONTHS[number - 1]
    soon = datetime(day.year, day.month, day.day) if at is None else at
    return {"contract_id": ROLL, "delivery_id": f"d{number}", "as_of_date": day, "arrived_at": soon, "status": status}


LATE = datetime(2026, 11, 11, 8)


@pytest.mark.parametrize(
    ("arrivals", "told"),
    [
        pytest.param([arrival(n) for n in (1, 2, 3, 4)], (4, 4), id="every month in time"),
        pytest.param([arrival(3), arrival(4, datetime(2026, 11, 10, 23))], (2, 2), id="the last day is in time"),
        pytest.param([arrival(3), arrival(4, LATE)], (1, 2), id="a day late"),
        pytest.param([arrival(1), arrival(4)], (2, 4), id="two months that never came"),
        pytest.param([arrival(3)], (1, 1), id="the next may still come"),
        pytest.param(
            [arrival(3), arrival(1, LATE, day=date(2025, 1, 31))], (1, 2), id="the last one has not come in time"
        ),
        pytest.param(
            [arrival(4, datetime(2026, 11, 2), "refused"), arrival(4, LATE)], (0, 1), id="what was refused has not come"
        ),
        pytest.param([arrival(4), arrival(4, LATE)], (1, 1), id="a correction does not make it late"),
    ],
)  # fmt: skip
def test_timeliness(arrivals: list[dict[str, Any]], told: tuple[int, int]) -> None:
    assert measured("timeliness", arrivals=arrivals) == [told]


def test_whoever_promised_nothing_is_never_late() -> None:
    assert measured("timeliness", arrivals=[arrival(4, LATE)], promises=[{**PROMISE, "every_days": None}]) == []


def pupil(number: int, **values: Any) -> dict[str, Any]:
    return {"record_id": f"r{number}", "source": "schools", "contract_id": ROLL, "faults": [], **values}


def test_completeness_counts_what_the_contract_holds_alone() -> None:
    whole = {"given_names_std": "ANA", "surname_1_std": "VEGA", "birth_date": date(2015, 1, 1)}
    records = [pupil(1, **whole), pupil(2, **{**whole, "surname_1_std": None})]
    assert measured("completeness", records=records) == [(3, 4)]


def test_validity_counts_rows_lost_and_values_not_readable() -> None:
    deliveries = [{**DELIVERED, "rows_accepted": 9}]
    assert measured("validity", deliveries=deliveries, records=[pupil(1), pupil(2, faults=["sex"])]) == [(8, 10)]


def spine(*known: tuple[str, str, str]) -> list[dict[str, str]]:
    return [{"record_id": record, "source": source, "entity_id": person} for record, source, person in known]


KNOWN = spine(("r1", "schools", "a"), ("r2", "schools", "a"), ("r3", "schools", "b"), ("c1", "clinics", "a"))


@pytest.mark.parametrize(("measure", "told"), [("link_rate", (2, 3)), ("known_to_others", (1, 2))])
def test_records_are_linked_and_people_known(measure: str, told: tuple[int, int]) -> None:
    assert measured(measure, linked_spine=KNOWN) == [told]


def fault(delivery: int, row: str, problem: str = "no name") -> dict[str, str]:
    return {"contract_id": ROLL, "delivery_id": f"d{delivery}", "row_key": row, "column": "x", "problem": problem}


SEQUENCE = [arrival(3), arrival(4)]


@pytest.mark.parametrize(
    ("corrections", "promise", "arrivals", "told"),
    [
        pytest.param([fault(3, "a"), fault(3, "b"), fault(4, "b")], {}, SEQUENCE, [(1, 2)], id="one of two is mended"),
        pytest.param([fault(3, "a"), fault(4, "a", "no date")], {}, SEQUENCE, [(1, 1)], id="another fault of the row"),
        pytest.param([fault(4, "a")], {}, SEQUENCE, [], id="there was no time to mend it yet"),
        pytest.param(
            [fault(3, "a")], {"delivers": "append"}, SEQUENCE, [], id="a later month does not answer for an earlier one"
        ),
        pytest.param(
            [fault(3, "a")], {"delivers": "append"}, [arrival(3), {**arrival(3, LATE), "delivery_id": "d4"}], [(1, 1)],
            id="the same month again does",
        ),
    ],
)  # fmt: skip
def test_corrections_answered(
    corrections: list[Any], promise: dict[str, str], arrivals: list[Any], told: list[tuple[int, int]]
) -> None:
    promises = [{**PROMISE, **promise}]
    assert measured("corrections_answered", corrections=corrections, promises=promises, arrivals=arrivals) == told


def sent(name: str, outcome: str | None = None) -> dict[str, Any]:
    return {"referral_id": name, "institution": "education", "kind": "unmet_guarantee", "outcome": outcome}


def test_referrals_are_closed_by_an_answer_or_because_the_need_is_gone() -> None:
    handed = [sent("answered", "declined"), sent("gone"), sent("open"), sent("slow", "under_way")]
    needed = [{"referral_id": name} for name in ("answered", "open", "slow")]
    assert measured("referrals_closed", sent_referrals=handed, referrals=needed) == [(2, 4)]


def met(people: int, known: int) -> list[dict[str, str]]:
    """So many people of schools, and so many of them at the clinics too."""
    return spine(
        *((f"r{number}", "schools", f"p{number}") for number in range(people)),
        *((f"c{number}", "clinics", f"p{number}") for number in range(known)),
    )


@pytest.mark.parametrize(
    ("people", "known", "told"),
    [
        pytest.param(40, 20, (20, 40, 0.5), id="many on both sides"),
        pytest.param(40, 0, (0, 40, 0.0), id="nobody is not few"),
        pytest.param(40, 4, None, id="few are known"),
        pytest.param(40, 36, None, id="all are known but few"),
        pytest.param(4, 0, None, id="few in all"),
        pytest.param(3000, 2996, (None, None, 1.0), id="few among many: a whole hundredth, and no count"),
        pytest.param(3000, 15, (15, 3000, 0.005), id="fifteen among many"),
    ],
)
def test_few_people_are_not_told_of(people: int, known: int, told: tuple[Any, ...] | None) -> None:
    rows = derived(SCORECARD, {**WORLD, "linked_spine": met(people, known), "small_cell": [{"least_people": 10}]})
    found = {
        row["scope"]: (row["numerator"], row["denominator"], row["value"])
        for row in rows
        if row["measure"] == "known_to_others" and row["name"] in {"education", "national"}
    }
    assert found == ({} if told is None else dict.fromkeys(("institution", "level of government", "sector"), told))


def test_what_few_people_are_summed_in_tells_no_count() -> None:
    world = {**WORLD, "listed_sources": [contract("schools", "education"), contract("clinics", "health")]}
    few, many = met(40, 4), [{**row, "entity_id": "q" + row["entity_id"]} for row in met(3000, 3000)]
    known = [*few, *({**row, "record_id": "q" + row["record_id"]} for row in many if row["source"] == "clinics")]
    rows = derived(SCORECARD, {**world, "linked_spine": known, "small_cell": [{"least_people": 10}]})
    told = {
        (row["scope"], row["name"]): (row["numerator"], row["denominator"])
        for row in rows
        if row["measure"] == "known_to_others"
    }
    withheld = [("institution", "health"), ("sector", "health"), ("level of government", "national")]
    assert told == dict.fromkeys(withheld, (None, None))


def test_the_nearest_goal_counts() -> None:
    goals = [*GENERAL, {"measure": "link_rate", "goal": 0.6, "level_of_government": "municipal"},
             {"measure": "link_rate", "goal": 0.9, "institution": "education"}]  # fmt: skip
    rows = derived(SCORECARD, {**WORLD, "linked_spine": KNOWN, "goals": goals})
    told = {
        row["name"]: (row["goal"], row["is_reached"])
        for row in rows
        if (row["scope"], row["measure"]) == ("institution", "link_rate")
    }
    assert told == {"education": (0.9, False), "health": (0.6, True)}


def test_ranks_and_levels_of_government() -> None:
    rows = derived(SCORECARD, {**WORLD, "linked_spine": KNOWN})
    told = {
        (row["scope"], row["name"]): (row["value"], row["rank"], row["ranked_count"])
        for row in rows
        if row["measure"] == "known_to_others"
    }
    assert told[("institution", "health")] == (1.0, 1, 2)
    assert told[("institution", "education")] == (0.5, 2, 2)
    assert told[("level of government", "municipal")] == (1.0, 1, 2)


def before(period: str, value: float) -> dict[str, Any]:
    return {
        "scope": "institution", "name": "education", "measure": "known_to_others", "period": period, "value": value,
        "numerator": 1, "denominator": 2, "goal": 0.8, "is_reached": False, "rank": 1, "ranked_count": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("past", "trend"),
    [
        pytest.param([], None, id="a first release"),
        pytest.param([before("2026-09", 0.4)], "better", id="more than last month"),
        pytest.param([before("2026-08", 0.4), before("2026-09", 0.6)], "worse", id="the month before counts"),
        pytest.param([before("2026-09", 0.502)], "same", id="within half a percent"),
        pytest.param([before("2026-10", 0.1)], None, id="the same month again is no trend"),
    ],
)
def test_trends_and_months_kept(past: list[dict[str, Any]], trend: str | None) -> None:
    rows = derived(SCORECARD, {**WORLD, "linked_spine": KNOWN, "scorecard_before": past})
    wanted = ("institution", "education", "known_to_others")
    own = [row for row in rows if (row["scope"], row["name"], row["measure"]) == wanted]
    assert {row["period"]: row["trend"] for row in own}["2026-10"] == trend
    assert {row["period"] for row in own} == {"2026-10", *(row["period"] for row in past)}


def test_institutions_stand_side_by_side_above_and_apart() -> None:
    listed = [
        contract("schools", "education"), contract("clinics", "health"),
        contract("town", "town", level_of_government="municipal"),
        contract("church", "church", level_of_government="non_state"),
    ]  # fmt: skip
    known = spine(("s", "schools", "a"), ("c", "clinics", "a"), ("t", "town", "b"), ("h", "church", "c"))
    rows = derived(SHARED_PEOPLE, {"listed_sources": listed, "linked_spine": known})
    told = {(row["institution"], row["other_institution"]): (row["relation"], row["share"]) for row in rows}
    assert told[("education", "health")] == ("horizontal", 1.0)
    assert told[("education", "town")] == ("vertical", 0.0)
    assert told[("church", "town")] == ("non_state", 0.0)
    assert len(told) == 12


def test_the_goals_that_come_with_the_project_are_sound() -> None:
    assert {goal.measure for goal in read_goals(GOALS)} == set(MEASURES)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("goals: [{measure: speed, goal: 0.5, why: because}]", "measure"),
        ("goals: [{measure: validity, goal: 1.5, why: because}]", "less than or equal to 1"),
        ("goals: [{measure: validity, goal: 0.5, why: one}, {measure: validity, goal: 0.6, why: two}]", "two goals"),
        ("goals: [{measure: validity, goal: 0.5, why: one}]", "timeliness has no goal for all"),
    ],
)
def test_faulty_goals_are_told(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "goals.yaml").write_text(text)
    with pytest.raises(RuleError, match=says):
        read_goals(tmp_path)
