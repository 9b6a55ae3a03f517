"""People's requests: a rectified value stands until the source is right, a block until it is lifted."""

from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from warehouse.audit_log import read_audit
from warehouse.errors import RightsError
from warehouse.layout import Layout
from warehouse.privacy.rights import (
    RECTIFIABLE,
    blocked_records,
    erased_records,
    grant,
    last_erasure,
    put_right,
    read_requests,
    recipients,
    withheld_ids,
)
from warehouse.settings import Settings
from warehouse.storage import write_rows
from warehouse.tables import RECORDS, SPINE


@pytest.fixture
def layout(settings: Settings) -> Layout:
    return Layout(settings.home)


def deliver(layout: Layout, **values: object) -> Path:
    """One record r1 with `values` and one r2 without."""
    path = layout.standard(RECORDS, "clinic.people")
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [dict.fromkeys(RECORDS.column_names) | {"record_id": "r1"} | values]
    rows.append(dict.fromkeys(RECORDS.column_names) | {"record_id": "r2", "surname_1_std": "OTRO"})
    loose = pa.schema([field.with_nullable(True) for field in RECORDS.schema])
    pq.write_table(pa.Table.from_pylist(rows, schema=loose), path)
    return path


def held(path: Path, name: str = "r1") -> dict[str, object]:
    (row,) = [row for row in pq.read_table(path).to_pylist() if row["record_id"] == name]
    return dict(row)


def test_a_rectified_value_stands_until_the_source_is_right(
    layout: Layout, connection: duckdb.DuckDBPyConnection
) -> None:
    grant(layout, "rectify", ["r1"], "certificate", "surname_1", "NUÑEZ")
    for wrong in ("NUNES", None, "NUNES"):
        path = deliver(layout, surname_1_std=wrong)
        assert put_right(connection, layout, path) == 1
        assert held(path)["surname_1_std"] == "NUÑEZ"
        assert held(path, "r2")["surname_1_std"] == "OTRO"
    assert put_right(connection, layout, deliver(layout, surname_1_std="NUÑEZ")) == 0
    assert [request.kind for request in read_requests(layout)] == ["rectify", "fulfilled"]
    path = deliver(layout, surname_1_std="GIL")
    assert put_right(connection, layout, path) == 0
    assert held(path)["surname_1_std"] == "GIL", "what the source says counts again"


def test_the_last_request_counts(layout: Layout, connection: duckdb.DuckDBPyConnection) -> None:
    for day in ("1987-03-05", "1988-03-05"):
        grant(layout, "rectify", ["r1", "r2"], "certificate", "birth_date", day)
    path = deliver(layout, birth_date=date(1990, 1, 1), birth_year=1990)
    assert put_right(connection, layout, path) == 2
    for name in ("r1", "r2"):
        assert (held(path, name)["birth_date"], held(path, name)["birth_year"]) == (date(1988, 3, 5), 1988)


def test_every_field_that_may_be_put_right_is_a_column() -> None:
    assert set(RECTIFIABLE.values()) <= set(RECORDS.column_names)


def test_a_block_holds_until_it_is_lifted(layout: Layout) -> None:
    grant(layout, "block", ["r1", "r2"], "objection")
    grant(layout, "unblock", ["r1"], "settled")
    assert blocked_records(read_requests(layout)) == {"r2"}
    grant(layout, "block", ["r1"], "again")
    assert blocked_records(read_requests(layout)) == {"r1", "r2"}


def test_a_blocked_record_withholds_its_whole_person(layout: Layout, connection: duckdb.DuckDBPyConnection) -> None:
    people = {"r1": "p1", "r2": "p1", "r3": "p2"}
    rows = [{"source": "s", "record_key": r, "record_id": r, "entity_id": p} for r, p in people.items()]
    write_rows(connection, SPINE, rows, layout.linkage(SPINE))
    assert withheld_ids(connection, layout, read_requests(layout)) == frozenset()
    grant(layout, "block", ["r2"], "objection")
    assert withheld_ids(connection, layout, read_requests(layout)) == {"r1", "r2", "p1"}


def test_an_erasure_is_for_good(layout: Layout) -> None:
    assert last_erasure(read_requests(layout)) == ""
    request = grant(layout, "erase", ["r1"], "request 2")
    grant(layout, "unblock", ["r1"], "no")
    assert erased_records(read_requests(layout)) == {"r1"}
    assert last_erasure(read_requests(layout)) == request.at


def test_the_audit_log_gets_no_value(layout: Layout) -> None:
    grant(layout, "rectify", ["r1"], "certificate", "surname_1", "NUÑEZ")
    (entry,) = read_audit(layout)
    assert entry.facts == {"request": 1, "records": 1, "reason": "certificate", "field": "surname_1"}
    assert recipients(layout) == []


def test_a_request_about_nobody_is_refused(layout: Layout) -> None:
    with pytest.raises(RightsError, match="no record"):
        grant(layout, "block", [], "objection")
    assert read_requests(layout) == []
