from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipelines.cli import app


@pytest.fixture(scope="session")
def sample_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the registry that `make registry` builds, built once for all tests that read it."""
    home = tmp_path_factory.mktemp("sample") / "var"
    for verb in (["sample", "--people", "5000"], ["build"]):
        result = CliRunner().invoke(app, [*verb, "--home", str(home)])
        assert result.exit_code == 0, result.output
    return home
