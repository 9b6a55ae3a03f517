"""Plots in the metadata of assets: counts and shares drawn as SVG, whole within the text that the UI shows."""

import base64
from pathlib import Path

import dagster as dg
import duckdb

from quality.report.charts import bars, lying_bars
from warehouse.session import identifier, scan
from warehouse.table import Table
from warehouse.tables import CLUSTERS

BITS = 2
"""How much evidence one bar of the histogram spans."""

CLUSTERS_AS_LARGE = 10
"""From this size on, clusters share a bar."""


def match_weights_plot(connection: duckdb.DuckDBPyConnection, edges: Path) -> dg.MarkdownMetadataValue | None:
    """How many pairs have how much evidence; None where there is no pair."""
    bits = f"floor(weight / {BITS}) * {BITS}"
    rows = connection.sql(f"select {bits}, count(*) from {scan(edges)} group by all order by all").fetchall()
    counted = [{"match weight, bits": int(floor), "pairs": pairs} for floor, pairs in rows]
    return _plot(bars(counted, "match weight, bits", "pairs", "Pairs by match weight")) if rows else None


def cluster_sizes_plot(connection: duckdb.DuckDBPyConnection, clusters: Path) -> dg.MarkdownMetadataValue | None:
    """How many clusters have how many records; None where there is none."""
    rows = connection.sql(
        f"with sizes as (select count(*) as size from {scan(clusters)} group by cluster_id) "
        f"select least(size, {CLUSTERS_AS_LARGE}), count(*) from sizes group by all order by all"
    ).fetchall()
    counted = [{"records": _size(size), "clusters": clusters} for size, clusters in rows]
    return _plot(bars(counted, "records", "clusters", "Clusters by their number of records")) if rows else None


def completeness_plot(
    connection: duckdb.DuckDBPyConnection, table: Table, path: Path
) -> dict[str, float | dg.MarkdownMetadataValue]:
    """The share of rows that fill each column which any row fills, and the mean of these shares, in percent."""
    told = [column.name for column in table.columns if column.nullable]
    counts = ", ".join(f"count({identifier(name)})" for name in told)
    ((rows, *filled),) = connection.sql(f"select count(*), {counts} from {scan(path)}").fetchall()
    shares = {name: 100 * count / rows for name, count in zip(told, filled, strict=True) if count}
    if not shares:
        return {}
    lines = [{"column": name, "rows filled, percent": round(share, 1)} for name, share in shares.items()]
    plot = _plot(lying_bars(lines, "rows filled, percent", "column", "Completeness, by column"))
    return {"completeness": plot, "rows filled, percent": round(sum(shares.values()) / len(shares), 2)}


def linkage_plots(
    connection: duckdb.DuckDBPyConnection, stage: str, edges: Path, clusters: Path
) -> dict[str, dg.MarkdownMetadataValue]:
    """The plot of one stage of linkage by its title, where it has one."""
    made = {
        "scoring": ("match weights", match_weights_plot, edges),
        "clustering": (CLUSTERS.name, cluster_sizes_plot, clusters),
    }
    if stage not in made:
        return {}
    title, plot, path = made[stage]
    drawn = plot(connection, path)
    return {f"plot of {title}": drawn} if drawn else {}


def _size(size: int) -> str:
    return f"{size} or more" if size == CLUSTERS_AS_LARGE else str(size)


def _plot(svg: str) -> dg.MarkdownMetadataValue:
    drawn = base64.b64encode(svg.encode()).decode()
    return dg.MetadataValue.md(f"![plot](data:image/svg+xml;base64,{drawn})")
