import pytest

from pipelines.event_log import make_connections_last


@pytest.fixture(scope="session", autouse=True)
def history_as_runs_write_it() -> None:
    """Dagster's history in SQLite is written as in a run, which takes less time."""
    make_connections_last()
