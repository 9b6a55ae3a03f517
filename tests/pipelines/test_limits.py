"""Memory and disk that run out: a clear error with its remedy, and a next run that goes well."""

from pathlib import Path

import duckdb
import pytest

from pipelines.resources import Installation
from pipelines.scrubbing import scrubbed
from warehouse.errors import StorageError
from warehouse.settings import SAMPLE_SOURCES, Settings

HUNGRY = "select sum(len(one)) from (select unnest(list(range::varchar || 'x')) as one from range(3_000_000))"


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    home = tmp_path / "home"
    settings = Settings(home=home, sources=SAMPLE_SOURCES, landing=home / "landing", memory_limit="30MB", threads=1)
    return Installation.of(settings)


def test_memory_that_runs_out_is_told_with_its_remedy_and_the_next_step_goes_well(installation: Installation) -> None:
    with pytest.raises(StorageError, match="PADRON_MEMORY_LIMIT"), installation.session("linkage") as connection:
        connection.sql(HUNGRY).fetchall()
    with installation.session("linkage") as connection:
        assert connection.sql("select 1").fetchall() == [(1,)]
    assert list(installation.layout.scratch.iterdir()) == []


def test_a_disk_that_is_full_is_told_with_its_remedy() -> None:
    with pytest.raises(StorageError, match="Free disk space") as caught, scrubbed("reports"):
        Path("/dev/full").write_text("PEREZ")
    assert "PEREZ" not in str(caught.value)


def test_a_disk_that_is_full_for_the_database_is_told_with_its_remedy(tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.symlink_to("/dev/full")
    with pytest.raises(StorageError, match="Free disk space"), scrubbed("tables"), duckdb.connect() as connection:
        connection.execute(f"copy (select range from range(100_000)) to '{table}' (use_tmp_file false)")


def test_any_other_error_is_told_by_its_kind_alone() -> None:
    with pytest.raises(Exception, match="withheld") as caught, scrubbed("linkage"):
        raise OSError(2, "PEREZ")
    assert "PEREZ" not in str(caught.value)
