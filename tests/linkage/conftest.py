from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from linkage_records import link_folder
from linkage_town import write_town

from linkage.link import LinkReport
from linkage.places import Places


@pytest.fixture(scope="session")
def session() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect(config={"threads": 2, "memory_limit": "2GB"})
    connection.execute("set enable_progress_bar = false")
    yield connection
    connection.close()


@pytest.fixture(scope="session")
def town_folder(session: duckdb.DuckDBPyConnection, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("town")
    write_town(session, folder, homes=700, seed=5)
    return folder


@pytest.fixture(scope="session")
def linked_town(session: duckdb.DuckDBPyConnection, town_folder: Path) -> tuple[LinkReport, Places]:
    return link_folder(session, town_folder)
