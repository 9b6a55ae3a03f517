from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from warehouse.storage import write_rows
from warehouse.survivorship import write_persons
from warehouse.tables import RECORDS, SPINE

DATES = {"F": date(1990, 2, 3), "M": date(1991, 4, 5)}
TRUST = {"registry": {"birth_date": 1}, "clinic": {"birth_date": 3}}


def record(record_id: str, source: str, **values: Any) -> dict[str, Any]:
    shared = {"contract_id": source, "delivery_id": "d", "record_key": record_id, "faults": []}
    return {"record_id": record_id, "source": source, **shared, **values}


def golden(connection: duckdb.DuckDBPyConnection, tmp_path: Path, *records: dict[str, Any]) -> dict[str, Any]:
    write_rows(connection, RECORDS, records, tmp_path / "records.parquet")
    spine = [
        {name: row[name] for name in ("source", "record_key", "record_id")} | {"entity_id": "e"} for row in records
    ]
    write_rows(connection, SPINE, spine, tmp_path / "spine.parquet")
    target = tmp_path / "persons.parquet"
    write_persons(connection, [tmp_path / "records.parquet"], tmp_path / "spine.parquet", TRUST, target)
    (row,) = connection.sql(f"select * from '{target}'").to_arrow_table().to_pylist()
    return row


CASES = [
    ("the most trusted source wins", [("registry", 1, "F"), ("clinic", 2, "M")], "F"),
    ("trust beats recency", [("registry", 1, "F"), ("clinic", 9, "M")], "F"),
    ("a missing value never wins", [("registry", 1, None), ("clinic", 2, "M")], "M"),
    ("the more recent wins among equals", [("clinic", 1, "F"), ("clinic", 2, "M")], "M"),
    ("an unranked source comes last", [("ngo", 9, "F"), ("clinic", 1, "M")], "M"),
]


@pytest.mark.parametrize(("rule", "claims", "expected"), CASES, ids=[case[0] for case in CASES])
def test_which_birth_date_survives(
    connection: duckdb.DuckDBPyConnection,
    tmp_path: Path,
    rule: str,
    claims: list[tuple[str, int, str | None]],
    expected: str,
) -> None:
    records = [
        record(f"r{number}", source, as_of_date=date(2026, said, 1), birth_date=DATES.get(value))
        for number, (source, said, value) in enumerate(claims)
    ]
    assert golden(connection, tmp_path, *records)["birth_date"] == DATES[expected]


def test_what_nobody_says_stays_unknown(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    row = golden(connection, tmp_path, record("r1", "clinic", sex="female"), record("r2", "ngo"))
    assert (row["sex"], row["birth_date"], row["record_count"], row["source_count"]) == ("female", None, 2, 2)


def test_ties_do_not_depend_on_the_order_of_rows(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    one, two = record("r1", "ngo", sex="female"), record("r2", "ngo", sex="male")
    assert golden(connection, tmp_path, one, two)["sex"] == golden(connection, tmp_path, two, one)["sex"] == "female"
