import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

import dagster as dg
import pytest
from sqlalchemy import text
from sqlalchemy.engine import Engine
from sqlalchemy.pool import NullPool, StaticPool

from pipelines import event_log
from pipelines.event_log import MOST_ENGINES, engine_of
from pipelines.instance import open_instance
from warehouse.settings import Settings

KILLED = """
import os, signal, sys
import dagster as dg
from pipelines.instance import open_instance
from warehouse.settings import Settings

with open_instance(Settings.from_environment({"PADRON_HOME": sys.argv[1]})) as instance:
    for number in range(20):
        instance.report_runless_asset_event(dg.AssetMaterialization(f"asset_{number}"))
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_process_loses_no_event(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path / "home")], check=False, capture_output=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    history = tmp_path / "home" / "dagster" / "history" / "runs" / "index.db"
    with sqlite3.connect(history) as connection:
        (kept,) = connection.execute("select count(distinct asset_key) from asset_keys").fetchone()
    assert kept == 20


def made(file: Path) -> Engine:
    """The engine of a database that was just made at `file`."""
    with closing(sqlite3.connect(file)) as connection:  # one left open would keep the log of changes from being folded
        connection.execute("pragma journal_mode = wal")
        connection.execute("create table if not exists events (number integer)")
    return engine_of(f"sqlite:///{file}", poolclass=NullPool)


def count(file: Path) -> int:
    with engine_of(f"sqlite:///{file}", poolclass=NullPool).begin() as connection:
        return int(connection.execute(text("select count(*) from events")).scalar_one())


def test_the_log_of_changes_is_not_folded_at_every_commit(tmp_path: Path) -> None:
    file = tmp_path / "history.db"
    engine = made(file)
    for _ in range(3):
        with engine.begin() as connection:
            assert connection.execute(text("pragma synchronous")).scalar() == 1
            connection.execute(text("insert into events values (1)"))
        engine.dispose()
        assert file.with_name("history.db-wal").stat().st_size > 0, "the last connection to be closed folded it"
    assert count(file) == 3


def test_a_database_that_was_put_in_place_of_another_is_read_anew(tmp_path: Path) -> None:
    file = tmp_path / "history.db"
    with made(file).begin() as connection:
        connection.execute(text("insert into events values (1)"))
    for path in tmp_path.iterdir():
        path.unlink()
    assert made(file) is not None
    assert count(file) == 0


def test_a_database_that_is_not_there_yet_is_left_to_dagster(tmp_path: Path) -> None:
    engine = engine_of(f"sqlite:///{tmp_path / 'none.db'}", poolclass=NullPool)
    assert isinstance(engine.pool, NullPool)
    assert isinstance(engine_of("sqlite:///:memory:", poolclass=StaticPool).pool, StaticPool)


def test_few_databases_stay_open(tmp_path: Path) -> None:
    files = [tmp_path / f"{number}.db" for number in range(MOST_ENGINES + 3)]
    for file in files:
        with made(file).begin() as connection:
            connection.execute(text("insert into events values (1)"))
    opened = {file.with_name(f"{file.name}-wal") for file in files if file.with_name(f"{file.name}-wal").exists()}
    assert len(opened) == MOST_ENGINES, "whoever closed the others folded their logs"
    assert [count(file) for file in files] == [1] * len(files)


def test_dagsters_history_is_written_over_few_connections(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []

    def counted(connection: sqlite3.Connection, _: object) -> None:
        opened.append(connection.execute("pragma database_list").fetchone()[2])

    monkeypatch.setattr(event_log, "_wait_for_the_disk_rarely", counted)
    with open_instance(settings) as instance:
        for number in range(10):
            instance.report_runless_asset_event(dg.AssetMaterialization(f"asset_{number}"))
        assert len(instance.all_asset_keys()) == 10
    assert 0 < len(opened) <= 2 * len(set(opened)), "one that is in use, and one beside it"


@pytest.mark.parametrize("name", ["dagster._daemon", "dagster_webserver"])
def test_dagsters_programs_run_over_it(name: str) -> None:
    command = [sys.executable, "-X", "importtime", "-m", "pipelines.program", name, "--version"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    assert version("dagster") in done.stdout
    assert done.stderr.index("| pipelines.event_log\n") < done.stderr.rindex(f"| {name}.")
