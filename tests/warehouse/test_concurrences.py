"""Benefits side by side: what a person should look into, and what is as it should be."""

from datetime import date
from typing import Any

import pytest
from sector_world import asked, event, person, record, source

from warehouse.published_sectors import CONCURRENCES


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
