"""The log of corrections: each judgement of a co-responsibility held against that of the release before."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from warehouse.history.segments import known_rows, segments, settle_history
from warehouse.layout import Layout
from warehouse.published.corrections import COMPLIANCE_CORRECTIONS
from warehouse.published.reference import DELIVERIES
from warehouse.published.sectors import COMPLIANCE
from warehouse.session import literal
from warehouse.storage import no_rows, read_any_version, read_table, write_table
from warehouse.tables import EVENTS

QUERY = Path(__file__).with_name("compliance_corrections.sql")


def write_compliance_log(connection: duckdb.DuckDBPyConnection, layout: Layout, events: Sequence[Path]) -> int:
    """Write the log so far, and what the marts' compliance says otherwise than the release known last; return its rows.

    `events` are the standardised events, which say by which delivery each came. A first release has no log.
    """
    settle_history(layout)
    known, target = segments(layout), layout.mart(COMPLIANCE_CORRECTIONS)
    if not known:
        return write_table(
            connection, COMPLIANCE_CORRECTIONS, f"select * from {no_rows(COMPLIANCE_CORRECTIONS)}", target
        )
    before = layout.current.resolve() / "parquet" / f"{DELIVERIES.name}.parquet"
    query = QUERY.read_text(encoding="utf-8").format(
        compliance=read_table(COMPLIANCE, layout.mart(COMPLIANCE)),
        old_compliance=known_rows(COMPLIANCE, known),
        log=known_rows(COMPLIANCE_CORRECTIONS, known),
        events=read_table(EVENTS, *events) if events else no_rows(EVENTS),
        old_deliveries=read_any_version(DELIVERIES, before) if before.exists() else no_rows(DELIVERIES),
        since=literal(known[-1].release_id),
    )
    return write_table(connection, COMPLIANCE_CORRECTIONS, query, target)
