"""The quality report of one release: who is in it, from which deliveries, and what the audit found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from quality.heaping import AgeCounts
from quality.kept import Verdict
from quality.report.charts import bars, lying_bars
from quality.report.page import page, save
from warehouse.layout import Layout
from warehouse.manifest import Manifest
from warehouse.release.database import read_only

SMALLEST_CELL = 10
"""Counts of fewer people are not drawn."""


def write_release_report(
    layout: Layout, manifest: Manifest, audit: Sequence[Verdict], heaping: Mapping[str, AgeCounts], path: Path
) -> None:
    """Write the page of the current release to `path`; `heaping` gives the ages that each source tells."""
    with read_only(layout) as connection:
        deliveries = connection.sql(
            "select contract_id, as_of_date, rows_delivered, rows_accepted, rows_quarantined, replaces "
            "from deliveries order by all"
        ).fetchall()
        charts = [_known(connection), _ages(connection), _quarantined(deliveries)]
    values = {"manifest": manifest, "audit": audit, "heaping": heaping, "deliveries": deliveries, "charts": charts}
    save(page("release.html.j2", **values), path)


def _known(connection: duckdb.DuckDBPyConnection) -> tuple[str, str]:
    counts = _rows(connection, "select source_count as sources, count(*) as people from persons group by 1")
    return bars(counts, "sources", "people", "People by the number of sources that know them"), _withheld()


def _ages(connection: duckdb.DuckDBPyConnection) -> tuple[str, str]:
    counts = _rows(
        connection,
        "select birth_year // 10 * 10 as decade, coalesce(sex, 'unknown') as sex, count(*) as people from persons "
        "where death_year is null and birth_year is not null group by all",
    )
    return bars(counts, "decade", "people", "Living people by decade of birth", colour="sex"), _withheld()


def _quarantined(deliveries: Sequence[tuple[Any, ...]]) -> tuple[str, str]:
    shares = [
        {"delivery": f"{contract} {day or ''}".strip(), "percent quarantined": 100 * quarantined / delivered}
        for contract, day, delivered, _, quarantined, _ in deliveries
        if delivered
    ]
    worst = sorted(shares, key=lambda share: -float(str(share["percent quarantined"])))[:20]
    chart = lying_bars(worst, "percent quarantined", "delivery", "Rows that could not be accepted")
    return chart, "The twenty deliveries with most."


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    relation = connection.sql(f"select * from ({query}) where people >= {SMALLEST_CELL} order by all")
    return [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]


def _withheld() -> str:
    return f"Counts of fewer than {SMALLEST_CELL} people are not drawn."
