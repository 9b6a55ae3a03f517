"""An assessment against the truth, held against a count of every pair."""

from itertools import combinations
from pathlib import Path

import duckdb
import pytest

from linkage.evaluation.assessment import Assessment, assess
from linkage.evaluation.measures import blocking_recall, pairwise
from linkage.evaluation.truth import TruthError, read_truth
from linkage.link import LinkReport
from linkage.model.file import load_model
from linkage.places import Places
from linkage.task import Task
from warehouse.session import scan

Linked = tuple[LinkReport, Places]


@pytest.fixture(scope="module")
def town_task(town_folder: Path, linked_town: Linked) -> Task:
    relations = (scan(town_folder / f"{name}.parquet") for name in ("records", "ids"))
    return Task(*relations, linked_town[1], load_model(), 7)


@pytest.fixture(scope="module")
def assessment(session: duckdb.DuckDBPyConnection, town_folder: Path, town_task: Task) -> Assessment:
    return assess(session, town_task, scan(town_folder / "truth.parquet"), [-6.0, 0.0, 20.0])


def rows(assessment: Assessment, dimension: str) -> dict[str, dict]:
    found = (*assessment.parts, *assessment.passes, *assessment.thresholds)
    return {row["part"]: row for row in found if row["dimension"] == dimension}


def test_every_part_equals_a_count_of_pairs(
    session: duckdb.DuckDBPyConnection, town_folder: Path, town_task: Task, assessment: Assessment
) -> None:
    records = session.sql(f"""
        select n.record_id, source, cluster_id, person, coalesce(sex, 'unknown') as sex
        from {scan(town_task.places.nodes)} as n
        join {scan(town_task.places.clusters)} using (record_id)
        join {scan(town_folder / "truth.parquet")} using (record_id)
        join {town_task.records} as r using (record_id, source)
    """).fetchall()
    groups: dict[tuple, list] = {}
    for row in records:
        for key in (("cluster", row[2]), ("person", row[3])):
            groups.setdefault(key, []).append(row)
    pairs = {
        (one[0], other[0]): (one, other)
        for members in groups.values()
        for one, other in combinations(sorted(members), 2)
    }
    for dimension, part_of in (("source pair", lambda one, other: [" – ".join(sorted((one[1], other[1])))] * 2),
                               ("sex", lambda one, other: [one[4], other[4]])):  # fmt: skip
        counts: dict[str, list[int]] = {}
        for one, other in pairs.values():
            claimed, true = one[2] == other[2], one[3] == other[3]
            for part in part_of(one, other):
                count = counts.setdefault(part, [0, 0, 0])
                for place, holds in enumerate((claimed and true, claimed, true)):
                    count[place] += holds
        found = rows(assessment, dimension)
        assert set(counts) <= set(found)
        for part, (both, claimed, true) in counts.items():
            assert found[part]["precision"] == pytest.approx(both / claimed if claimed else 1)
            assert found[part]["recall"] == pytest.approx(both / true if true else 1)


def test_the_whole_equals_the_measures(
    session: duckdb.DuckDBPyConnection, town_folder: Path, linked_town: Linked, assessment: Assessment
) -> None:
    report, places = linked_town
    truth = scan(town_folder / "truth.parquet")
    whole = rows(assessment, "all")["all"]
    pairs = pairwise(session, scan(places.clusters), truth)
    assert (whole["precision"], whole["recall"]) == pytest.approx((pairs.precision, pairs.recall))
    names = [each.name for each in report.blocking.passes]
    recall = blocking_recall(session, scan(places.pairs), scan(places.nodes), truth, names)
    assert whole["blocking_recall"] == pytest.approx(recall.pop("all"))
    assert {name: row["blocking_recall"] for name, row in rows(assessment, "pass").items()} == pytest.approx(recall)
    assert assessment.unjudged == 0
    at = rows(assessment, "threshold")
    assert at["+0"]["precision"] == pytest.approx(whole["precision"])
    assert at["+0"]["b3_recall"] == pytest.approx(whole["b3_recall"])
    assert at["+20"]["precision"] >= at["-6"]["precision"]
    assert at["+20"]["recall"] <= at["-6"]["recall"]


@pytest.mark.parametrize("ending", ["csv", "parquet"])
@pytest.mark.parametrize("names", ["record_id", "source, record_key"])
def test_a_truth_is_read_by_either_name(
    session: duckdb.DuckDBPyConnection,
    town_folder: Path,
    linked_town: Linked,
    tmp_path: Path,
    ending: str,
    names: str,
) -> None:
    nodes, file = linked_town[1].nodes, tmp_path / f"truth.{ending}"
    told = f"{scan(town_folder / 'truth.parquet')} as t join {scan(nodes)} as n using (record_id)"
    session.execute(f"copy (select {names}, person from {told}) to '{file}'")
    truth = read_truth(session, file, nodes)
    same = f"select count(*) from {truth} join {scan(town_folder / 'truth.parquet')} using (record_id, person)"
    assert session.sql(same).fetchall()[0][0] == linked_town[0].counts.records


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("record,person\na,1\n", "record_id, or by the two columns"),
        ("record_id,who\na,1\n", "person or person_id"),
        ("record_id,person\nZZYX,1\n", "none of its 1 records"),
        ("record_id,person\nFIRST,\n", "1 rows tell no person"),
        ("record_id,person\nFIRST,1\nFIRST,2\n", "1 records are there more than once"),
        ("", "columns source and record_key"),
    ],
)
def test_a_faulty_truth_is_told_without_its_values(
    session: duckdb.DuckDBPyConnection, linked_town: Linked, tmp_path: Path, text: str, told: str
) -> None:
    nodes, file = linked_town[1].nodes, tmp_path / "truth.csv"
    ((first,),) = session.sql(f"select min(record_id) from {scan(nodes)}").fetchall()
    file.write_text(text.replace("FIRST", first), encoding="utf-8")
    with pytest.raises(TruthError) as caught:
        read_truth(session, file, nodes)
    assert told in str(caught.value)
    assert "ZZYX" not in str(caught.value)
    assert first not in str(caught.value)


def test_a_missing_truth_is_told(session: duckdb.DuckDBPyConnection, linked_town: Linked, tmp_path: Path) -> None:
    with pytest.raises(TruthError, match="cannot be read"):
        read_truth(session, tmp_path / "none.parquet", linked_town[1].nodes)
