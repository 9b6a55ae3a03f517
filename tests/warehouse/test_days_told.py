"""No day on which a source wrote tells the birth or death of which a year is published."""

from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from warehouse.days_told import teach_days_told
from warehouse.marts.derived import write_derived
from warehouse.marts.mart import RegistryInputs
from warehouse.persons.survivorship import Golden, write_golden
from warehouse.published.registry import PERSONS_PUBLISHED, SOURCE_RECORDS
from warehouse.storage import write_rows
from warehouse.tables import RECORDS, SPINE

BORN, DIED = date(2001, 3, 5), date(2020, 7, 1)
WRITTEN = [
    ("registered on the day", BORN, BORN, None, None),
    ("registered weeks later", date(2001, 4, 2), BORN, None, None),
    ("registered within the year", date(2002, 3, 5), BORN, None, None),
    ("written long after", date(2002, 3, 6), BORN, None, date(2002, 3, 6)),
    ("a death told within days", date(2020, 7, 9), BORN, DIED, None),
    ("written before the death", date(2019, 1, 1), BORN, DIED, date(2019, 1, 1)),
    ("of nobody's birth or death", BORN, None, None, BORN),
    ("on no day", None, BORN, DIED, None),
]


@pytest.mark.parametrize(("case", "written", "born", "died", "told"), WRITTEN, ids=[case for case, *_ in WRITTEN])
def test_which_days_are_told(
    connection: duckdb.DuckDBPyConnection,
    case: str,
    written: date | None,
    born: date | None,
    died: date | None,
    told: date | None,
) -> None:
    teach_days_told(connection)
    query = "select day_told($1::date, $2::date, $3::date)"
    assert connection.sql(query, params=[written, born, died]).fetchall() == [(told,)], case


def test_a_register_of_births_tells_no_birth(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    later = date(2015, 6, 1)
    shared = {"source": "s", "contract_id": "s", "delivery_id": "d", "faults": [], "birth_date": BORN,
              "birth_year": 2001}  # fmt: skip
    records = [
        {"record_id": f"r{n}", "record_key": f"r{n}", "updated_date": day, "municipality_std": place, **shared}
        for n, (day, place) in enumerate([(date(2001, 3, 9), "01001"), (later, "02002")])
    ]
    spine = [{"source": "s", "record_key": row["record_key"], "record_id": row["record_id"],
              "entity_id": "e"} for row in records]  # fmt: skip
    paths = {table: tmp_path / f"{table.name}.parquet" for table in (RECORDS, SPINE)}
    for table, rows in ((RECORDS, records), (SPINE, spine)):
        write_rows(connection, table, rows, paths[table])
    golden = Golden(*(tmp_path / f"{name}.parquet" for name in ("persons", "survivors", "conflicts", "states")))
    write_golden(connection, [paths[RECORDS]], paths[SPINE], {}, golden)
    sources = pa.table({
        "contract_id": ["s"], "source": ["s"], "sector": ["civil_registry"], "role": ["persons"],
        "purposes": [["registry"]], "kind": pa.nulls(1, pa.string()), "territory": pa.nulls(1, pa.string()),
        "is_complete": [False], "complete_since": pa.nulls(1, pa.date32()),
    })  # fmt: skip
    no_text = {name: pa.nulls(0, pa.string()) for name in ("code", "level", "name", "parent_code", "country")}
    inputs = RegistryInputs(
        records=[paths[RECORDS]], identifiers=[], events=[], deliveries=[], spine=paths[SPINE],
        persons=golden.persons, lists={"listed_sources": sources, "listed_territories": pa.table(no_text)},
    )  # fmt: skip
    for table in (SOURCE_RECORDS, PERSONS_PUBLISHED):
        write_derived(connection, table, inputs, {}, tmp_path / f"mart {table.name}.parquet")
    told = pq.read_table(tmp_path / "mart source_records.parquet").to_pylist()
    assert {row["record_id"]: row["updated_date"] for row in told} == {"r0": None, "r1": later}
    (person,) = pq.read_table(tmp_path / "mart persons.parquet").to_pylist()
    assert (person["birth_year"], person["updated_date"]) == (2001, later)
    states = pq.read_table(golden.states).to_pylist()
    assert [(row["value"], row["start_date"], row["end_date"]) for row in states] == [
        ("01001", None, date(2015, 5, 31)), ("02002", later, None),
    ]  # fmt: skip
