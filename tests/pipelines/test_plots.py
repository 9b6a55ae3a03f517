"""Plots in metadata hold counts alone, and there is none where there is nothing to draw."""

import base64
import re
from pathlib import Path

import duckdb
import pytest

from pipelines.plots import cluster_sizes_plot, completeness_plot, linkage_plots, match_weights_plot
from warehouse.storage import write_parquet, write_rows
from warehouse.table import Column, Table
from warehouse.tables import CLUSTERS

ROLL = Table(
    "roll", "One person.", ("id",),
    (Column("id", "varchar", "Whose.", False), Column("name", "varchar", "Name."), Column("phone", "varchar", "Phone."),
     Column("fax", "varchar", "Fax.")),
)  # fmt: skip


def drawn(plot: object) -> str:
    """The text of the picture within the Markdown."""
    (told,) = re.findall(r"!\[plot\]\(data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)\)", str(getattr(plot, "md_str", "")))
    return base64.b64decode(told).decode()


@pytest.fixture
def edges(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> Path:
    path = tmp_path / "edges.parquet"
    write_parquet(connection, "select unnest([-3.5, -0.1, 0.0, 1.9, 12.0, 12.5]) as weight", path)
    return path


@pytest.fixture
def clusters(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> Path:
    sizes = {"a": 1, "b": 1, "c": 3, "d": 25}
    rows = [{"record_id": f"{name}{n}", "cluster_id": name} for name, size in sizes.items() for n in range(size)]
    write_rows(connection, CLUSTERS, rows, tmp_path / "clusters.parquet")
    return tmp_path / "clusters.parquet"


def test_pairs_are_counted_by_two_bits(connection: duckdb.DuckDBPyConnection, edges: Path) -> None:
    picture = drawn(match_weights_plot(connection, edges))
    bars = re.findall(r"match weight, bits: (-?\d+); pairs: (\d+)", picture)
    assert bars == [("-4", "1"), ("-2", "1"), ("0", "2"), ("12", "2")]


def test_large_clusters_share_a_bar(connection: duckdb.DuckDBPyConnection, clusters: Path) -> None:
    picture = drawn(cluster_sizes_plot(connection, clusters))
    assert re.findall(r"records: ([^;]+); clusters: (\d+)", picture) == [("1", "2"), ("3", "1"), ("10 or more", "1")]


def test_completeness_tells_shares_and_no_value(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    people = [{"id": "1", "name": "ZZYXA", "phone": "5550001"}, {"id": "2", "name": "QUORBA", "phone": None}]
    write_rows(connection, ROLL, people, tmp_path / "roll.parquet")
    told = completeness_plot(connection, ROLL, tmp_path / "roll.parquet")
    assert told["rows filled, percent"] == 75.0
    picture = drawn(told["completeness"])
    assert {"name", "phone"} <= set(re.findall(r">([a-z]+)</text>", picture))
    assert "fax" not in picture, "nobody delivers it"
    assert not re.search("ZZYXA|QUORBA|5550001", picture)


def test_nothing_is_drawn_of_nothing(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    write_parquet(connection, "select 1.0 as weight where false", tmp_path / "edges.parquet")
    write_rows(connection, CLUSTERS, [], tmp_path / "clusters.parquet")
    write_rows(connection, ROLL, [], tmp_path / "roll.parquet")
    places = (tmp_path / "edges.parquet", tmp_path / "clusters.parquet")
    assert linkage_plots(connection, "scoring", *places) == {}
    assert linkage_plots(connection, "clustering", *places) == {}
    assert completeness_plot(connection, ROLL, tmp_path / "roll.parquet") == {}


@pytest.mark.parametrize(("stage", "named"), [("scoring", "match weights"), ("clustering", "clusters")])
def test_a_stage_has_its_plot(
    connection: duckdb.DuckDBPyConnection, edges: Path, clusters: Path, stage: str, named: str
) -> None:
    assert list(linkage_plots(connection, stage, edges, clusters)) == [f"plot of {named}"]
    assert linkage_plots(connection, "blocking", edges, clusters) == {}
