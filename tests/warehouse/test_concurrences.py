"""Benefits side by side: what a person should look into, and what is as it should be."""

from datetime import date
from typing import Any

import pytest
from sector_world import asked, event, member, person, record, source

from warehouse.published.sectors import CONCURRENCES, HOUSEHOLD_BENEFITS
from warehouse.rules.incompatibility import Incompatibility
from warehouse.rules.pack import Citation


def enrolment(number: int, record_id: str, **values: Any) -> dict[str, Any]:
    known = {"programme": "families", "start_date": date(2020, 1, 1), "record_id": record_id}
    return event("one", "enrolment", "programmes", number, **{**known, **values})


def payment(number: int, record_id: str, **values: Any) -> dict[str, Any]:
    known = {"programme": "families", "period": "2026-09", "start_date": date(2026, 9, 5), "record_id": record_id}
    return event("one", "benefit", "payments", number, **{**known, **values})


def home(number: int, household: str, source_name: str = "roll") -> dict[str, Any]:
    return record("one", source_name, number, household_key=household)


DIED = date(2026, 9, 1)


@pytest.mark.parametrize(
    ("events", "records", "death", "kinds"),
    [
        pytest.param([enrolment(1, "a"), payment(1, "a")], [home(1, "h")], None, [], id="all is well"),
        pytest.param([enrolment(1, "a"), enrolment(2, "b")], [], None, ["enrolled_twice"], id="in the roll twice"),
        pytest.param(
            [enrolment(1, "a", end_date=date(2021, 1, 1)), enrolment(2, "b", start_date=date(2021, 1, 2))],
            [], None, [],
            id="one after the other",
        ),
        pytest.param([enrolment(1, "a"), enrolment(2, "b", programme="food")], [], None, [], id="two programmes"),
        pytest.param([payment(1, "a"), payment(2, "b")], [], None, ["paid_twice"], id="paid twice for one month"),
        pytest.param([payment(1, "a"), payment(2, "b", period="2026-10")], [], None, [], id="two months"),
        pytest.param([payment(1, "a"), payment(2, "a")], [], None, [], id="in two parts, to one record"),
        pytest.param([payment(1, "a")], [], DIED, ["paid_after_death"], id="paid after death"),
        pytest.param([payment(1, "a")], [], date(2026, 9, 5), [], id="on the day of death"),
        pytest.param([enrolment(1, "a")], [], DIED, ["enrolled_after_death"], id="still enrolled"),
        pytest.param([enrolment(1, "a", end_date=DIED)], [], DIED, [], id="enrolled until death"),
        pytest.param([], [home(1, "h"), home(2, "k")], None, ["two_households"], id="in two households of one roll"),
        pytest.param([], [home(1, "h"), home(2, "h")], None, [], id="twice in one household"),
        pytest.param([], [home(1, "h"), home(2, "k", "other")], None, [], id="each roll counts its own households"),
    ],
)  # fmt: skip
def test_what_a_person_should_look_into(
    events: list[dict[str, Any]], records: list[dict[str, Any]], death: date | None, kinds: list[str]
) -> None:
    sources = [source("programmes", "enrolment", True), source("payments", "benefit", True)]
    people = [person("one", date(1950, 1, 1), death_date=death)]
    rows = asked(CONCURRENCES, [], people, events, sources, records)
    assert [row["kind"] for row in rows] == kinds
    assert all(row["flag"] == "review" and len(row["evidence"]) >= 1 for row in rows)


HOME = [member("H", "one"), member("H", "two")]
APART = [Incompatibility(one="old_age", other="disability", unit="household", status="unverified",
                         citation=Citation(text="An act"))]  # fmt: skip
FOOD = [{"source": name, "programme": "food", "social_protection_function": "13"} for name in ("nation", "town")]


def drawn(who: str, programme: str, source_name: str = "nation", **values: Any) -> dict[str, Any]:
    number = hash((who, programme)) % 10**6
    known = {"programme": programme, "start_date": date(2020, 1, 1), "record_id": who}
    return event(who, "enrolment", source_name, number, **{**known, **values})


@pytest.mark.parametrize(
    ("events", "unit", "kinds"),
    [
        pytest.param([drawn("one", "old_age"), drawn("one", "disability")], "person", ["incompatible"], id="one"),
        pytest.param([drawn("one", "old_age"), drawn("two", "disability")], "person", [], id="two persons, by person"),
        pytest.param(
            [drawn("one", "old_age"), drawn("two", "disability")], "household", ["incompatible"], id="by household"
        ),
        pytest.param([drawn("one", "old_age"), drawn("far", "disability")], "household", [], id="of another household"),
        pytest.param(
            [drawn("one", "old_age"), drawn("one", "disability", end_date=date(2019, 12, 31), start_date=None)],
            "person", [], id="one after the other",
        ),
        pytest.param([drawn("one", "food"), drawn("one", "food", "town")], "person",
                     ["enrolled_twice", "same_benefit_elsewhere"], id="nation and town"),
        pytest.param([drawn("one", "food"), drawn("two", "food", "town")], "person", [], id="each to one of them"),
    ],
)  # fmt: skip
def test_benefits_that_may_not_stand_side_by_side(events: list[dict[str, Any]], unit: str, kinds: list[str]) -> None:
    people = [person(name, date(1950, 1, 1)) for name in ("one", "two", "far")]
    sources = [source("nation", "enrolment", True), source("town", "enrolment", True, level_of_government="municipal")]
    different = [{**each, "record_id": each["record_id"] + each["source"]} for each in events]
    pairs = [pair.model_copy(update={"unit": unit}) for pair in APART]
    rows = asked(
        CONCURRENCES, [], people, different, sources, kin=[*HOME, member("K", "far")], programmes=FOOD, pairs=pairs
    )
    assert sorted(row["kind"] for row in rows) == kinds
    assert all(row["citation"] == "An act" for row in rows if row["kind"] == "incompatible")


OAK, ELM = {"address_std": "OAK 1", "municipality_std": "01"}, {"address_std": "ELM 2", "municipality_std": "01"}
FAR, TOWN = {"address_std": "OAK 1", "municipality_std": "02"}, {"municipality_std": "01"}
ELSEWHERE = record("two", "clinic", household_key="c2")


@pytest.mark.parametrize(
    ("roll", "clinic", "known", "is_told"),
    [
        pytest.param(OAK, ELM, [ELSEWHERE], True, id="other people at another address"),
        pytest.param(OAK, FAR, [ELSEWHERE], True, id="other people in another municipality"),
        pytest.param(TOWN, {"municipality_std": "02"}, [ELSEWHERE], True, id="of no address"),
        pytest.param(OAK, OAK, [ELSEWHERE], False, id="other people at one address: each knows a part of the home"),
        pytest.param(OAK, TOWN, [ELSEWHERE], False, id="one does not tell the address"),
        pytest.param({}, {}, [ELSEWHERE], False, id="nobody tells where"),
        pytest.param(OAK, ELM, [record("two", "clinic", household_key="c1")], False, id="they have moved, two of them"),
        pytest.param(OAK, ELM, [], False, id="they may all have moved: neither source knows the other's"),
    ],
)  # fmt: skip
def test_households_that_two_sources_tell_quite_differently(
    roll: dict[str, str], clinic: dict[str, str], known: list[dict[str, Any]], is_told: bool
) -> None:
    homes = [
        record("one", "roll", household_key="r1", **roll), record("two", "roll", household_key="r1"),
        record("one", "clinic", household_key="c1", **clinic), record("far", "clinic", household_key="c1"), *known,
    ]  # fmt: skip
    people = [person(name, date(1950, 1, 1)) for name in ("one", "two", "far")]
    rows = asked(CONCURRENCES, [], people, [], [], homes)
    told = [(row["kind"], row["entity_id"], row["subject"]) for row in rows]
    assert told == ([("households_differ", "one", "clinic and roll")] if is_told else [])


@pytest.mark.parametrize(
    ("born", "kinds"), [(1990, []), (1960, ["born_before_parent"]), (1970, ["born_before_parent"])]
)
def test_a_child_is_not_born_before_its_mother(born: int, kinds: list[str]) -> None:
    mother = person("one", date(1970, 1, 1), birth_year=1970, sex="female", given_names="ANA", surname_1="LEON")
    child = person(
        "two", date(born, 1, 1), birth_year=born, mother_name="LEON ANA", given_names="EVA", surname_1="LEON"
    )
    known = [record("one", "roll"), record("two", "roll")]
    rows = asked(CONCURRENCES, [], [mother, child], [], [], known, kin=HOME)
    assert [row["kind"] for row in rows] == kinds
    assert all(row["entity_id"] == "two" and len(row["evidence"]) == 2 for row in rows)


def test_a_sister_who_bears_the_mothers_name_is_not_the_mother() -> None:
    """Where the father is not known, children bear both of the mother's surnames: a younger one may be her namesake."""
    named = {"sex": "female", "given_names": "ANA", "surname_1": "LEON"}
    mother = person("one", date(1970, 1, 1), birth_year=1970, **named)
    child = person(
        "two", date(2000, 1, 1), birth_year=2000, mother_name="LEON ANA", given_names="EVA", surname_1="LEON"
    )
    sister = person("three", date(2005, 1, 1), birth_year=2005, mother_name="LEON ANA", **named)
    home = [*HOME, member("H", "three")]
    assert asked(CONCURRENCES, [], [mother, child, sister], [], [], [record("two", "roll")], kin=home) == []
    rows = asked(CONCURRENCES, [], [child, sister], [], [], [record("two", "roll")], kin=home)
    assert [(row["kind"], row["entity_id"]) for row in rows] == [("born_before_parent", "two")]


def test_the_benefits_of_a_household_are_stacked() -> None:
    money = {"programme": "food", "amount": 50.0, "currency": "MXN"}
    days = (date(2025, 3, 5), date(2026, 1, 5), date(2026, 3, 5))
    payments = [event("two", "benefit", "nation", n, start_date=day, **money) for n, day in enumerate(days)]
    events = [drawn("one", "old_age"), drawn("one", "food"), drawn("two", "food"), *payments]
    people = [person(name, date(1950, 1, 1)) for name in ("one", "two")]
    rows = asked(HOUSEHOLD_BENEFITS, [], people, events, [], kin=HOME)
    told = {row["programme"]: (row["enrolled_members"], row["paid_members"], row["amount"]) for row in rows}
    assert told == {"old_age": (1, 0, None), "food": (2, 1, 100)}
    assert {row["programme_count"] for row in rows} == {2}
