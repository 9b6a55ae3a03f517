from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sources.ledger import LedgerEntry, Status, add_entry, last_entry, read_ledger
from warehouse.errors import StorageError
from warehouse.layout import Layout


def entry(delivery_id: str = "2026-11-30-abc", status: Status = "received", rows: int = 0) -> LedgerEntry:
    return LedgerEntry(
        at="2026-12-01T08:00:00+00:00",
        status=status,
        contract_id="clinic.people",
        contract_sha256="c0",
        delivery_id=delivery_id,
        files=("niñez_2026-11.csv",),
        sha256="abc",
        size=10,
        as_of_date="2026-11-30",
        rows_delivered=rows,
        rows_accepted=rows,
    )


def test_entries_are_read_as_they_were_added(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    assert read_ledger(layout) == []
    entries = [entry(), entry(status="taken in", rows=7), entry("other")]
    for each in entries:
        add_entry(layout, each)
    assert read_ledger(layout) == entries
    assert last_entry(layout, "clinic.people", "2026-11-30-abc") == entries[1]
    assert last_entry(layout, "clinic.people", "never") is None
    assert ((layout.state / "deliveries.jsonl").stat().st_mode & 0o777) == 0o600


def test_a_line_cut_short_by_a_crash_is_passed_over_and_cut_off(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    add_entry(layout, entry())
    ledger = layout.state / "deliveries.jsonl"
    whole = ledger.read_bytes()
    for kept in (1, len(whole) // 2, len(whole) - 1):
        ledger.write_bytes(whole + whole[:kept])
        assert read_ledger(layout) == [entry()]
    add_entry(layout, entry("next"))
    assert read_ledger(layout) == [entry(), entry("next")]


def test_damage_elsewhere_is_told(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    add_entry(layout, entry())
    ledger = layout.state / "deliveries.jsonl"
    ledger.write_bytes(b'{"at": 1}\n' + ledger.read_bytes())
    with pytest.raises(StorageError, match="line 1 is damaged"):
        read_ledger(layout)


def test_writers_at_once_lose_no_entry(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: add_entry(layout, entry(str(number))), range(40)))
    assert {each.delivery_id for each in read_ledger(layout)} == {str(number) for number in range(40)}
