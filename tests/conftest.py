import os
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from warehouse.session import open_session
from warehouse.settings import SAMPLE_SOURCES, Settings

os.environ["COLUMNS"] = "160"  # tables wide enough that no word a test looks for is broken


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--regenerate", action="store_true", help="write the outputs shown in the documents anew")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    home = tmp_path / "home"
    return Settings(home=home, sources=SAMPLE_SOURCES, landing=home / "landing", memory_limit="1GB")


@pytest.fixture
def connection(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_session(settings) as session:
        yield session
