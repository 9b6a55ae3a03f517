"""The erased go from every copy of a delivery, and are counted: no byte of them is left under the home."""

import hashlib
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from invented import PEOPLE, VISITS, Clinic

from quality.conservation import RowCounts
from sources.contract import SourceContract
from sources.erasure import files_holding, purge_raw, rows_purged
from sources.receiving import receive
from sources.standardise.standardise import standardise
from warehouse.settings import Settings
from warehouse.storage import row_count
from warehouse.tables import RECORDS


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


def holding(home: Path, word: str) -> list[str]:
    """The files under `home`, but those that were delivered, that hold `word` in a cell or in their bytes."""
    found = []
    for path in sorted(file for file in home.rglob("*") if file.is_file() and "landing" not in file.parts):
        held = path.read_bytes()
        if path.suffix == ".parquet":
            held += str(pq.read_table(path).to_pylist()).encode()
        if word.encode() in held:
            found.append(path.relative_to(home).as_posix())
    return found


def test_no_copy_of_a_delta_keeps_the_erased(clinic: Clinic, settings: Settings) -> None:
    """Superseded deliveries, the copy of a delta's upserts, quarantine and what was reported of them."""
    reading = {"delivers": "delta", "snapshotPath": "clinic/*all.csv",
               "operation": {"column": "OP", "upsert": ["I", "U"], "delete": ["D"]}}  # fmt: skip
    contract = clinic.contract(columns=(*PEOPLE, {"name": "OP", "mapsTo": "ignore"}), server=reading)
    for month in ("08", "09"):
        clinic.deliver(f"2026-{month}-all.csv", "KEY,NAME,CURP,OP\nK-1,ANA PRUEBA,,I\nK-2,LUZ PRUEBA,,I\n")
        receive(clinic.connection, contract, settings)
    clinic.deliver("2026-10.csv", "KEY,NAME,CURP,OP\nK-2,LUZ PRUEBA LEON,,U\nK-2,LUZ,BROKEN\nK-3,EVA PRUEBA,,I,5\n")
    receive(clinic.connection, contract, settings)
    (update,) = (path.stem for path in clinic.layout.quarantine(contract.id, "*").parent.parent.glob("*update*"))
    told = clinic.layout.reports / "returns" / "clinic" / contract.id / update / "to_mend.html"
    told.parent.mkdir(parents=True)
    told.write_text("LUZ", encoding="utf-8")
    names = {hashed("clinic", "K-2")}
    before = holding(clinic.home, "LUZ")
    assert len(before) == 8, before
    assert files_holding(clinic.connection, contract, "clinic", names, clinic.layout) == [
        "2026-08-all.csv", "2026-09-all.csv", "2026-10.csv",
    ]  # fmt: skip
    assert purge_raw(clinic.connection, contract, "clinic", names, clinic.layout) == 4
    assert files_holding(clinic.connection, contract, "clinic", names, clinic.layout) == []
    assert holding(clinic.home, "LUZ") == holding(clinic.home, "K-2") == []
    assert holding(clinic.home, "EVA"), "what is not theirs stays in quarantine"
    assert rows_purged(clinic.layout, contract.id, update) == 2


UNREADABLE = [
    ("a quoted key", 'x,"K-2",1,2,3,4', True),
    ("a key in JSON", '{"KEY":"K-2"', True),
    ("another key that begins alike", "K-22,LUZ,1,2,3,4", False),
    ("a key within a word", "XK-2,LUZ,1,2,3,4", False),
]


@pytest.mark.parametrize(("what", "line", "goes"), UNREADABLE, ids=[case[0] for case in UNREADABLE])
def test_a_row_that_could_not_be_read_goes_by_its_words(
    clinic: Clinic, settings: Settings, what: str, line: str, goes: bool
) -> None:
    contract = received(clinic, settings, f"KEY,NAME,CURP\nK-1,ANA PRUEBA,\n{line}\n")
    assert purge_raw(clinic.connection, contract, "clinic", {hashed("clinic", "K-2")}, clinic.layout) == int(goes), what


def test_what_an_earlier_contract_read_is_searched_too(clinic: Clinic, settings: Settings) -> None:
    renamed = ({"name": "CLAVE", "mapsTo": "record_key", "required": True}, *PEOPLE[1:])
    received(clinic, settings, "KEY,NAME,CURP\nK-1,ANA PRUEBA,\nK-2,LUZ PRUEBA,\n")
    contract = clinic.contract(columns=renamed)
    assert purge_raw(clinic.connection, contract, "clinic", {hashed("clinic", "K-2")}, clinic.layout) == 1
    assert holding(clinic.home, "LUZ") == []
