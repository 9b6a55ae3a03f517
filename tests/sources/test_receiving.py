from pathlib import Path

from invented import deliver, write_contract

from sources.receiving import receive
from warehouse.layout import Layout
from warehouse.published.reference import DELIVERIES
from warehouse.session import open_session
from warehouse.settings import Settings
from warehouse.storage import read_rows

HEADER = "KEY,NAME,BORN\n"


def row(number: int) -> str:
    return f"K{number},ANA,01/02/2003\n"


def delivered_ids(settings: Settings) -> list[str]:
    rows = read_rows(DELIVERIES, Layout(settings.home).deliveries("clinic.people"))
    return [str(each["delivery_id"]) for each in rows]


def received(settings: Settings, folder: Path) -> list[tuple[int, tuple[str, ...]]]:
    """The rows accepted of each delivery in use, and the deliveries that it replaces, by the table of deliveries."""
    contract = write_contract(folder)
    with open_session(settings) as connection:
        receive(connection, contract, settings)
    rows = read_rows(DELIVERIES, Layout(settings.home).deliveries(contract.id))
    return [(each["rows_accepted"], tuple(each["replaces"])) for each in rows]


def test_a_corrected_delivery_of_the_same_day_replaces_the_faulty_one(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "home", tmp_path, tmp_path / "landing")
    deliver(settings.landing, "clinic/p_2026-10.csv", HEADER + row(1))
    assert received(settings, tmp_path) == [(1, ())]
    (faulty,) = delivered_ids(settings)
    deliver(settings.landing, "clinic/p_2026-10.csv", HEADER + row(1) + row(2))
    assert received(settings, tmp_path) == [(2, (faulty,))]
    (again,) = delivered_ids(settings)
    deliver(settings.landing, "clinic/p_2026-10_r2.csv", HEADER + row(1) + row(2) + row(3))
    assert received(settings, tmp_path) == [(3, (faulty, again))]
    assert received(settings, tmp_path) == [(3, (faulty, again))], "a further run says the same"
    deliver(settings.landing, "clinic/p_2026-11.csv", HEADER + row(4))
    assert received(settings, tmp_path) == [(1, ())], "another month replaces nothing"
