"""Rows that may no longer be held: gone for good, and counted."""

from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from invented import PEOPLE, VISITS, Clinic

from sources.contract import SourceContract
from sources.purging import retire
from sources.receiving import receive
from warehouse.settings import Settings
from warehouse.storage import row_count
from warehouse.tables import EVENTS, RECORD_FLAGS, RECORD_IDENTIFIERS, RECORDS

TODAY = date(2026, 11, 24)


def received(clinic: Clinic, settings: Settings, **parts: object) -> SourceContract:
    clinic.deliver("people.csv", "KEY,NAME,CURP\n1,ANA PRUEBA,\n")
    contract = clinic.contract(columns=PEOPLE, **parts)
    receive(clinic.connection, contract, settings)
    return contract


def write_standard(clinic: Clinic, contract: SourceContract, table: object, rows: list[dict[str, object]]) -> None:
    path = clinic.layout.standard(table, contract.id)  # type: ignore[arg-type]
    path.parent.mkdir(parents=True, exist_ok=True)
    full = [dict.fromkeys(table.column_names) | row for row in rows]  # type: ignore[attr-defined]
    loose = pa.schema([field.with_nullable(True) for field in table.schema])  # type: ignore[attr-defined]
    pq.write_table(pa.Table.from_pylist(full, schema=loose), path)


SPANS = [  # kind, first day, last day, whether it is kept for 24 months up to TODAY
    ("work", date(2010, 1, 1), None, True),
    ("work", date(2010, 1, 1), date(2024, 11, 24), True),
    ("work", date(2010, 1, 1), date(2024, 11, 23), False),
    ("checkup", date(2024, 11, 24), None, True),
    ("checkup", date(2024, 11, 23), None, False),
    ("checkup", None, None, True),
]


@pytest.mark.parametrize(("kind", "start", "end", "is_kept"), SPANS)
def test_an_event_is_kept_for_its_months_after_its_last_day(
    clinic: Clinic, settings: Settings, kind: str, start: date | None, end: date | None, is_kept: bool
) -> None:
    clinic.deliver("people.csv", "ID,KEY,FROM,TO\na,1,2026-01-01,\n")
    terms = {"role": "events", "kind": kind, "retentionMonths": 24}
    contract = clinic.contract(columns=VISITS, terms=terms, id="clinic.visits", name="visits")
    receive(clinic.connection, contract, settings)
    row = {"event_id": "e", "kind": kind, "start_date": start, "end_date": end, "as_of_date": date(2026, 10, 31)}
    write_standard(clinic, contract, EVENTS, [row])
    removed = retire(clinic.connection, contract, clinic.layout, TODAY)
    assert removed["events"] == (0 if is_kept else 1)
    assert row_count(clinic.layout.standard(EVENTS, contract.id)) == (1 if is_kept else 0)


def test_records_go_with_their_identifiers_and_flags(clinic: Clinic, settings: Settings) -> None:
    contract = received(clinic, settings, terms={"retentionMonths": 12})
    days = {"old": date(2025, 11, 23), "young": date(2025, 11, 24), "undated": None}
    write_standard(clinic, contract, RECORDS, [{"record_id": name, "as_of_date": day} for name, day in days.items()])
    numbers = [{"record_id": name, "scheme": "x", "identifier_std": "1", "is_valid": True} for name in days]
    write_standard(clinic, contract, RECORD_IDENTIFIERS, numbers)
    told = {"flag": "ambiguous_date_order", "field": "birth_date", "says": "both", "is_contradiction": False}
    write_standard(clinic, contract, RECORD_FLAGS, [{"record_id": name} | told for name in days])
    removed = retire(clinic.connection, contract, clinic.layout, TODAY)
    assert removed == {"old raw files": 0, "identifiers": 1, "flags": 1, "records": 1}
    for table in (RECORDS, RECORD_IDENTIFIERS, RECORD_FLAGS):
        left = pq.read_table(clinic.layout.standard(table, contract.id))["record_id"].to_pylist()
        assert sorted(left) == ["undated", "young"]


def test_without_a_retention_everything_stays(clinic: Clinic, settings: Settings) -> None:
    contract = received(clinic, settings)
    assert retire(clinic.connection, contract, clinic.layout, TODAY) == {}
