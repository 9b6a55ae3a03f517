import hashlib
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from invented import COLUMNS, Clinic

from sources.contract import SourceContract
from sources.standardise.standardise import StandardCounts, standardise
from warehouse.errors import StorageError
from warehouse.published.reference import DELIVERIES
from warehouse.session import scan
from warehouse.storage import read_rows, write_rows
from warehouse.table import Table
from warehouse.tables import EVENTS, RECORD_IDENTIFIERS, RECORDS

KEY, NAME, _ = COLUMNS
PEOPLE = (
    {"name": "KEY", "mapsTo": "record_key", "required": True},
    {"name": "CURP", "mapsTo": "identifier", "scheme": "mx.curp"},
    {"name": "FOLIO", "mapsTo": "identifier", "scheme": "local"},
    {"name": "NAME", "mapsTo": "given_names"},
    {"name": "FATHERS", "mapsTo": "surname_1"},
    {"name": "MOTHERS", "mapsTo": "surname_2"},
    {"name": "BORN", "mapsTo": "birth_date", "format": "%d/%m/%Y"},
    {"name": "SEX", "mapsTo": "sex", "codes": {"H": "male", "M": "female", "9": "unknown"}},
    {"name": "TOWN", "mapsTo": "municipality"},
    {"name": "STREET", "mapsTo": "address_line"},
    {"name": "PHONE", "mapsTo": "phone"},
    {"name": "MAIL", "mapsTo": "email"},
    {"name": "HOME", "mapsTo": "household_key"},
    {"name": "MOTHER", "mapsTo": "mother_name"},
    {"name": "INCOME", "mapsTo": "income"},
    {"name": "NOTES", "mapsTo": "ignore"},
)
ANA = {
    "KEY": "0007",
    "CURP": "aaaa900101mdfbbb05",
    "FOLIO": "F-12",
    "NAME": "Ma. Ana",
    "FATHERS": "Prueba",
    "MOTHERS": "Hdz.",
    "BORN": "01/07/1990",
    "SEX": "M",
    "TOWN": "Cd. Ficticia",
    "STREET": "Av. Nula No. 1",
    "PHONE": "55 2345 6789",
    "MAIL": "Ana@Prueba.MX",
    "HOME": "H1",
    "MOTHER": "Rosa de Prueba",
    "INCOME": "1,000",
}
TERMS = {"coverage": {"complete": False, "territory": "MX-CMX"}}
Row = dict[str, str]


def store(clinic: Clinic, contract: SourceContract, deliveries: dict[str, tuple[date | None, Sequence[Row]]]) -> None:
    """Lay raw rows down as intake does: all columns of the contract as text, blanks as null."""
    names = [column.name for column in contract.columns]
    for delivery_id, (_, rows) in deliveries.items():
        path = clinic.layout.raw(contract.id, delivery_id)
        path.parent.mkdir(parents=True, exist_ok=True)
        values = {name: pa.array([row.get(name) for row in rows], pa.string()) for name in names}
        places = pa.array(range(1, len(rows) + 1), pa.int64())
        pq.write_table(pa.table({"_file": pa.array(["f"] * len(rows), pa.string()), "_line": places, **values}), path)
    in_use = [
        {"contract_id": contract.id, "delivery_id": name, "as_of_date": day, "sha256": "0",
         "rows_delivered": len(rows), "rows_accepted": len(rows), "rows_quarantined": 0, "replaces": []}
        for name, (day, rows) in deliveries.items()
    ]  # fmt: skip
    write_rows(clinic.connection, DELIVERIES, in_use, clinic.layout.deliveries(contract.id))


def standardised(
    clinic: Clinic, contract: SourceContract, *rows: Row, day: date | None = date(2026, 10, 31)
) -> StandardCounts:
    store(clinic, contract, {"d1": (day, rows)})
    return standardise(clinic.connection, contract, contract.source, clinic.layout)


def written(clinic: Clinic, table: Table, contract: SourceContract) -> list[dict[str, Any]]:
    """The rows of a standard table, after the check that it has the declared columns."""
    return read_rows(table, clinic.layout.standard(table, contract.id))


def hashed(owner: str, key: str) -> str:
    return hashlib.sha256(f"{owner}\x1f{key}".encode()).hexdigest()[:16]


def test_a_record_holds_each_value_as_delivered_and_comparable(clinic: Clinic) -> None:
    contract = clinic.contract(columns=PEOPLE, terms=TERMS)
    assert standardised(clinic, contract, ANA) == StandardCounts(1, 0, 1, 2, 0)
    (record,) = written(clinic, RECORDS, contract)
    expected = {
        "record_id": hashed("clinic", "0007"),
        "source": "clinic",
        "contract_id": "clinic.people",
        "delivery_id": "d1",
        "as_of_date": date(2026, 10, 31),
        "record_key": "0007",
        "given_names": "Ma. Ana",
        "surname_2": "Hdz.",
        "given_names_std": "MARIA ANA",
        "surname_1_std": "PRUEBA",
        "surname_2_std": "HERNANDEZ",
        "birth_date": date(1990, 7, 1),
        "birth_year": 1990,
        "birth_date_is_default": True,
        "sex": "female",
        "phone_std": "+525523456789",
        "email_std": "ana@prueba.mx",
        "address_std": "AVENIDA NULA 1",
        "municipality_std": "CIUDAD FICTICIA",
        "household_key": "clinic:H1",
        "mother_name_std": "ROSA PRUEBA",
        "income": 1000.0,
        "faults": [],
    }
    assert {name: record[name] for name in expected} == expected
    assert all(record[name] is None for name in record if name not in {*expected, "surname_1"})


def test_each_identifier_is_a_row(clinic: Clinic) -> None:
    contract = clinic.contract(columns=PEOPLE)
    standardised(clinic, contract, ANA, {"KEY": "8", "CURP": "NO TIENE"}, {"KEY": "9", "FOLIO": "000"})
    rows = {(row["record_id"], row["scheme"], row["identifier_std"], row["is_valid"])
            for row in written(clinic, RECORD_IDENTIFIERS, contract)}  # fmt: skip
    assert rows == {
        (hashed("clinic", "0007"), "mx.curp", "AAAA900101MDFBBB05", True),
        (hashed("clinic", "0007"), "local.clinic", "F12", True),
        (hashed("clinic", "9"), "local.clinic", "000", False),
    }


@pytest.mark.parametrize(
    ("field", "told", "std", "faults"),
    [
        ("occupation", "7112", "7112", []),
        ("occupation", "711", "711", []),
        ("occupation", "7110", None, ["occupation"]),
        ("occupation", "astronauta", None, []),  # a title that the lists do not know is none's fault
        ("education_level", "344", "344", []),
        ("education_level", "10", None, ["education_level"]),
        ("education_level", "no sabe", None, []),
        ("education_level", "Secundaria", "2", []),
    ],
)
def test_codes_that_the_classification_lacks_are_flagged(
    clinic: Clinic, field: str, told: str, std: str | None, faults: list[str]
) -> None:
    contract = clinic.contract(columns=(KEY, NAME, {"name": "V", "mapsTo": field}))
    standardised(clinic, contract, {"KEY": "1", "NAME": "ANA", "V": told})
    (row,) = written(clinic, RECORDS, contract)
    found = row["occupation_isco" if field == "occupation" else "education_isced"]
    assert (row[field], found, row["faults"]) == (told, std, faults)


def test_what_cannot_be_read_is_null_and_named(clinic: Clinic) -> None:
    contract = clinic.contract(columns=PEOPLE)
    bad = {"KEY": "1", "BORN": "31/02/1990", "SEX": "?", "INCOME": "much", "PHONE": "123", "MAIL": "ana@", "NAME": "NN"}
    unborn = {"KEY": "2", "BORN": "01/11/2026"}
    silent = {"KEY": "3", "SEX": "9", "PHONE": "NO TIENE"}
    assert standardised(clinic, contract, bad, unborn, silent).records == 3
    records = {row["record_key"]: row for row in written(clinic, RECORDS, contract)}
    assert sorted(records["1"]["faults"]) == ["birth_date", "email", "income", "phone", "sex"]
    assert records["1"]["birth_date"] is None
    assert records["1"]["given_names"] == "NN"
    assert records["1"]["given_names_std"] is None
    assert records["2"]["faults"] == ["birth_date"]
    assert records["2"]["birth_date"] is None
    assert records["3"]["faults"] == []
    assert records["3"]["sex"] is None


def test_a_year_alone_is_a_birth_year(clinic: Clinic) -> None:
    columns = (PEOPLE[0], PEOPLE[3], PEOPLE[6], {"name": "YEAR", "mapsTo": "birth_year"})
    contract = clinic.contract(columns=columns)
    rows = [
        {"KEY": "1", "YEAR": "1990"},
        {"KEY": "2", "YEAR": "1990", "BORN": "02/03/1991"},
        {"KEY": "3", "YEAR": "2027"},
    ]
    standardised(clinic, contract, *rows)
    records = written(clinic, RECORDS, contract)
    told = {row["record_key"]: (row["birth_year"], row["birth_date_is_default"], row["faults"]) for row in records}
    assert told == {"1": (1990, None, []), "2": (1991, False, []), "3": (None, None, ["birth_year"])}


def test_the_latest_delivery_of_a_key_holds(clinic: Clinic) -> None:
    contract = clinic.contract(columns=PEOPLE)
    deliveries: dict[str, tuple[date | None, Sequence[Row]]] = {
        "new": (date(2026, 10, 31), [{"KEY": "1", "NAME": "Nueva"}]),
        "old": (date(2026, 9, 30), [{"KEY": "1", "NAME": "Vieja"}, {"KEY": "2", "NAME": "Vieja"}]),
        "undated": (None, [{"KEY": "2", "NAME": "Antes"}, {"KEY": "3", "NAME": "Antes"}]),
    }
    store(clinic, contract, deliveries)
    counts = standardise(clinic.connection, contract, "clinic", clinic.layout)
    assert counts == StandardCounts(rows=5, superseded=2, records=3, identifiers=0, events=0)
    records = written(clinic, RECORDS, contract)
    assert {row["record_key"]: (row["given_names"], row["delivery_id"]) for row in records} == {
        "1": ("Nueva", "new"),
        "2": ("Vieja", "old"),
        "3": ("Antes", "undated"),
    }


def test_cleaning_never_changes_a_record_id(clinic: Clinic) -> None:
    contract = clinic.contract(columns=PEOPLE)
    keys = ["1", "01", "a", "A", "ñ", "a b", "x'y\"z", "😀"]
    standardised(clinic, contract, *({"KEY": key, "NAME": "Ana"} for key in keys))
    assert {row["record_id"] for row in written(clinic, RECORDS, contract)} == {hashed("clinic", key) for key in keys}


def test_the_same_rows_give_the_same_bytes(clinic: Clinic) -> None:
    contract = clinic.contract(columns=PEOPLE)
    rows = [{**ANA, "KEY": str(key), "NAME": f"Ana {key % 7}"} for key in range(500)]
    digests = []
    for order in (rows, rows[::-1]):
        standardised(clinic, contract, *order)
        paths = [clinic.layout.standard(table, contract.id) for table in (RECORDS, RECORD_IDENTIFIERS)]
        digests.append([hashlib.sha256(path.read_bytes()).hexdigest() for path in paths])
    assert digests[0] == digests[1]


def test_columns_may_have_any_name(clinic: Clinic) -> None:
    columns = (
        {"name": "record_key", "mapsTo": "full_name"},
        {"name": 'a "key"; --', "mapsTo": "record_key", "required": True},
        {"name": "delivery_id", "mapsTo": "phone"},
        {"name": "birth_date", "mapsTo": "surname_1"},
        {"name": "place", "mapsTo": "birth_date"},
    )
    contract = clinic.contract(columns=columns)
    standardised(clinic, contract, {'a "key"; --': "k", "record_key": "Ana Prueba", "place": "1990-02-03"})
    (record,) = written(clinic, RECORDS, contract)
    assert (record["record_key"], record["full_name"], record["birth_date"]) == ("k", "Ana Prueba", date(1990, 2, 3))
    assert record["delivery_id"] == "d1"


def test_an_empty_delivery_gives_empty_tables(clinic: Clinic) -> None:
    contract = clinic.contract(columns=PEOPLE)
    assert standardised(clinic, contract) == StandardCounts(0, 0, 0, 0, 0)
    assert written(clinic, RECORDS, contract) == []
    assert written(clinic, RECORD_IDENTIFIERS, contract) == []


def test_nothing_taken_in_is_told(clinic: Clinic) -> None:
    with pytest.raises(StorageError, match="deliveries"):
        standardise(clinic.connection, clinic.contract(columns=PEOPLE), "clinic", clinic.layout)


def test_nothing_is_left_in_the_session(clinic: Clinic) -> None:
    contract = clinic.contract(columns=PEOPLE)
    standardised(clinic, contract, ANA)
    tables = "select table_name from duckdb_tables()"
    views = "select view_name from duckdb_views() where not internal"
    left = clinic.connection.sql(f"{tables} union all {views}").fetchall()
    assert left == []


PAYMENTS = (
    {"name": "PAYMENT", "mapsTo": "record_key", "required": True},
    {"name": "WHO", "mapsTo": "person_key"},
    {"name": "DAY", "mapsTo": "start_date", "format": "%d/%m/%Y"},
    {"name": "SUM", "mapsTo": "amount"},
    {"name": "DAYS", "mapsTo": "days"},
    {"name": "WHERE", "mapsTo": "country"},
    {"name": "WHY", "mapsTo": "reason", "codes": {"A": "arrears"}},
)
BENEFIT = {"role": "events", "kind": "benefit"}


def test_events_refer_to_the_record_of_their_person(clinic: Clinic) -> None:
    contract = clinic.contract(columns=PAYMENTS, terms=BENEFIT, id="clinic.payments")
    row = {"PAYMENT": "P1", "WHO": "0007", "DAY": "05/10/2026", "SUM": "1,200.50", "DAYS": "30", "WHERE": "México"}
    assert standardised(clinic, contract, row) == StandardCounts(1, 0, 0, 0, 1)
    (event,) = written(clinic, EVENTS, contract)
    expected = {
        "event_id": hashed("clinic.payments", "P1"),
        "record_id": hashed("clinic", "0007"),
        "source": "clinic",
        "contract_id": "clinic.payments",
        "delivery_id": "d1",
        "as_of_date": date(2026, 10, 31),
        "kind": "benefit",
        "start_date": date(2026, 10, 5),
        "amount": 1200.5,
        "days": 30,
        "country": "MX",
        "faults": [],
    }
    assert {name: value for name, value in event.items() if value is not None} == expected
    assert not clinic.layout.standard(RECORDS, contract.id).exists()


def test_what_cannot_be_read_of_an_event_is_named(clinic: Clinic) -> None:
    contract = clinic.contract(columns=PAYMENTS, terms=BENEFIT, id="clinic.payments")
    standardised(clinic, contract, {"PAYMENT": "P1", "DAY": "soon", "SUM": "1.2.3", "DAYS": "1.5", "WHY": "Z"})
    (event,) = written(clinic, EVENTS, contract)
    assert sorted(event["faults"]) == ["amount", "days", "person_key", "reason", "start_date"]
    assert (event["start_date"], event["amount"], event["reason"]) == (None, None, None)


def test_events_with_the_persons_own_fields_are_records_too(clinic: Clinic) -> None:
    columns = (
        {"name": "VISIT", "mapsTo": "record_key", "required": True},
        {"name": "NAME", "mapsTo": "full_name"},
        {"name": "DAY", "mapsTo": "start_date"},
        {"name": "FROM", "mapsTo": "country"},
    )
    contract = clinic.contract(columns=columns, terms={"role": "events", "kind": "checkup"}, id="clinic.visits")
    rows = [
        {"VISIT": "1", "NAME": "Ana Prueba", "DAY": "2026-10-05", "FROM": "HN"},
        {"VISIT": "2", "NAME": "Ana Prueba"},
    ]
    assert standardised(clinic, contract, *rows) == StandardCounts(2, 0, 2, 0, 2)
    records, events = written(clinic, RECORDS, contract), written(clinic, EVENTS, contract)
    assert (
        {row["record_id"] for row in records}
        == {row["record_id"] for row in events}
        == {hashed("clinic", key) for key in ("1", "2")}
    )
    assert {row["given_names_std"] for row in records} == {"ANA"}
    assert {row["country_std"] for row in records} == {None}
    assert {row["country"] for row in events} == {"HN", None}


def test_standard_tables_read_as_declared(clinic: Clinic, tmp_path: Path) -> None:
    contract = clinic.contract(columns=PEOPLE)
    standardised(clinic, contract, ANA)
    path = clinic.layout.standard(RECORDS, contract.id)
    assert path.stat().st_mode & 0o777 == 0o600
    assert clinic.connection.sql(f"select record_key from {scan(path)}").fetchall() == [("0007",)]
