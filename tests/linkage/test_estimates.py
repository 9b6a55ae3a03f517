"""Estimates without truth, held against the truth that they never see."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from linkage_records import link_folder, record, write_records
from linkage_town import SOURCES, write_town

from linkage.evaluation.estimates import estimate_quality
from linkage.evaluation.estimation import estimate
from linkage.evaluation.measures import pairwise
from linkage.evaluation.small_cells import withheld
from linkage.evaluation.strata import COUNTS, Strata
from linkage.incremental.stages import complete_pairs
from linkage.link import LinkReport
from linkage.model.file import load_model
from linkage.places import Places
from linkage.task import Task
from warehouse.published.quality import LINKAGE_ESTIMATES
from warehouse.session import scan
from warehouse.storage import write_rows

Linked = tuple[LinkReport, Places]
Rows = list[dict[str, Any]]


def task_of(folder: Path, places: Places) -> Task:
    return Task(scan(folder / "records.parquet"), scan(folder / "ids.parquet"), places, load_model(), 7)


def whole(rows: Rows) -> dict[str, Any]:
    return next(row for row in rows if row["dimension"] == "all")


@pytest.fixture(scope="module")
def estimates(session: duckdb.DuckDBPyConnection, town_folder: Path, linked_town: Linked) -> Rows:
    return estimate_quality(session, task_of(town_folder, linked_town[1]), least=0)


def test_the_intervals_hold_the_truth_and_say_something(
    session: duckdb.DuckDBPyConnection, town_folder: Path, linked_town: Linked, estimates: Rows
) -> None:
    true = pairwise(session, scan(linked_town[1].clusters), scan(town_folder / "truth.parquet"))
    row = whole(estimates)
    assert row["precision_lower"] <= true.precision <= row["precision_upper"]
    assert row["recall_lower"] <= true.recall <= row["recall_upper"]
    assert row["precision_upper"] - row["precision_lower"] < 0.05
    assert row["recall_upper"] - row["recall_lower"] < 0.15
    assert row["recall_basis"] > 500


def test_every_dimension_is_told_and_fits_its_table(
    session: duckdb.DuckDBPyConnection, tmp_path: Path, estimates: Rows
) -> None:
    assert {row["dimension"] for row in estimates} == {"all", "source pair", "sex", "age", "region", "identifier"}
    path = tmp_path / "estimates.parquet"
    assert write_rows(session, LINKAGE_ESTIMATES, estimates, path) == len(estimates)
    whole_pairs = whole(estimates)["pairs"]
    for dimension in ("sex", "age", "identifier"):
        parts = [row["pairs"] for row in estimates if row["dimension"] == dimension]
        assert sum(parts) == pytest.approx(whole_pairs, abs=20)


def test_the_same_linkage_has_the_same_estimates(
    session: duckdb.DuckDBPyConnection, town_folder: Path, linked_town: Linked, estimates: Rows
) -> None:
    assert estimate_quality(session, task_of(town_folder, linked_town[1]), least=0) == estimates


def test_after_an_incremental_night_the_pairs_of_the_sample_are_made_alone(
    session: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    write_town(session, tmp_path, homes=150, seed=9)
    link_folder(session, tmp_path, load_model())
    records, fewer = tmp_path / "records.parquet", tmp_path / "fewer.parquet"
    session.execute(f"copy (from {scan(records)} where hash(record_id) % 40 > 0) to '{fewer}'")
    fewer.replace(records)
    _, places = link_folder(session, tmp_path, load_model(), rebuild=False)
    task = task_of(tmp_path, places)
    of_sample = estimate_quality(session, task, least=0)
    assert not places.pairs.exists()
    complete_pairs(session, task)
    of_all = estimate_quality(session, task, least=0)
    assert whole(of_all)["recall_basis"] > 200
    assert of_sample == [pytest.approx(row) for row in of_all]


def test_records_with_numbers_alone_are_all_missed_without_them(
    session: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    rows = [record(f"{copy}{n}", number=f"mx.curp=ABCD{n:06d}", source=copy) for n in range(300) for copy in "ab"]
    write_records(session, rows, tmp_path)
    _, places = link_folder(session, tmp_path)
    row = whole(estimate_quality(session, task_of(tmp_path, places), least=10))
    assert row["pairs"] == 300
    assert row["recall_basis"] > 100
    assert row["recall"] == 1, "all pairs share a number, so none of those in the registry can be missed"


@pytest.mark.parametrize("rows", [[], [record("a", "ANA/ROJAS", "1980-05-07")]])
def test_without_pairs_nothing_is_known(session: duckdb.DuckDBPyConnection, tmp_path: Path, rows: list) -> None:
    write_records(session, rows, tmp_path)
    _, places = link_folder(session, tmp_path)
    (row,) = estimate_quality(session, task_of(tmp_path, places), least=10)
    assert row["pairs"] == 0
    assert row.get("precision") is None


def test_without_any_identifier_the_mixture_answers(session: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    write_town(session, tmp_path, homes=150, seed=8, sources=tuple(replace(each, numbered=0.0) for each in SOURCES))
    _, places = link_folder(session, tmp_path)
    row = whole(estimate_quality(session, task_of(tmp_path, places), least=10))
    true = pairwise(session, scan(places.clusters), scan(tmp_path / "truth.parquet"))
    assert row["recall_basis"] == 0
    assert row["precision_lower"] <= true.precision <= row["precision_upper"]
    assert row["recall_lower"] <= true.recall <= row["recall_upper"]


def strata(**counts: list[float]) -> Strata:
    size = len(next(iter(counts.values())))
    arrays = {name: np.array(counts.get(name, [0.0] * size)) for name in COUNTS}
    return Strata(tuple("ab"[:size]), pairs_a_person=1.0, **arrays)


def test_the_estimate_follows_what_the_experiment_saw() -> None:
    found = estimate(
        strata(
            numbered_joined=[9000.0], claimed_bare=[1000.0], claimed_again=[5000.0], false_again=[100.0],
            true_again=[5000.0], missed_again=[500.0], expected_false=[0.02], expected_false_again=[0.02],
            expected_missed=[0.1], expected_missed_again=[0.1],
        ),
        seed=1,
    )  # fmt: skip
    assert found.pairs == 10_000
    assert found.precision.value == pytest.approx(1 - 0.02 / 10, abs=0.001)
    assert found.recall.value == pytest.approx(9980 / (9980 + 980 / 9), abs=0.003)
    assert found.recall.lower < found.recall.value < found.recall.upper <= 1


def test_a_pair_of_sources_without_numbers_is_judged_by_the_mixture() -> None:
    known = {
        "claimed_bare": [1000.0, 1000.0], "claimed_again": [5000.0, 0.0], "true_again": [5000.0, 0.0],
        "false_again": [5.0, 0.0], "expected_false_again": [0.001, 0.0],
    }  # fmt: skip
    good = estimate(strata(**known, expected_false=[0.001, 0.001]), seed=1)
    bad = estimate(strata(**known, expected_false=[0.001, 0.2]), seed=1)
    assert bad.precision.value < good.precision.value - 0.05
    assert bad.precision.upper - bad.precision.lower > good.precision.upper - good.precision.lower


@pytest.mark.parametrize(
    ("pairs", "told"),
    [
        ([50, 40], [50, 40]),
        ([50, 40, 3], [50, None, None]),
        ([50, 40, 3, 2], [50, None, None, None]),
        ([50, 40, 7, 6], [50, 40, None, None]),
        ([50, 0, 40], [50, 0, 40]),
        ([3], [None]),
        ([], []),
    ],
)
def test_small_cells_are_withheld_so_that_the_rest_does_not_tell(pairs: list, told: list) -> None:
    rows = [
        {"dimension": "sex", "part": str(place), "pairs": count, "recall": 0.9} for place, count in enumerate(pairs)
    ]
    rows.append({"dimension": "all", "part": "all", "pairs": 99, "recall": 0.9})
    *parts, last = withheld(rows, 10)
    assert [row["pairs"] for row in parts] == told
    assert all((row["recall"] is None) == row["is_suppressed"] == (row["pairs"] is None) for row in parts)
    assert last["recall"] == 0.9
