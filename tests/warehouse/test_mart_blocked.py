"""Whoever is blocked is in no published count, and stays in the tables that name people until they are shown."""

from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from warehouse.marts.derived import write_derived
from warehouse.marts.mart import RegistryInputs, create_views
from warehouse.published.registry import PERSONS_PUBLISHED, POPULATION
from warehouse.storage import write_rows
from warehouse.table import Table
from warehouse.tables import EVENTS, PERSONS, SPINE


@pytest.fixture
def inputs(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> RegistryInputs:
    """Twenty-one persons of one town; the first has two records, the second of which asked to be blocked."""
    people = [f"p{n:02}" for n in range(21)]
    records = [*((f"r{name}", name) for name in people), ("other", "p00")]
    shared = {"source": "s", "contract_id": "s", "delivery_id": "d", "faults": [], "as_of_date": date(2026, 10, 31)}
    rows: dict[Table, list[dict[str, object]]] = {
        PERSONS: [
            {"entity_id": name, "municipality": "01001", "sex": "female", "birth_year": 1985, "record_count": 1,
             "source_count": 1} for name in people
        ],
        SPINE: [{"source": "s", "record_key": r, "record_id": r, "entity_id": name} for r, name in records],
        EVENTS: [{"event_id": f"e{r}", "record_id": r, "kind": "work", **shared} for r in ("rp00", "rp01", "unknown")],
    }  # fmt: skip
    for table, listed in rows.items():
        write_rows(connection, table, listed, tmp_path / f"{table.name}.parquet")
    no_text = {name: pa.nulls(0, pa.string()) for name in ("code", "level", "name", "parent_code", "country")}
    sources = pa.table({
        "contract_id": ["s"], "source": ["s"], "sector": ["health"], "role": ["events"], "purposes": [["registry"]],
        "kind": ["work"], "territory": pa.nulls(1, pa.string()), "is_complete": [False],
        "complete_since": pa.nulls(1, pa.date32()),
    })  # fmt: skip
    return RegistryInputs(
        records=[], identifiers=[], events=[tmp_path / "events.parquet"], deliveries=[],
        spine=tmp_path / "spine.parquet", persons=tmp_path / "persons.parquet",
        lists={"listed_sources": sources, "listed_territories": pa.table(no_text)}, blocked=frozenset({"other"}),
    )  # fmt: skip


def test_the_blocked_are_in_no_count(
    connection: duckdb.DuckDBPyConnection, inputs: RegistryInputs, tmp_path: Path
) -> None:
    write_derived(connection, POPULATION, inputs, {}, tmp_path / "out.parquet")
    assert [row["people"] for row in pq.read_table(tmp_path / "out.parquet").to_pylist()] == [20]


def test_a_table_that_names_people_still_has_them(
    connection: duckdb.DuckDBPyConnection, inputs: RegistryInputs, tmp_path: Path
) -> None:
    assert write_derived(connection, PERSONS_PUBLISHED, inputs, {}, tmp_path / "out.parquet") == 21


def test_their_events_are_not_counted_either(connection: duckdb.DuckDBPyConnection, inputs: RegistryInputs) -> None:
    create_views(connection, inputs, names_people=False)
    assert connection.sql("select event_id from person_events order by all").fetchall() == [("erp01",), ("eunknown",)]
    create_views(connection, inputs)
    assert connection.sql("select count(*) from person_events").fetchall() == [(3,)]
