"""Erasure reaches back into the history, and takes nobody else with it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.history.forgetting import forget_in_history
from warehouse.history.segments import known_rows, segments, settle_history, stage_segment
from warehouse.layout import Layout
from warehouse.manifest import MadeOf
from warehouse.privacy.rights import grant, read_requests
from warehouse.published.registry import PERSONS_PUBLISHED, SPINE_PUBLISHED
from warehouse.release.publishing import publish
from warehouse.settings import Settings
from warehouse.storage import write_table
from warehouse.table import Table


def published(settings: Settings, connection: duckdb.DuckDBPyConnection, people: dict[str, int], day: int) -> None:
    layout = Layout(settings.home)
    rows: dict[Table, list[dict[str, object]]] = {
        PERSONS_PUBLISHED: [
            {"entity_id": p, "birth_year": y, "record_count": 1, "source_count": 1} for p, y in people.items()
        ],
        SPINE_PUBLISHED: [{"record_id": f"r{p}", "source": "s", "entity_id": p} for p in people],
    }
    for table, content in rows.items():
        full = [dict.fromkeys(table.column_names) | row for row in content]
        connection.register("given", pa.Table.from_pylist(full, schema=table.schema))
        write_table(connection, table, "select * from given", layout.mart(table))
    marts = {table: layout.mart(table) for table in rows}
    stage_segment(connection, layout, marts)
    publish(settings, marts, MadeOf({}), "1", lambda: datetime(2026, 11, 1, tzinfo=UTC) + timedelta(days=day))
    settle_history(layout)


def files_that_name(layout: Layout, *names: str) -> list[Path]:
    files = layout.history.rglob("*.parquet")
    return [file for file in files if any(name in str(pq.read_table(file).to_pylist()) for name in names)]


def test_the_erased_leave_the_history_and_all_others_stay(
    settings: Settings, connection: duckdb.DuckDBPyConnection
) -> None:
    layout = Layout(settings.home)
    published(settings, connection, {"p1": 1980, "p2": 1990}, 0)
    published(settings, connection, {"p1": 1981, "p2": 1990, "p3": 2000}, 1)
    published(settings, connection, {"p2": 1991, "p3": 2000}, 2)
    assert len(files_that_name(layout, "'p1'", "'rp1'")) > 2
    grant(layout, "erase", ["rp1"], "request 2", entity_id="p1")
    assert forget_in_history(connection, layout, read_requests(layout)) > 2
    assert files_that_name(layout, "'p1'", "'rp1'") == []
    assert forget_in_history(connection, layout, read_requests(layout)) == 0
    told = [{"p2": 1990}, {"p2": 1990, "p3": 2000}, {"p2": 1991, "p3": 2000}]
    for number, people in enumerate(told, start=1):
        rows = known_rows(PERSONS_PUBLISHED, segments(layout)[:number])
        assert dict(connection.sql(f"select entity_id, birth_year from {rows}").fetchall()) == people


def test_without_an_erasure_nothing_is_touched(settings: Settings, connection: duckdb.DuckDBPyConnection) -> None:
    published(settings, connection, {"p1": 1980}, 0)
    before = {file: file.read_bytes() for file in Layout(settings.home).history.rglob("*.parquet")}
    grant(Layout(settings.home), "block", ["rp1"], "objection")
    assert forget_in_history(connection, Layout(settings.home), read_requests(Layout(settings.home))) == 0
    assert {file: file.read_bytes() for file in before} == before
