"""Which value survives, why, and what is told of it."""

from dataclasses import astuple
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from warehouse.persons.reasons import FieldError, why
from warehouse.persons.survival_rules import survival_rules
from warehouse.persons.survivorship import Golden, write_golden
from warehouse.session import scan
from warehouse.storage import write_rows
from warehouse.tables import PERSONS, RECORDS, SPINE

DATES = {"F": date(1990, 2, 3), "M": date(1991, 4, 5), "default": date(1991, 1, 1), "future": date(2031, 4, 5)}
TRUST = {"registry": {"birth_date": 1, "given_names": 1}, "clinic": {"birth_date": 3}}
TABLES = ("persons", "survivors", "conflicts", "states")


def record(record_id: str, source: str, **values: Any) -> dict[str, Any]:
    shared = {"contract_id": source, "delivery_id": "d", "record_key": record_id, "faults": []}
    return {"record_id": record_id, "source": source, **shared, **values}


def write_inputs(connection: duckdb.DuckDBPyConnection, folder: Path, records: list[dict[str, Any]]) -> None:
    write_rows(connection, RECORDS, records, folder / "records.parquet")
    spine = [
        {name: row[name] for name in ("source", "record_key", "record_id")} | {"entity_id": "e"} for row in records
    ]
    write_rows(connection, SPINE, spine, folder / "spine.parquet")


def golden(
    connection: duckdb.DuckDBPyConnection, folder: Path, *records: dict[str, Any]
) -> dict[str, list[dict[str, Any]]]:
    """The rows of every table that survivorship writes, by the table's name."""
    write_inputs(connection, folder, list(records))
    places = Golden(*(folder / f"{name}.parquet" for name in TABLES))
    write_golden(connection, [folder / "records.parquet"], folder / "spine.parquet", TRUST, places)
    return {
        name: connection.sql(f"select * from '{folder / name}.parquet'").to_arrow_table().to_pylist() for name in TABLES
    }


CASES = [
    ("one record alone", [("registry", 1, "F")], "F", "only claim"),
    ("all say the same", [("registry", 1, "F"), ("clinic", 2, "F")], "F", "unanimous"),
    ("a missing value never wins", [("registry", 1, None), ("clinic", 2, "M")], "M", "only claim"),
    ("the most trusted source wins", [("registry", 1, "F"), ("clinic", 2, "M")], "F", "trust"),
    ("trust beats recency", [("registry", 1, "F"), ("clinic", 9, "M")], "F", "trust"),
    (
        "two sources beat the most trusted",
        [("registry", 1, "F"), ("clinic", 2, "M"), ("ngo", 3, "M")],
        "M",
        "agreement",
    ),
    ("one source twice is no agreement", [("registry", 1, "F"), ("clinic", 2, "M"), ("clinic", 3, "M")], "F", "trust"),
    ("a default date loses", [("registry", 1, "default"), ("ngo", 2, "M")], "M", "validity"),
    ("a date to come loses", [("registry", 1, "future"), ("ngo", 2, "M")], "M", "validity"),
    ("a default date alone stays", [("registry", 1, "default")], "default", "only claim"),
    ("the more recent wins among equals", [("clinic", 1, "F"), ("clinic", 2, "M")], "M", "recency"),
    ("an unranked source comes last", [("ngo", 9, "F"), ("clinic", 1, "M")], "M", "trust"),
    ("nothing decides, so the first in order", [("clinic", 1, "M"), ("clinic", 1, "F")], "F", "order"),
]


@pytest.mark.parametrize(("rule", "claims", "expected", "reason"), CASES, ids=[case[0] for case in CASES])
def test_which_birth_date_survives_and_why(
    connection: duckdb.DuckDBPyConnection,
    tmp_path: Path,
    rule: str,
    claims: list[tuple[str, int, str | None]],
    expected: str,
    reason: str,
) -> None:
    records = [
        record(
            f"r{number}",
            source,
            as_of_date=date(2026, said, 1),
            birth_date=DATES.get(value or ""),
            birth_year=DATES[value].year if value else None,
            birth_date_is_default=value == "default",
        )
        for number, (source, said, value) in enumerate(claims)
    ]
    tables = golden(connection, tmp_path, *records)
    ((person,), survivors) = tables["persons"], {row["field"]: row for row in tables["survivors"]}
    assert (person["birth_date"], person["birth_year"]) == (DATES[expected], DATES[expected].year)
    assert survivors["birth_date"]["reason"] == reason
    assert survivors["birth_date"]["claim_count"] == sum(value is not None for *_, value in claims)
    assert expected in {value for source, _, value in claims if source == survivors["birth_date"]["source"]}
    contested = {row["field"] for row in tables["conflicts"]}
    assert ("birth_date" in contested) == (reason not in {"only claim", "unanimous"})
    assert "birth_year" not in contested, "it follows the date"
    explained = why(
        connection, scan(tmp_path / "records.parquet"), scan(tmp_path / "spine.parquet"), TRUST, "e", "birth_date"
    )
    assert explained is not None
    assert (explained.reason, explained.claims[0].value) == (reason, str(DATES[expected]))
    assert {claim.value for claim in explained.claims if claim.survives} == {str(DATES[expected])}


def test_a_conflict_names_who_agrees_and_who_does_not(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    records = [record("r1", "registry", given_names_std="ANA"), record("r2", "ngo", given_names_std="ANNA")]
    (conflict,) = golden(connection, tmp_path, *records)["conflicts"]
    assert (conflict["field"], conflict["reason"], conflict["value_count"]) == ("given_names", "trust", 2)
    assert (conflict["sources_for"], conflict["sources_against"]) == (["registry"], ["ngo"])
    assert "ANNA" not in str(conflict)


def test_what_nobody_says_stays_unknown(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    tables = golden(connection, tmp_path, record("r1", "clinic", sex="female"), record("r2", "ngo"))
    (row,) = tables["persons"]
    assert (row["sex"], row["birth_date"], row["record_count"], row["source_count"]) == ("female", None, 2, 2)
    assert [survivor["field"] for survivor in tables["survivors"]] == ["sex"]
    inputs = (scan(tmp_path / "records.parquet"), scan(tmp_path / "spine.parquet"))
    assert why(connection, *inputs, TRUST, "e", "phone") is None
    with pytest.raises(FieldError, match="birth_date"):
        why(connection, *inputs, TRUST, "e", "shoe_size")


def test_ties_do_not_depend_on_the_order_of_rows(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    one, two = record("r1", "ngo", sex="female"), record("r2", "ngo", sex="male")
    assert golden(connection, tmp_path, one, two)["persons"][0]["sex"] == "female"
    assert golden(connection, tmp_path, two, one)["persons"][0]["sex"] == "female"


def test_persons_compared_in_parts_are_those_compared_at_once(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    records = [
        record(f"r{number}", ("registry", "clinic", "ngo")[number % 3], municipality_std=f"{number % 5}",
               given_names_std=f"N{number % 7}", updated_date=date(2020, 1, 1 + number % 28))
        for number in range(90)
    ]  # fmt: skip
    write_rows(connection, RECORDS, records, tmp_path / "records.parquet")
    spine = [
        {name: row[name] for name in ("source", "record_key", "record_id")} | {"entity_id": f"e{number * 7 % 30:02}"}
        for number, row in enumerate(records)
    ]
    write_rows(connection, SPINE, spine, tmp_path / "spine.parquet")
    written = {}
    for name, at_once in (("whole", 90), ("parts", 13)):
        place = Golden(*(tmp_path / name / f"{table}.parquet" for table in TABLES))
        counts = write_golden(
            connection, [tmp_path / "records.parquet"], tmp_path / "spine.parquet", TRUST, place, at_once
        )
        written[name] = counts, [pq.read_table(path).to_pylist() for path in astuple(place)]
    assert written["parts"] == written["whole"]
    assert all(written["whole"][0].values())


def test_states_are_runs_of_what_was_said(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    said = [(None, "01"), (date(2020, 5, 1), "01"), (date(2022, 6, 1), "02"), (date(2024, 1, 1), "02"),
            (date(2025, 1, 1), "01")]  # fmt: skip
    records = [
        record(f"r{number}", "clinic", updated_date=day, municipality_std=place)
        for number, (day, place) in enumerate(said)
    ]
    tables = golden(connection, tmp_path, *records)
    assert [(row["ordinal"], row["value"], row["start_date"], row["end_date"]) for row in tables["states"]] == [
        (1, "01", None, date(2022, 5, 31)),
        (2, "02", date(2022, 6, 1), date(2024, 12, 31)),
        (3, "01", date(2025, 1, 1), None),
    ]
    assert tables["persons"][0]["municipality"] == "01"


def test_every_field_of_the_golden_record_has_a_rule() -> None:
    counted = {"entity_id", "record_count", "source_count", "updated_date"}
    assert set(survival_rules()) == set(PERSONS.column_names) - counted
    assert {rule.column for rule in survival_rules().values()} <= set(RECORDS.column_names)
