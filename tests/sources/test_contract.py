from pathlib import Path
from typing import Any

import pytest
import yaml
from invented import COLUMNS, contract_document, write_contract

from sources.contract import read_contract
from warehouse.errors import ContractError

KEY, NAME, BORN = COLUMNS


def faults_of(tmp_path: Path, **parts: Any) -> tuple[str, ...]:
    with pytest.raises(ContractError) as caught:
        write_contract(tmp_path, **parts)
    return caught.value.faults


def test_a_contract_tells_who_delivers_what(tmp_path: Path) -> None:
    contract = write_contract(tmp_path, server={"delimiter": ";", "encoding": "latin-1"})
    assert (contract.id, contract.source, contract.institution) == ("clinic.people", "clinic", "clinic")
    assert (contract.reading.delimiter, contract.reading.encoding, contract.reading.header) == (";", "latin-1", True)
    assert [column.field for column in contract.columns] == ["record_key", "full_name", "birth_date"]
    assert contract.columns[2].terms.format == ("%d/%m/%Y",)
    assert contract.has_persons
    assert contract.column("birth_date") is contract.columns[2]
    assert contract.column("sex") is None


def test_a_primary_key_is_required(tmp_path: Path) -> None:
    contract = write_contract(tmp_path, columns=({**KEY, "required": False, "primaryKey": True}, NAME))
    assert [column.required for column in contract.columns] == [True, False]


def test_events_that_refer_by_key_have_no_persons(tmp_path: Path) -> None:
    columns = (KEY, {"name": "WHO", "mapsTo": "person_key"}, {"name": "ON", "mapsTo": "start_date"})
    contract = write_contract(tmp_path, columns=columns, terms={"role": "events", "kind": "checkup"})
    assert not contract.has_persons


def test_three_faults_are_told_at_once(tmp_path: Path) -> None:
    faults = faults_of(
        tmp_path,
        columns=(KEY, NAME, {**BORN, "format": "day first"}, {"name": "AGE"}),
        server={"format": "pdf"},
    )
    assert faults == (
        "servers: unknown format pdf; known are csv, fixed_width, xlsx, parquet, jsonl.",
        "column AGE: no mapsTo; name a field, or ignore.",
        "column BORN: the format day first is no date format; write it as in %d/%m/%Y.",
    )


FAULTY: dict[str, tuple[dict[str, Any], str]] = {
    "no role": ({"terms": {"role": None}}, "no role"),
    "unknown role": ({"terms": {"role": "people"}}, "custom property role"),
    "unknown word": ({"terms": {"colour": "red"}}, "unknown custom property colour; known are role, kind"),
    "events without kind": ({"terms": {"role": "events"}}, "needs a kind"),
    "persons with kind": ({"terms": {"kind": "tax"}}, "kind belongs to events"),
    "no record key": ({"columns": (NAME,)}, "mapsTo record_key: no column has it"),
    "nothing to link by": ({"columns": (KEY, {"name": "SEX", "mapsTo": "sex"})}, "nothing tells its people apart"),
    "unknown field": ({"columns": (KEY, {"name": "N", "mapsTo": "nombre"})}, "mapsTo nombre is no field"),
    "event field of a person": ({"columns": (KEY, NAME, {"name": "A", "mapsTo": "amount"})}, "mapsTo amount is no"),
    "two columns to a field": ({"columns": (KEY, NAME, {**NAME, "name": "N2"})}, "mapsTo full_name: 2 columns"),
    "same name twice": ({"columns": (KEY, NAME, NAME)}, "column NAME: named 2 times"),
    "alike but for capitals": ({"columns": (KEY, NAME, {"name": "name", "mapsTo": "ignore"})}, "differ in capitals"),
    "reserved name": ({"columns": (KEY, NAME, {"name": "_line", "mapsTo": "ignore"})}, "_line: the name is reserved"),
    "identifier without scheme": ({"columns": (KEY, {"name": "I", "mapsTo": "identifier"})}, "needs a scheme"),
    "no width": ({"server": {"format": "fixed_width"}}, "column KEY: a fixed-width column needs its width"),
    "strange sex": ({"columns": (KEY, NAME, {"name": "S", "mapsTo": "sex", "codes": {"H": "man"}})}, "lead to man"),
    "absolute path": ({"server": {"path": "/etc/*.csv"}}, "path must be a file pattern inside the landing zone"),
    "path that leads out": ({"server": {"path": "../*.csv"}}, "path must be a file pattern inside the landing zone"),
    "stars within a name": ({"server": {"path": "clinic/**.csv"}}, "** may only stand for whole folders"),
    "unknown encoding": ({"server": {"encoding": "western"}}, "unknown encoding western"),
    "not a text encoding": ({"server": {"encoding": "rot13"}}, "unknown encoding rot13"),
    "long delimiter": ({"server": {"delimiter": "||"}}, "custom property delimiter"),
    "delimiter is the quote": ({"server": {"delimiter": '"'}}, "another character than the quote"),
    "identity": ({"id": "../clinic"}, "id: may hold letters, digits"),
    "not of ODCS": ({"kind": "Contract"}, 'kind: "Contract" is not one of'),
    "no columns": ({"schema": [{"name": "people", "properties": []}]}, "schema: there is no property"),
    "two tables": ({"schema": contract_document()["schema"] * 2}, "2 tables"),
}


@pytest.mark.parametrize(("parts", "told"), FAULTY.values(), ids=FAULTY.keys())
def test_a_fault_is_told(tmp_path: Path, parts: dict[str, Any], told: str) -> None:
    assert any(told in fault for fault in faults_of(tmp_path, **parts))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("id: [", "is not YAML: line 2"),
        ("- a\n- b\n", "is not a mapping"),
        ("id: a\nid: b\n", "the keys id are given twice"),
        ("", "is not a mapping"),
    ],
)
def test_what_is_no_document_is_refused(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "contract.yaml"
    file.write_text(text)
    with pytest.raises(ContractError, match=told):
        read_contract(file)


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "contract.yaml"
    file.write_bytes("name: niñez".encode("latin-1"))
    with pytest.raises(ContractError, match="must be UTF-8"):
        read_contract(file)


def test_codes_that_look_like_other_things_stay_text(tmp_path: Path) -> None:
    file = tmp_path / "contract.yaml"
    sex = {"name": "S", "mapsTo": "sex", "codes": {"@": "male"}}
    text = yaml.safe_dump(contract_document(columns=(KEY, NAME, sex)))
    file.write_text(text.replace("'@': male", "{NO: male, 01: male, 1: female, 2020-01-01: other, 1:30: other}"))
    assert set(read_contract(file).columns[2].terms.codes) == {"NO", "01", "1", "2020-01-01", "1:30"}
