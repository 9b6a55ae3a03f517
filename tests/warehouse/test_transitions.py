"""What people reach in the next months: ages, and the births that check-ups expect."""

from datetime import date
from typing import Any

import pytest
from sector_world import asked, event, parent, person, source

from warehouse.errors import RuleError
from warehouse.published.sectors import TRANSITIONS
from warehouse.rules.life_cycle import read_life_cycles

SOURCES = [source("clinic", "checkup", False)]
MOTHER = person("mother", date(1995, 5, 5))


def visit(seen: date, expected: date | None, service: str = "control_prenatal", **values: Any) -> dict[str, Any]:
    day = seen.toordinal()
    return event("mother", "checkup", "clinic", day, unit=service, start_date=seen, end_date=expected, **values)


def reached(
    who: dict[str, Any], *events: dict[str, Any], kin: tuple[dict[str, Any], ...] = (), **more: Any
) -> set[Any]:
    people = [who, *more.get("others", ())]
    rows = asked(TRANSITIONS, [], people, events, SOURCES, kin=kin)
    return {
        (row["transition"], row["age"], row["months_until"]) for row in rows if row["entity_id"] == who["entity_id"]
    }


@pytest.mark.parametrize(
    ("born", "expected"),
    [
        (date(2020, 11, 1), {("school_age", 6, 1)}),
        (date(2020, 10, 31), set()),  # is six today
        (date(2009, 4, 30), {("adulthood", 18, 6)}),
        (date(2009, 5, 1), set()),
        (date(1961, 12, 15), {("old_age", 65, 2)}),
        (None, set()),
    ],
)
def test_ages_within_six_months(born: date | None, expected: set[Any]) -> None:
    assert reached(person("one", born)) == expected


SEEN = date(2026, 9, 1)
BIRTHS = {
    "expected": ([visit(SEEN, date(2027, 1, 15))], {("birth", None, 3)}),
    "today's is none ahead": ([visit(SEEN, date(2026, 10, 31))], set()),
    "in six months to the day": ([visit(SEEN, date(2027, 4, 30))], {("birth", None, 6)}),
    "in over six months": ([visit(SEEN, date(2027, 5, 1))], set()),
    "the last check-up knows best": (
        [visit(date(2026, 8, 1), date(2027, 3, 30)), visit(SEEN, date(2027, 1, 15))], {("birth", None, 3)},
    ),
    "no day told": ([visit(SEEN, None)], set()),
    "another service": ([visit(SEEN, date(2027, 1, 15), "control_cronico")], set()),
    "of somebody unknown": ([visit(SEEN, date(2027, 1, 15), entity_id=None)], set()),
}  # fmt: skip


@pytest.mark.parametrize(("events", "expected"), BIRTHS.values(), ids=BIRTHS)
def test_a_birth_that_a_check_up_expects(events: list[dict[str, Any]], expected: set[Any]) -> None:
    assert reached(MOTHER, *events) == expected


def test_a_birth_of_a_woman_whose_own_is_not_known() -> None:
    assert reached(person("mother"), visit(SEEN, date(2027, 1, 15))) == {("birth", None, 3)}


@pytest.mark.parametrize(("born", "awaits"), [(date(2026, 9, 20), False), (date(2024, 9, 20), True)])
def test_a_child_born_since_is_no_longer_expected(born: date, awaits: bool) -> None:
    kin, child = (parent("child", "mother"),), person("child", born)
    told = reached(MOTHER, visit(SEEN, date(2027, 1, 15)), kin=kin, others=[child])
    assert told == ({("birth", None, 3)} if awaits else set())


def test_a_transition_is_told_one_way(tmp_path: Any) -> None:
    text = """
scheme: some
name: Some stages
stages: [{stage: all, age_min: 0}]
transitions: [{transition: birth, age: 3, services: [x]}, {transition: nothing}]
status: unverified
citation: {text: "A law"}
"""
    (tmp_path / "some.yaml").write_text(text)
    with pytest.raises(RuleError) as error:
        read_life_cycles(tmp_path)
    assert str(error.value).count("told by an age, or by services of check-ups") == 2
