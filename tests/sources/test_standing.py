"""What stands of a contract when its newest delivery is missing, cannot be read, or breaks a promise."""

from pathlib import Path

import duckdb
import pytest
from invented import COLUMNS, deliver, write_contract

from sources.freshness import freshness
from sources.ledger import read_ledger
from sources.standing import last_good, note_good, read_refusals, receive_standing, refuse_newest
from warehouse.errors import DeliveryError
from warehouse.layout import Layout
from warehouse.published.reference import DELIVERIES
from warehouse.settings import Settings
from warehouse.storage import read_rows

HEADER = "KEY,NAME,BORN\n"
ROW = "K1,ANA,01/02/2003\n"
LATER = "K1,ANA,01/02/2003\nK2,EVA,03/04/2005\n"
BROKEN = "KEY,NAME\nK1,ANA\n"


class Office:
    """One institution's contract and landing zone."""

    def __init__(self, folder: Path, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection, self.folder = connection, folder
        self.settings = Settings(folder / "home", folder, folder / "landing")
        self.layout = Layout(self.settings.home)
        self.contract = write_contract(folder)

    def deliver(self, month: str, text: str) -> None:
        deliver(self.settings.landing, f"clinic/p_{month}.csv", text)

    def receive(self) -> list[str]:
        """The days of the deliveries that stand after this look at the landing zone."""
        receive_standing(self.connection, self.contract, self.settings)
        return self.standing()

    def standing(self) -> list[str]:
        rows = read_rows(DELIVERIES, self.layout.deliveries(self.contract.id))
        return [str(row["as_of_date"]) for row in rows]

    def refusals(self) -> list[str]:
        return [refusal.reason for refusal in read_refusals(self.layout, self.contract.id)]


@pytest.fixture
def office(tmp_path: Path, connection: duckdb.DuckDBPyConnection) -> Office:
    """An office whose September delivery was good."""
    office = Office(tmp_path, connection)
    office.deliver("2026-09", HEADER + ROW)
    assert office.receive() == ["2026-09-30"]
    note_good(office.contract, office.layout)
    return office


def test_a_good_delivery_takes_the_place_of_the_one_before(office: Office) -> None:
    office.deliver("2026-10", HEADER + LATER)
    assert office.receive() == ["2026-10-31"]
    assert office.refusals() == []


def test_a_missing_delivery_leaves_the_last_good_one(office: Office) -> None:
    for file in (office.settings.landing / "clinic").iterdir():
        file.unlink()
    assert office.receive() == ["2026-09-30"]
    assert office.refusals() == []


def test_a_delivery_that_cannot_be_read_leaves_the_last_good_one(office: Office) -> None:
    office.deliver("2026-10", BROKEN)
    assert office.receive() == ["2026-09-30"]
    (reason,) = office.refusals()
    assert "BORN" in reason
    assert [entry.status for entry in read_ledger(office.layout)][-1] == "refused"


def test_a_mended_delivery_counts_and_the_reason_is_gone(office: Office) -> None:
    office.deliver("2026-10", BROKEN)
    office.receive()
    office.deliver("2026-10", HEADER + LATER)
    assert office.receive() == ["2026-10-31"]
    assert office.refusals() == []


def test_a_delivery_that_breaks_a_promise_leaves_the_last_good_one(office: Office) -> None:
    office.deliver("2026-10", HEADER + LATER)
    assert office.receive() == ["2026-10-31"]
    assert refuse_newest(office.connection, office.contract, office.layout, "it breaks a promise")
    assert office.standing() == ["2026-09-30"]
    assert office.refusals() == ["it breaks a promise"]
    assert freshness(office.contract, office.layout)["refused_count"] == 1


def test_a_crash_before_the_checks_lets_no_unchecked_delivery_pass_for_good(office: Office) -> None:
    office.deliver("2026-10", HEADER + LATER)
    office.receive()
    good = last_good(office.layout, office.contract)
    assert good is not None
    assert [str(row["as_of_date"]) for row in good] == ["2026-09-30"]


def test_a_first_delivery_that_is_bad_leaves_the_contract_without_any(
    tmp_path: Path, connection: duckdb.DuckDBPyConnection
) -> None:
    office = Office(tmp_path, connection)
    assert office.receive() == []
    assert "clinic" in office.refusals()[0]
    office.deliver("2026-10", BROKEN)
    assert office.receive() == []
    assert freshness(office.contract, office.layout)["delivery_id"] is None


def test_a_first_bad_delivery_lets_an_older_one_count(tmp_path: Path, connection: duckdb.DuckDBPyConnection) -> None:
    office = Office(tmp_path, connection)
    office.deliver("2026-08", HEADER + ROW)
    office.deliver("2026-09", BROKEN)
    office.deliver("2026-10", BROKEN.replace("K1", "K2"))
    assert office.receive() == ["2026-08-31"]
    assert len(office.refusals()) == 2


def test_another_contract_cannot_stand_on_what_the_old_one_read(office: Office) -> None:
    office.contract.file.write_text(office.contract.file.read_text() + "\n# stricter\n")
    office.deliver("2026-09", BROKEN)
    with pytest.raises(DeliveryError, match="BORN"):
        office.receive()
    assert office.standing() == ["2026-09-30"]


def test_another_contract_that_refuses_the_same_file_cannot_stand_on_it_either(office: Office) -> None:
    office.contract = write_contract(office.folder, columns=(*COLUMNS, {"name": "SEX", "mapsTo": "sex"}))
    for _ in range(2):  # the first look notes in the ledger that this contract refuses what stood
        with pytest.raises(DeliveryError, match="missing column SEX"):
            office.receive()
    assert last_good(office.layout, office.contract) is None


def test_another_contract_reads_an_older_delivery_anew(office: Office) -> None:
    office.contract.file.write_text(office.contract.file.read_text() + "\n# stricter\n")
    office.deliver("2026-10", BROKEN)
    assert office.receive() == ["2026-09-30"]


def test_the_same_delivery_under_a_broken_promise_is_not_replaced_by_itself(office: Office) -> None:
    assert not refuse_newest(office.connection, office.contract, office.layout, "it breaks a promise")
    assert office.refusals() == []


@pytest.mark.parametrize(
    ("delivers", "stands"), [("snapshot", ["2026-09-30"]), ("append", ["2026-08-31", "2026-09-30"])]
)
def test_two_deliveries_that_arrive_together_are_both_seen(
    tmp_path: Path, connection: duckdb.DuckDBPyConnection, delivers: str, stands: list[str]
) -> None:
    office = Office(tmp_path, connection)
    office.contract = write_contract(tmp_path, server={"delivers": delivers})
    office.deliver("2026-09", HEADER + LATER)
    office.deliver("2026-08", HEADER + ROW)
    assert office.receive() == stands
