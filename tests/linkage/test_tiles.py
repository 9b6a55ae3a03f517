from pathlib import Path

import duckdb
import pytest
from linkage_town import write_town

from linkage.features.building import build_features, present_features
from linkage.model.file import load_model
from linkage.model.reduction import reduced
from linkage.pairs import tiles
from linkage.pairs.blocking import propose_pairs
from linkage.pairs.comparison import compare_pairs
from warehouse.session import scan
from warehouse.storage import row_count


@pytest.mark.parametrize(
    ("nodes", "size", "expected"),
    [(0, 10, 1), (10, 10, 1), (11, 10, 3), (20, 10, 3), (21, 10, 6), (100, 10, 55)],
    ids=str,
)
def test_how_many_tiles(monkeypatch: pytest.MonkeyPatch, nodes: int, size: int, expected: int) -> None:
    monkeypatch.setattr(tiles, "SLICE", size)
    assert len(tiles.tiles("pairs", "features", nodes)) == expected


def test_tiles_compare_every_pair_once_and_alike(
    session: duckdb.DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_town(session, tmp_path, homes=60, seed=5)
    features, pairs, whole, tiled = (tmp_path / f"{name}.parquet" for name in ("features", "pairs", "whole", "tiled"))
    inputs = scan(tmp_path / "records.parquet"), scan(tmp_path / "ids.parquet")
    build_features(session, *inputs, load_model(), [], None, tmp_path / "nodes.parquet", features)
    model = reduced(load_model(), present_features(session, features))
    proposed = propose_pairs(session, features, model.blocking, pairs).pairs
    assert compare_pairs(session, features, pairs, model, whole) == proposed > 1000
    monkeypatch.setattr(tiles, "SLICE", row_count(features) // 3)
    assert compare_pairs(session, features, pairs, model, tiled) == proposed
    differing = session.sql(f"select * from {scan(whole)} except all select * from {scan(tiled)}").fetchall()
    assert not differing
