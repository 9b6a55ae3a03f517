"""When deliveries came, and what contracts promise of time and of facts."""

from datetime import date, datetime

import pytest

from sources.arrivals import arrivals, promises
from sources.catalogue import read_catalogue
from sources.ledger import LedgerEntry, Status
from warehouse.settings import SAMPLE_SOURCES


def entry(delivery: str, status: Status, hour: int, day: str | None = "2026-10-31") -> LedgerEntry:
    return LedgerEntry(f"2026-11-02T{hour:02}:00:00+00:00", status, "c", "x", delivery, ("f",), "y", 1, day)


@pytest.mark.parametrize(
    ("entries", "told"),
    [
        ([entry("d", "received", 1), entry("d", "taken in", 2)], [("d", 1, "taken in")]),
        ([entry("d", "received", 1), entry("d", "taken in", 2), entry("d", "refused", 3)], [("d", 1, "refused")]),
        ([entry("d", "received", 1), entry("d", "refused", 1), entry("d", "taken in", 9)], [("d", 1, "taken in")]),
        ([entry("d", "taken in", 1), entry("e", "refused", 4)], [("d", 1, "taken in"), ("e", 4, "refused")]),
        ([], []),
    ],
)
def test_a_delivery_came_first_and_became_what_it_is_at_last(
    entries: list[LedgerEntry], told: list[tuple[str, int, str]]
) -> None:
    rows = arrivals(entries).to_pylist()
    assert [(row["delivery_id"], row["arrived_at"].hour, row["status"]) for row in rows] == told
    assert all(row["as_of_date"] == date(2026, 10, 31) for row in rows)
    assert all(isinstance(row["arrived_at"], datetime) for row in rows)


def test_an_undated_delivery_is_of_no_day() -> None:
    assert arrivals([entry("d", "received", 1, None)]).to_pylist()[0]["as_of_date"] is None


def test_what_the_sample_institutions_promise() -> None:
    told = {row["contract_id"]: row for row in promises(read_catalogue(SAMPLE_SOURCES)).to_pylist()}
    roll = told["social_development.beneficiaries"]
    assert (roll["every_days"], roll["latency_days"], roll["delivers"]) == (31, 10, "snapshot")
    assert (roll["gives_name"], roll["gives_birth_date"], roll["gives_identifier"], roll["gives_address"]) == (
        True,
    ) * 4
    assert told["municipality.assisted"]["gives_name"], "a whole name is a name"
    payments = told["social_development.payments"]
    assert not any(payments[f"gives_{fact}"] for fact in ("name", "birth_date", "identifier", "address"))
