"""Snapshots, deltas and files that only add, as the contract declares them."""

from datetime import date, timedelta
from typing import Any

import pytest
from invented import COLUMNS, Clinic, write_contract

from sources.contract import SourceContract
from sources.delivery import deliveries_in_use, find_deliveries
from sources.receiving import receive
from sources.standardise.standardise import standardise
from warehouse.errors import ContractError, DeliveryError
from warehouse.session import scan
from warehouse.settings import Settings
from warehouse.tables import RECORDS

KEY, NAME, BORN = COLUMNS
OP = {"name": "OP", "mapsTo": "ignore"}
SERVER: dict[str, Any] = {
    "path": "clinic/changes_*.csv", "delivers": "delta", "snapshotPath": "clinic/all_*.csv",
    "operation": {"column": "OP", "upsert": ["A", "C"], "delete": "B"},
}  # fmt: skip
COLUMNS_OF_DELTA = (KEY, {**NAME, "required": True}, OP)
HEAD = "KEY,NAME,OP\n"
SNAPSHOT = HEAD + "1,ANA,\n2,LUZ,\n3,EVA,\n"


def delta(clinic: Clinic, **server: Any) -> SourceContract:
    return clinic.contract(columns=COLUMNS_OF_DELTA, server=SERVER | server)


def people(clinic: Clinic, contract: SourceContract, settings: Settings) -> dict[str, str]:
    """Key → name of the records that stand."""
    receive(clinic.connection, contract, settings)
    standardise(clinic.connection, contract, contract.source, clinic.layout)
    path = clinic.layout.standard(RECORDS, contract.id)
    return dict(clinic.connection.sql(f"select record_key, full_name from {scan(path)}").fetchall())


def test_deltas_put_and_delete_in_the_order_of_their_days(clinic: Clinic, settings: Settings) -> None:
    contract = delta(clinic)
    clinic.deliver("all_2026-08-31.csv", SNAPSHOT)
    assert people(clinic, contract, settings) == {"1": "ANA", "2": "LUZ", "3": "EVA"}
    clinic.deliver("changes_2026-09-02.csv", HEAD + "1,,B\n4,SOL,A\n")
    clinic.deliver("changes_2026-09-01.csv", HEAD + "1,ANA MARÍA,C\n2,,B\n")
    assert people(clinic, contract, settings) == {"3": "EVA", "4": "SOL"}
    clinic.deliver("changes_2026-09-03.csv", HEAD + "2,LUZ,A\n")
    assert people(clinic, contract, settings) == {"2": "LUZ", "3": "EVA", "4": "SOL"}


def test_a_later_snapshot_leaves_earlier_deltas_behind(clinic: Clinic, settings: Settings) -> None:
    contract = delta(clinic)
    clinic.deliver("all_2026-08-31.csv", SNAPSHOT)
    clinic.deliver("changes_2026-09-01.csv", HEAD + "4,SOL,A\n")
    clinic.deliver("all_2026-09-30.csv", HEAD + "1,ANA,\n5,INÉS,\n")
    assert people(clinic, contract, settings) == {"1": "ANA", "5": "INÉS"}


def test_a_delta_of_the_snapshots_day_follows_it(clinic: Clinic, settings: Settings) -> None:
    contract = delta(clinic)
    clinic.deliver("all_2026-08-31.csv", SNAPSHOT)
    for number in range(6):  # whatever the digests of the two are
        clinic.deliver("changes_2026-08-31.csv", HEAD + f"1,ANA {number},C\n")
        assert people(clinic, contract, settings)["1"] == f"ANA {number}"


def test_a_record_may_come_back_with_the_same_bytes(clinic: Clinic, settings: Settings) -> None:
    contract = delta(clinic)
    clinic.deliver("all_2026-08-31.csv", SNAPSHOT)
    for day, change in enumerate(("1,,B\n", "1,ANA,A\n", "1,,B\n"), start=1):
        clinic.deliver(f"changes_2026-09-0{day}.csv", HEAD + change)
    assert "1" not in people(clinic, contract, settings)


def test_of_a_key_twice_in_a_delta_the_last_holds(clinic: Clinic) -> None:
    clinic.deliver("all_2026-08-31.csv", SNAPSHOT)
    clinic.deliver("changes_2026-09-01.csv", HEAD + "4,SOL,A\n4,,B\n9,MAR,Z\n,EVA,C\n5,,C\n")
    taken = clinic.take_in(delta(clinic))
    assert [row[:2] for row in taken.accepted] == [(3, "4")]
    assert "a later line of the delta changes the same record, line 3" in taken.reasons[2]
    assert "operation in column OP is none of the contract's" in taken.reasons[4]
    assert "KEY is blank" in taken.reasons[5]
    assert "NAME is blank" in taken.reasons[6]


def test_a_delta_without_changes_is_one(clinic: Clinic, settings: Settings) -> None:
    contract = delta(clinic)
    clinic.deliver("all_2026-08-31.csv", SNAPSHOT)
    clinic.deliver("changes_2026-09-01.csv", HEAD)
    assert len(people(clinic, contract, settings)) == 3


def test_a_delta_before_its_snapshot_is_told(clinic: Clinic, settings: Settings) -> None:
    contract = delta(clinic)
    clinic.deliver("changes_2026-09-01.csv", HEAD + "4,SOL,A\n")
    with pytest.raises(DeliveryError, match=r"changes_2026-09-01\.csv: a delta before its snapshot; .*all_\*\.csv"):
        receive(clinic.connection, contract, settings)
    clinic.deliver("all_2026-08-31.csv", SNAPSHOT)
    assert len(people(clinic, contract, settings)) == 4


def test_a_delta_without_a_date_is_told(clinic: Clinic, settings: Settings) -> None:
    clinic.deliver("all_2026-08-31.csv", SNAPSHOT)
    clinic.deliver("changes_new.csv", HEAD + "4,SOL,A\n")
    with pytest.raises(DeliveryError, match=r"changes_new\.csv: the name tells no date"):
        receive(clinic.connection, delta(clinic), settings)


@pytest.mark.parametrize(
    ("role", "delivers", "kept"),
    [("persons", None, 1), ("persons", "append", 3), ("events", None, 3), ("events", "snapshot", 1)],
)
def test_what_counts_is_declared(clinic: Clinic, role: str, delivers: str | None, kept: int) -> None:
    terms = {"role": role} if role == "persons" else {"role": role, "kind": "checkup"}
    contract = clinic.contract(terms=terms, server={"delivers": delivers} if delivers else {})
    for month in ("01", "02", "03"):
        clinic.deliver(f"a_2026-{month}.csv", month)
    found = find_deliveries(contract, clinic.landing)
    assert deliveries_in_use(contract, found) == found[-kept:]


def test_a_delivery_that_lacks_parts_is_told(clinic: Clinic) -> None:
    contract = clinic.contract(server={"parts": 2})
    clinic.deliver("a_2026-10_north.csv", "1")
    with pytest.raises(DeliveryError, match=r"a_2026-10_north\.csv: 1 of the 2 parts"):
        deliveries_in_use(contract, find_deliveries(contract, clinic.landing))
    clinic.deliver("a_2026-10_south.csv", "2")
    assert len(deliveries_in_use(contract, find_deliveries(contract, clinic.landing))) == 1


@pytest.mark.parametrize(("days", "is_refused"), [(-400, False), (0, False), (1, False), (33, True), (800, True)])
def test_a_day_in_the_future_is_refused(clinic: Clinic, days: int, is_refused: bool) -> None:
    day = (date.today() + timedelta(days=days)).isoformat()
    clinic.deliver(f"a_{day}.csv", "1")
    contract = clinic.contract()
    if is_refused:
        with pytest.raises(DeliveryError, match=f"its date lies in the future .{day}"):
            find_deliveries(contract, clinic.landing)
    else:
        assert find_deliveries(contract, clinic.landing)[0].as_of_date


def test_the_month_that_runs_is_not_the_future(clinic: Clinic) -> None:
    clinic.deliver(f"a_{date.today():%Y-%m}.csv", "1")
    assert find_deliveries(clinic.contract(), clinic.landing)


FAULTY: dict[str, tuple[dict[str, Any], str]] = {
    "no snapshotPath": ({"snapshotPath": None}, "needs a snapshotPath"),
    "a path that leads out": ({"snapshotPath": "../all.csv"}, "snapshotPath must be a file pattern inside"),
    "no such column": ({"operation": {"column": "X", "delete": "B"}}, "column X is no column of the schema"),
    "one code for both": ({"operation": {"column": "OP", "upsert": "B", "delete": "B"}}, "B stand for upsert and for"),
    "not a delta": ({"delivers": "snapshot"}, "snapshotPath belongs to a source that delivers delta"),
    "another word": ({"delivers": "sometimes"}, "custom property delivers"),
}


@pytest.mark.parametrize(("change", "told"), FAULTY.values(), ids=FAULTY.keys())
def test_a_faulty_declaration_is_told(clinic: Clinic, change: dict[str, Any], told: str) -> None:
    server = {name: value for name, value in (SERVER | change).items() if value is not None}
    with pytest.raises(ContractError) as caught:
        write_contract(clinic.contracts, columns=COLUMNS_OF_DELTA, server=server)
    assert told in str(caught.value)
