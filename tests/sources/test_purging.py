"""Rows that may no longer be held: gone for good, and counted."""

import hashlib
from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from invented import Clinic

from quality.conservation import RowCounts
from sources.contract import SourceContract
from sources.purging import purge_raw, retire, rows_purged
from sources.receiving import receive
from sources.standardise.standardise import standardise
from warehouse.settings import Settings
from warehouse.storage import row_count
from warehouse.tables import EVENTS, RECORD_IDENTIFIERS, RECORDS

TODAY = date(2026, 11, 24)
PEOPLE = (
    {"name": "KEY", "mapsTo": "record_key", "required": True},
    {"name": "NAME", "mapsTo": "full_name"},
    {"name": "CURP", "mapsTo": "identifier", "scheme": "mx.curp"},
)
VISITS = (
    {"name": "ID", "mapsTo": "record_key", "required": True},
    {"name": "KEY", "mapsTo": "person_key"},
    {"name": "FROM", "mapsTo": "start_date", "format": "%Y-%m-%d"},
    {"name": "TO", "mapsTo": "end_date", "format": "%Y-%m-%d"},
)


def hashed(owner: str, key: str) -> str:
    return hashlib.sha256(f"{owner}\x1f{key}".encode()).hexdigest()[:16]


def keys(clinic: Clinic, contract: SourceContract) -> list[str]:
    (file,) = (clinic.home / "lake" / "raw" / contract.id).glob("*.parquet")
    return [str(name) for name in pq.read_table(file)["KEY"].to_pylist()]


def received(clinic: Clinic, settings: Settings, text: str, **parts: object) -> SourceContract:
    clinic.deliver("people.csv", text)
    contract = clinic.contract(columns=PEOPLE, **parts)
    receive(clinic.connection, contract, settings)
    return contract


def test_the_erased_go_from_raw_and_stay_away(clinic: Clinic, settings: Settings) -> None:
    contract = received(clinic, settings, "KEY,NAME,CURP\n1,ANA PRUEBA,\n2,LUZ PRUEBA,\n3,EVA PRUEBA,\n")
    erased = {hashed("clinic", "2"), hashed("clinic", "99")}
    assert purge_raw(clinic.connection, contract, "clinic", erased, clinic.layout) == 1
    assert purge_raw(clinic.connection, contract, "clinic", erased, clinic.layout) == 0
    assert keys(clinic, contract) == ["1", "3"]
    clinic.deliver("people.csv", "KEY,NAME,CURP\n2,LUZ PRUEBA,\n3,EVA PRUEBA,\n4,SOL PRUEBA,\n")
    receive(clinic.connection, contract, settings)
    assert purge_raw(clinic.connection, contract, "clinic", erased, clinic.layout) == 1
    standardise(clinic.connection, contract, "clinic", clinic.layout)
    standard = pq.read_table(clinic.layout.standard(RECORDS, contract.id))
    assert sorted(standard["record_key"].to_pylist()) == ["3", "4"]


def test_erased_rows_are_still_accounted_for(clinic: Clinic, settings: Settings) -> None:
    contract = received(clinic, settings, "KEY,NAME,CURP\n1,ANA PRUEBA,\n2,LUZ PRUEBA,\n3,EVA PRUEBA,\n,NOBODY,\n")
    for key in ("1", "3"):
        purge_raw(clinic.connection, contract, "clinic", {hashed("clinic", key)}, clinic.layout)
    intake = receive(clinic.connection, contract, settings).deliveries[0]
    name = intake.delivery.delivery_id
    raw, quarantine = clinic.layout.raw(contract.id, name), clinic.layout.quarantine(contract.id, name)
    counts = RowCounts(
        name,
        intake.rows_delivered,
        row_count(raw),
        row_count(quarantine),
        rows_purged(clinic.layout, contract.id, name),
    )
    assert (counts.delivered, counts.accepted, counts.quarantined, counts.erased, counts.astray) == (4, 1, 1, 2, 0)


def test_the_events_of_the_erased_go_too(clinic: Clinic, settings: Settings) -> None:
    clinic.deliver("people.csv", "ID,KEY,FROM,TO\na,1,2026-01-01,\nb,2,2026-01-01,\nc,2,2026-02-01,\n")
    terms = {"role": "events", "kind": "checkup"}
    contract = clinic.contract(columns=VISITS, terms=terms, id="clinic.visits", name="visits")
    receive(clinic.connection, contract, settings)
    assert purge_raw(clinic.connection, contract, "clinic", {hashed("clinic", "2")}, clinic.layout) == 2
    assert keys(clinic, contract) == ["1"]


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


def test_records_go_with_their_identifiers(clinic: Clinic, settings: Settings) -> None:
    contract = received(clinic, settings, "KEY,NAME,CURP\n1,ANA PRUEBA,\n", terms={"retentionMonths": 12})
    days = {"old": date(2025, 11, 23), "young": date(2025, 11, 24), "undated": None}
    write_standard(clinic, contract, RECORDS, [{"record_id": name, "as_of_date": day} for name, day in days.items()])
    numbers = [{"record_id": name, "scheme": "x", "identifier_std": "1", "is_valid": True} for name in days]
    write_standard(clinic, contract, RECORD_IDENTIFIERS, numbers)
    removed = retire(clinic.connection, contract, clinic.layout, TODAY)
    assert removed == {"old raw files": 0, "identifiers": 1, "records": 1}
    for table in (RECORDS, RECORD_IDENTIFIERS):
        left = pq.read_table(clinic.layout.standard(table, contract.id))["record_id"].to_pylist()
        assert sorted(left) == ["undated", "young"]


def test_without_a_retention_everything_stays(clinic: Clinic, settings: Settings) -> None:
    contract = received(clinic, settings, "KEY,NAME,CURP\n1,ANA PRUEBA,\n")
    assert retire(clinic.connection, contract, clinic.layout, TODAY) == {}
