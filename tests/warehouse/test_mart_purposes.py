"""A table sees the events of those contracts alone that allow what it is for."""

from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from warehouse.marts.mart import RegistryInputs, create_views
from warehouse.storage import write_rows
from warehouse.tables import EVENTS, PERSONS, SPINE


@pytest.mark.parametrize(
    ("purpose", "seen"), [("registry", ["a.all", "b.little"]), ("coverage", ["a.all"]), ("portability", [])]
)
def test_events_are_left_out_whose_contract_forbids_it(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path, purpose: str, seen: list[str]
) -> None:
    events = [
        {
            "event_id": c,
            "record_id": "r",
            "source": c,
            "contract_id": c,
            "delivery_id": "d",
            "kind": "work",
            "faults": [],
        }
        for c in ("a.all", "b.little")
    ]
    for table, rows in ((EVENTS, events), (SPINE, []), (PERSONS, [])):
        write_rows(connection, table, rows, tmp_path / f"{table.name}.parquet")
    listed = pa.table({
        "contract_id": ["a.all", "b.little"], "source": ["a", "b"], "sector": ["health", "health"],
        "role": ["events", "events"], "purposes": [["registry", "coverage"], ["registry"]],
        "kind": ["work", "work"], "territory": pa.nulls(2, pa.string()), "is_complete": [True, False],
        "complete_since": pa.nulls(2, pa.date32()),
    })  # fmt: skip
    territories = pa.table(
        {name: pa.nulls(0, pa.string()) for name in ("code", "level", "name", "parent_code", "country")}
    )
    inputs = RegistryInputs(
        records=[], identifiers=[], events=[tmp_path / "events.parquet"], deliveries=[],
        spine=tmp_path / "spine.parquet",
        persons=tmp_path / "persons.parquet", lists={"listed_sources": listed, "listed_territories": territories},
    )  # fmt: skip
    create_views(connection, inputs, purpose)
    assert connection.sql("select contract_id from person_events order by all").fetchall() == [(c,) for c in seen]
