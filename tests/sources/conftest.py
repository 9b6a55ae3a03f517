from pathlib import Path

import duckdb
import pytest
from invented import Clinic

from warehouse.settings import Settings


@pytest.fixture
def clinic(tmp_path: Path, settings: Settings, connection: duckdb.DuckDBPyConnection) -> Clinic:
    return Clinic(tmp_path / "contracts", settings.landing, settings.home, connection)
