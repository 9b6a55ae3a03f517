import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from held_against_truth import opened_truth
from town import Town
from typer.testing import CliRunner

from pipelines.cli import app


@pytest.fixture(scope="session")
def sample_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the registry that `make registry` builds."""
    return _built_once(tmp_path_factory, "sample", "--people", "5000")


@pytest.fixture(scope="session")
def another_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the registry of another population, which is larger."""
    return _built_once(tmp_path_factory, "another", "--people", "10000", "--seed", "101")


def _built_once(folders: pytest.TempPathFactory, name: str, *options: str) -> Path:
    """A home with a registry of the sample institutions, built once for all tests and workers that read it."""
    base = folders.getbasetemp()
    shared = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    home = shared / name / "var"
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / "current").exists():
            for verb in (["sample", *options], ["build"]):
                result = CliRunner().invoke(app, [*verb, "--home", str(home)])
                assert result.exit_code == 0, result.output
    return home


@pytest.fixture(scope="module")
def truth(sample_home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The truth of the sample beside what was published of it."""
    with opened_truth(sample_home) as connection:
        yield connection


@pytest.fixture(scope="module", params=["sample_home", pytest.param("another_home", marks=pytest.mark.system)])
def each_truth(request: pytest.FixtureRequest, sample_home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The truth of the sample, then that of another population, beside what was published of it."""
    with opened_truth(request.getfixturevalue(request.param)) as connection:
        yield connection


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an installation that has published once."""
    folder = tmp_path_factory.mktemp("town")
    status, told = Town(folder).run()
    assert status == 0, told
    return folder


@pytest.fixture
def town(built: Path, tmp_path: Path) -> Town:
    """A copy of the installation, to be spoilt."""
    return Town.copied(built, tmp_path / "town")
