import os
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from postgres_server import PostgresServer, running_server

from warehouse.session import open_session
from warehouse.settings import SAMPLE_SOURCES, Settings

os.environ["COLUMNS"] = "160"  # tables wide enough that no word a test looks for is broken


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--regenerate", action="store_true", help="write the outputs shown in the documents anew")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let one worker build the sample registry first while others test what needs none; what reads it comes last.

    Whoever came to it meanwhile would wait for the build, for a minute and more.
    """
    readers = [item.path for item in items if "sample_home" in getattr(item, "fixturenames", ())]
    items.sort(key=lambda item: 1 if item.path not in readers else 0 if item.path == readers[0] else 2)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    home = tmp_path / "home"
    return Settings(home=home, sources=SAMPLE_SOURCES, landing=home / "landing", memory_limit="1GB")


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server of the tests' own."""
    with running_server() as server:
        yield server


@pytest.fixture
def connection(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_session(settings) as session:
        yield session
