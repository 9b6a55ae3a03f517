import itertools
from pathlib import Path

import duckdb
import pytest
from linkage_records import record, write_records

from linkage.features.building import build_features
from linkage.model.declaration import Blocking
from linkage.model.file import load_model
from linkage.pairs import block_policy, union
from linkage.pairs.blocking import propose_pairs
from warehouse.session import scan


def prepared(connection: duckdb.DuckDBPyConnection, folder: Path, rows: list[dict[str, object]]) -> Path:
    write_records(connection, rows, folder)
    build_features(
        connection,
        scan(folder / "records.parquet"),
        scan(folder / "ids.parquet"),
        load_model(),
        [],
        None,
        folder / "nodes.parquet",
        folder / "features.parquet",
    )
    return folder / "features.parquet"


def proposed(connection: duckdb.DuckDBPyConnection, features: Path, document: dict[str, object]) -> tuple[set, object]:
    path = features.with_name("pairs.parquet")
    report = propose_pairs(connection, features, Blocking.model_validate(document), path)
    return set(connection.sql(f"select node_l, node_r, passes from {scan(path)}").fetchall()), report


@pytest.mark.parametrize("bucket", [union.BUCKET, 7], ids=["at once", "in buckets"])
def test_passes_equal_brute_force(
    session: duckdb.DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bucket: int
) -> None:
    monkeypatch.setattr(union, "BUCKET", bucket)
    names = ["ANA LUZ/ROJAS/VEGA", "ANA/VEGA/ROJAS", "LUZ/VEGA", "EVA/ROJAS", "JUAN/SOTO/MAMANI", "EVA/SOTO"]
    dates = ["1980-05-07", "1980-07-05", "1990-05-07", ""]
    rows = [record(f"{place:02d}", name, born) for place, (name, born) in enumerate(itertools.product(names, dates))]
    features = prepared(session, tmp_path, rows)
    passes = [
        {"name": "date", "key": ["birth_date"]},
        {"name": "names", "key": ["given_any", "surname_any"]},
        {"name": "day and month", "key": ["birth_day_month", "surname_any"]},
    ]
    found, _ = proposed(session, features, {"passes": passes})

    def parts(place: int) -> tuple[set[str], set[str], str]:
        name, born = names[place // 4], dates[place % 4]
        given, *surnames = name.split("/")
        return set(given.split()), set(surnames), born

    expected = set()
    for left, right in itertools.combinations(range(len(rows)), 2):
        (given_l, surnames_l, born_l), (given_r, surnames_r, born_r) = parts(left), parts(right)
        same_day = born_l and born_r and sorted(born_l.split("-")[1:]) == sorted(born_r.split("-")[1:])
        passes_met = (
            (born_l == born_r != "")
            | 2 * bool(given_l & given_r and surnames_l & surnames_r)
            | 4 * bool(same_day and surnames_l & surnames_r)
        )
        if passes_met:
            expected.add((left, right, passes_met))
    assert found == expected


def test_a_large_block_is_refined_then_skipped(
    session: duckdb.DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [record(f"a{place:03d}", "ANA/ROJAS", sex="female") for place in range(30)]
    rows += [record(f"b{place:03d}", "ANA/ROJAS", sex="male") for place in range(5)]
    features = prepared(session, tmp_path, rows)
    document = {"max_block": 10, "passes": [{"name": "names", "key": ["name_set"], "refine": ["sex"]}]}
    found, report = proposed(session, features, document)
    assert len(found) == 10
    (only,) = report.passes
    assert (only.refined_blocks, only.skipped_blocks, only.skipped_records) == (1, 1, 30)
    assert (only.pairs, report.pairs) == (10, 10)


def test_a_pass_stays_within_its_budget(
    session: duckdb.DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(block_policy, "LEAST_BUDGET", 1)
    rows = [
        record(f"{name}{place:03d}", f"{name}/ROJAS")
        for name, count in (("ANA", 20), ("EVA", 4))
        for place in range(count)
    ]
    features = prepared(session, tmp_path, rows)
    found, report = proposed(
        session,
        features,
        {"pairs_per_record": 1, "least_block": 4, "passes": [{"name": "given", "key": ["given_first"]}]},
    )
    assert len(found) == 6
    assert report.passes[0].skipped_records == 20


def test_equal_records_are_one_node(session: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    rows = [record(key, "ANA/ROJAS", "1980-05-07") for key in "abc"] + [record("d", "ANA/ROJAS")] * 1
    features = prepared(session, tmp_path, rows)
    found, _ = proposed(session, features, {"passes": [{"name": "names", "key": ["name_set"]}]})
    assert found == {(0, 1, 1), (0, 0, 0)}


def test_names_alone_do_not_make_one_node(session: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    features = prepared(session, tmp_path, [record(key, "ANA/ROJAS") for key in "abc"])
    assert session.sql(f"select count(*) from {scan(features)}").fetchall() == [(3,)]
