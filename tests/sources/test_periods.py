"""One period of a contract's deliveries, read again by itself."""

from pathlib import Path

import duckdb
import pytest
from invented import deliver, write_contract

from sources.contract import SourceContract
from sources.ledger import read_ledger
from sources.periods import periods, take_in_again
from warehouse.errors import MissingError, RefusedError
from warehouse.layout import Layout
from warehouse.settings import Settings
from warehouse.storage import row_count

HEADER = "KEY,NAME,BORN\n"


@pytest.fixture
def place(tmp_path: Path) -> tuple[SourceContract, Settings]:
    settings = Settings(tmp_path / "home", tmp_path, tmp_path / "landing")
    for month in ("2026-08", "2026-09", "2026-10"):
        deliver(settings.landing, f"clinic/p_{month}.csv", f"{HEADER}K{month},ANA,01/02/2003\n")
    deliver(settings.landing, "clinic/p_2026-09_r2.csv", f"{HEADER}K1,ANA,01/02/2003\nK2,EVA,01/02/2003\n")
    deliver(settings.landing, "clinic/p_2026-02-31.csv", HEADER)
    return write_contract(tmp_path), settings


def test_the_landing_zone_tells_the_periods(place: tuple[SourceContract, Settings]) -> None:
    contract, settings = place
    assert periods(contract, settings.landing) == ["2026-08-31", "2026-09-30", "2026-10-31"]


def test_a_month_is_read_again_alone(
    place: tuple[SourceContract, Settings], connection: duckdb.DuckDBPyConnection
) -> None:
    contract, settings = place
    (settings.landing / "clinic" / "p_2026-02-31.csv").unlink()
    for _ in range(2):
        (intake,) = take_in_again(connection, contract, "2026-09-30", settings)
        assert (intake.rows_accepted, intake.was_known) == (2, False)
    layout = Layout(settings.home)
    assert row_count(layout.raw(contract.id, intake.delivery.delivery_id)) == 2
    assert not layout.deliveries(contract.id).exists(), "what is in use is the next whole run's to say"
    assert {entry.as_of_date for entry in read_ledger(layout)} == {"2026-09-30"}


def test_a_month_that_is_no_longer_there_is_told(
    place: tuple[SourceContract, Settings], connection: duckdb.DuckDBPyConnection
) -> None:
    contract, settings = place
    (settings.landing / "clinic" / "p_2026-02-31.csv").unlink()
    with pytest.raises(MissingError, match="2025-01-31"):
        take_in_again(connection, contract, "2025-01-31", settings)


def test_a_month_that_cannot_be_read_leaves_what_was_read_of_it(
    place: tuple[SourceContract, Settings], connection: duckdb.DuckDBPyConnection
) -> None:
    contract, settings = place
    (settings.landing / "clinic" / "p_2026-02-31.csv").unlink()
    (intake,) = take_in_again(connection, contract, "2026-10-31", settings)
    deliver(settings.landing, "clinic/p_2026-10.csv", "KEY,NAME\nK1,ANA\n")
    with pytest.raises(RefusedError, match="BORN"):
        take_in_again(connection, contract, "2026-10-31", settings)
    assert row_count(Layout(settings.home).raw(contract.id, intake.delivery.delivery_id)) == 1
