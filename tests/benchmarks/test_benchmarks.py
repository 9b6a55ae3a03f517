"""What the benchmark says of its measurements: ratios, losses and the report."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "linkage")]

from linkage_records import link_folder  # noqa: E402
from linkage_town import write_town  # noqa: E402
from measured import best_threshold  # noqa: E402
from missed import false_joins, losses  # noqa: E402
from report import condition_rows, growth_rows, merge, ratio_rows, write_report, wrong_rows  # noqa: E402

from linkage.evaluation.measures import pairwise  # noqa: E402
from warehouse.session import scan  # noqa: E402


def result(contestant: str, f1: float, **changes: Any) -> dict[str, Any]:
    lost = {"true_pairs": 10, "not_proposed": 1, "under_threshold": 2, "cut": 0, "false_pairs": 3, "of_one_home": 1}
    around = {"date": "2026-01-02", "processor": "one", "cores": 2, "memory_gb": 8, "load_before": 0.1}
    measured = {"precision": f1, "recall": f1, "f1": f1, "b_cubed": f1, "pairs": 5, "wall": 8.0, "cpu": 12.0}
    extra = {"peak_bytes": 2_000_000_000, "best_f1": None, "wrong": lost, "libraries": {"splink": "5"}, "failure": ""}
    named = {"population": "institutions", "records": 100, "contestant": contestant}
    return named | around | measured | extra | changes


@pytest.mark.parametrize(
    ("ours", "theirs", "ratio"),
    [(0.99, 0.96, "0.250"), (0.9, 0.95, "2.000"), (1.0, 1.0, "both 0"), (0.9, 1.0, "Splink 0")],
)
def test_the_ratio_of_what_is_missing_to_one(ours: float, theirs: float, ratio: str) -> None:
    rows = list(ratio_rows([result("padron", ours, wall=2.0), result("splink", theirs)]))
    assert rows[1][2:4] == [ratio, "0.25"]


def test_no_ratio_to_a_contestant_that_failed() -> None:
    rows = ratio_rows([result("padron", 0.9), result("splink", 0, failure="out of memory")])
    assert len(list(rows)) == 1


def test_how_cost_grows_with_the_records() -> None:
    costs = {"wall": 80.0, "cpu": 1200.0, "peak_bytes": 2_000_000_000, "pairs": 500}
    rows = growth_rows(
        [
            result("padron", 0.9, records=1000, **costs),
            result("padron", 0.9),
            result("splink", 0.9, records=5000),
            result("padron", 0.9, records=9000, failure="out of memory"),
            result("padron", 0.9, records=9000, population="dirty"),
        ]
    )
    assert list(rows)[1:] == [["100 to 1,000", "1.00", "2.00", "0.00", "2.00"]]


def test_a_new_result_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "new" / "results.json"
    merge(path, [result("splink", 0.9), result("padron", 0.9), result("padron", 0.8, records=50)])
    merged = merge(path, [result("padron", 0.95)])
    told = [(each["records"], each["contestant"], each["f1"]) for each in merged]
    assert told == [(50, "padron", 0.8), (100, "padron", 0.95), (100, "splink", 0.9)]
    assert json.loads(path.read_text()) == merged


def test_the_report_holds_tables_plots_and_failures(tmp_path: Path) -> None:
    results = [result("padron", 0.99), result("splink", 0.9, failure="out of memory")]
    write_report(results, tmp_path / "benchmarks")
    text = (tmp_path / "benchmarks.md").read_text(encoding="utf-8")
    assert "| the sample institutions | 100 | Padrón | 0.9900 |" in text
    assert "failed: out of memory" in text
    for plot in ("wall", "peak_gb"):
        assert f"(benchmarks/{plot}.svg)" in text
        assert (tmp_path / "benchmarks" / f"{plot}.svg").read_text().startswith("<svg")
    assert [row[-2:] for row in wrong_rows(results)][1:] == [["3", "1"]]
    assert len(list(condition_rows(results))) == 2, "one row a run"


def test_the_best_threshold_is_looked_for_between_the_coarse_ones() -> None:
    assert best_threshold(lambda weight: -abs(weight - 3.4), [0.0, 2.0, 4.0, 6.0]) == 3.5


def test_losses_and_false_joins_are_all_that_is_wrong(tmp_path: Path) -> None:
    """Counted pair by pair, they give the precision and recall that the clusters' sizes give."""
    with duckdb.connect(config={"threads": 2}) as connection:
        write_town(connection, tmp_path, homes=120, seed=17)
        _, places = link_folder(connection, tmp_path)
        truth = tmp_path / "truth.parquet"
        lost, false = losses(connection, places, 0.0, truth), false_joins(connection, places, truth)
        expected = pairwise(connection, scan(places.clusters), scan(truth))
    missed = lost["not_proposed"] + lost["under_threshold"] + lost["cut"]
    found = lost["true_pairs"] - missed
    assert missed > 0
    assert false["false_pairs"] >= false["of_one_home"]
    assert found / lost["true_pairs"] == pytest.approx(expected.recall)
    assert found / (found + false["false_pairs"]) == pytest.approx(expected.precision)
