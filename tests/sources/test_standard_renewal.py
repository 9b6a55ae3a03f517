"""Standard tables are kept while nothing they are made of has changed, and are those that a fresh home would have."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from invented import PEOPLE, Clinic

from sources.contract import SourceContract
from sources.erasure import purge_raw
from sources.receiving import receive
from sources.standardise import renewal
from sources.standardise.renewal import Renewed, renew, standard_tables
from warehouse import receipts
from warehouse.privacy.rights import grant
from warehouse.settings import Settings
from warehouse.tables import RECORD_FLAGS, RECORDS

TODAY = date(2026, 11, 24)
LATER = date(2027, 11, 24)
OCTOBER = "KEY,NAME,CURP,BORN\n1,ANA PRUEBA DOS,AAAA900101MDFBBB05,02/03/1991\n2,LUZ PRUEBA,,05/06/1990\n"
NOVEMBER = OCTOBER + "3,EVA PRUEBA,,07/08/1990\n"
COLUMNS = (*PEOPLE, {"name": "BORN", "mapsTo": "birth_date", "format": ["%d/%m/%Y", "%m/%d/%Y"]})
TERMS = {"retentionMonths": 12}
ADDED = {"delivers": "append"}


def record(key: str) -> str:
    return hashlib.sha256(f"clinic\x1f{key}".encode()).hexdigest()[:16]


@dataclass
class Night:
    """What a night does of one contract: the deliveries are taken in, the erased purged, the tables renewed."""

    clinic: Clinic
    settings: Settings
    contract: SourceContract
    erased: frozenset[str] = frozenset()

    def renewed(self, today: date = TODAY) -> Renewed:
        clinic = self.clinic
        receive(clinic.connection, self.contract, self.settings)
        purge_raw(clinic.connection, self.contract, "clinic", self.erased, clinic.layout)
        return renew(clinic.connection, self.contract, "clinic", clinic.layout, today)

    def files(self) -> list[Path]:
        return [self.clinic.layout.standard(table, self.contract.id) for table in standard_tables(self.contract)]

    def contents(self) -> list[bytes]:
        return [file.read_bytes() for file in self.files()]

    def afresh(self, today: date = TODAY) -> list[bytes]:
        """What the tables would be in a home that held nothing but the state."""
        for place in (*self.files(), self.clinic.layout.standard_receipt(self.contract.id)):
            place.unlink()
        self.renewed(today)
        return self.contents()


@pytest.fixture
def night(clinic: Clinic, settings: Settings) -> Night:
    clinic.deliver("people_2026-10-31.csv", OCTOBER)
    night = Night(clinic, settings, clinic.contract(columns=COLUMNS, terms=TERMS, server=ADDED))
    assert night.renewed().made_at == ""
    return night


def test_the_tables_are_kept_while_nothing_has_changed(night: Night) -> None:
    def written() -> list[tuple[int, int]]:
        return [(file.stat().st_ino, file.stat().st_mtime_ns) for file in night.files()]

    before = written()
    assert night.renewed().made_at
    assert written() == before
    assert night.contents() == night.afresh()
    assert written() != before


def test_what_is_told_of_kept_tables_is_what_was_told(night: Night) -> None:
    night.clinic.layout.standard_receipt(night.contract.id).unlink()
    made, kept = night.renewed(), night.renewed()
    assert replace(kept, made_at="") == made
    assert made.counts.records == 2
    assert made.sha256 == hashlib.sha256(night.files()[0].read_bytes()).hexdigest()


def test_a_contract_read_again_is_the_same_contract(night: Night) -> None:
    night.contract = night.clinic.contract(columns=COLUMNS, terms=TERMS, server=ADDED)
    assert night.renewed().made_at


def deliver(night: Night) -> None:
    night.clinic.deliver("people_2026-11-20.csv", NOVEMBER)


def correct(night: Night) -> None:
    night.clinic.deliver("people_2026-10-31.csv", OCTOBER.replace("LUZ", "LUCÍA"))


def change_contract(night: Night) -> None:
    columns = ({**COLUMNS[0]}, {**COLUMNS[1], "mapsTo": "given_names"}, *COLUMNS[2:])
    night.contract = night.clinic.contract(columns=columns, terms=TERMS, server=ADDED)


def put_right(night: Night) -> None:
    grant(night.clinic.layout, "rectify", [record("2")], "certificate", "given_names", "LUCIA")


def erase(night: Night) -> None:
    night.erased = frozenset({record("2")})


def damage_a_table(night: Night) -> None:
    night.files()[0].write_bytes(night.files()[1].read_bytes())


def lose_a_table(night: Night) -> None:
    night.files()[-1].unlink()


def damage_the_receipt(night: Night) -> None:
    night.clinic.layout.standard_receipt(night.contract.id).write_text('{"at": "2026')


def set_the_clock_back(night: Night) -> None:
    night.renewed(LATER)
    assert pq.read_metadata(night.files()[0]).num_rows == 0


CHANGES = [
    deliver, correct, change_contract, put_right, erase, damage_a_table, lose_a_table, damage_the_receipt,
    set_the_clock_back,
]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES, ids=[change.__name__ for change in CHANGES])
def test_what_has_changed_is_standardised_anew(night: Night, change: Callable[[Night], None]) -> None:
    change(night)
    assert night.renewed().made_at == ""
    assert night.contents() == night.afresh()
    assert night.renewed().made_at


def test_another_program_or_library_makes_all_anew(night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receipts, "running_program", lambda: "another")
    assert night.renewed().made_at == ""


def test_nobody_erased_is_carried_over(night: Night) -> None:
    erase(night)
    night.renewed()
    assert pq.read_table(night.files()[0])["record_id"].to_pylist() == [record("1")]
    assert not any(record("2").encode() in content for content in night.contents())


def test_what_is_put_right_elsewhere_changes_nothing_here(night: Night) -> None:
    grant(night.clinic.layout, "rectify", ["another's record"], "certificate", "given_names", "LUCIA")
    assert night.renewed().made_at


def test_a_value_that_the_source_has_put_right_itself_is_kept_after(night: Night) -> None:
    put_right(night)
    night.renewed()
    night.clinic.deliver("people_2026-11-20.csv", NOVEMBER.replace("LUZ", "LUCIA"))
    assert night.renewed().rectified == 0
    assert night.renewed().made_at
    assert night.contents() == night.afresh()


def test_retention_goes_on_in_kept_tables(night: Night) -> None:
    assert pq.read_metadata(night.clinic.layout.standard(RECORD_FLAGS, night.contract.id)).num_rows
    night.clinic.deliver("people_2026-11-30.csv", NOVEMBER.replace("2,LUZ", "4,SOL"))
    night.renewed()
    kept = night.renewed(LATER)
    assert kept.made_at
    assert kept.retired["records"] == 1
    assert night.renewed(LATER).retired["records"] == 0
    assert night.contents() == night.afresh(LATER)


@pytest.mark.parametrize("at", ["retire", "put_right", "write_receipt"])
def test_what_was_stopped_halfway_is_made_anew_even_for_the_delivery_of_before(
    night: Night, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    before = night.contents()
    deliver(night)
    with monkeypatch.context() as patched:
        patched.setattr(renewal, at, killed)
        with pytest.raises(KeyboardInterrupt):
            night.renewed()
    (night.clinic.landing / "clinic" / "people_2026-11-20.csv").unlink()
    assert night.renewed().made_at == ""
    assert night.contents() == before


def killed(*_: object) -> None:
    raise KeyboardInterrupt


def test_the_receipt_holds_no_value_of_a_person(night: Night) -> None:
    put_right(night)
    night.renewed()
    text = night.clinic.layout.standard_receipt(night.contract.id).read_text()
    assert not any(word in text for word in ("LUZ", "LUCIA", "PRUEBA", "AAAA900101MDFBBB05", record("2")))
    assert RECORDS.name in text
