"""Erasure reaches back: what was known of the erased is taken out of the history too."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.history.segments import HISTORIC, settle_history
from warehouse.layout import Layout
from warehouse.privacy.rights import Request
from warehouse.published.people import CHANGES
from warehouse.session import identifier, scan
from warehouse.storage import write_parquet
from warehouse.table import Table


def forget_in_history(connection: duckdb.DuckDBPyConnection, layout: Layout, requests: Sequence[Request]) -> int:
    """Remove every row about somebody erased from every segment of the history; return how many went.

    The files stay what they were otherwise, so that what was known of everybody else can still be read back.
    """
    erased = [request for request in requests if request.kind == "erase"]
    names = {name for request in erased for name in (*request.record_ids, request.entity_id) if name}
    if not names:
        return 0
    settle_history(layout)
    connection.register("forgotten", pa.table({"id": pa.array(sorted(names), pa.string())}))
    removed = sum(
        _forget(connection, table, file)
        for table in (*HISTORIC, CHANGES)
        for file in sorted(layout.history.glob(f"*/{table.name}.*parquet"))
    )
    connection.unregister("forgotten")
    return removed


def _forget(connection: duckdb.DuckDBPyConnection, table: Table, file: Path) -> int:
    """Remove from `file` the rows that hold a forgotten id, also in a list."""
    held = set(pq.read_schema(file).names)
    named = [
        f"list_contains({identifier(column.name)}, id)"
        if column.type.endswith("[]")
        else f"{identifier(column.name)} = id"
        for column in table.columns
        if column.personal == "pseudonym" and column.name in held
    ]
    if not named:
        return 0
    about = f"exists (select 1 from forgotten where {' or '.join(named)})"
    ((gone,),) = connection.sql(f"select count(*) from {scan(file)} where {about}").fetchall()
    if gone:
        metadata = {
            key.decode(): value.decode()
            for key, value in (pq.read_metadata(file).metadata or {}).items()
            if key != b"ARROW:schema"
        }
        connection.execute(f"create or replace temp table remembered as select * from {scan(file)} where not {about}")
        write_parquet(connection, "select * from remembered", file, metadata)
        connection.execute("drop table remembered")
    return int(gone)
