import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import Engine
from sqlalchemy.pool import NullPool

from pipelines import event_log
from pipelines.event_log import MOST_KEPT_OPEN, keep_open
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


def test_the_log_of_changes_is_not_folded_at_every_commit(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'history.db'}", poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("pragma journal_mode = wal"))
        connection.execute(text("create table events (number integer)"))
    with engine.begin() as connection:
        assert connection.execute(text("pragma synchronous")).scalar() == 1
    with engine.begin() as connection:
        connection.execute(text("insert into events values (1)"))
    assert (tmp_path / "history.db-wal").stat().st_size > 0, "the last connection to be closed folded it"


@pytest.mark.parametrize("place", ["", ":memory:"])
def test_what_lies_in_memory_is_left_alone(place: str) -> None:
    keep_open(sqlite3.connect(place), None)


def test_other_databases_are_left_alone() -> None:
    keep_open(object(), None)


def test_few_databases_are_kept_open(tmp_path: Path) -> None:
    for number in range(MOST_KEPT_OPEN + 3):
        with sqlite3.connect(tmp_path / f"{number}.db") as connection:
            connection.execute("pragma journal_mode = wal")
            keep_open(connection, None)
            connection.execute("create table t (n integer)")
    (tmp_path / "0.db").unlink()
    assert [row[0] for row in sqlite3.connect(tmp_path / "6.db").execute("select name from sqlite_master")] == ["t"]


def test_an_engine_is_made_once_a_file_and_not_once_an_event(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []

    def counted(url: str, **options: object) -> Engine:
        made.append(url)
        return create_engine(url, **options)

    monkeypatch.setattr(event_log, "create_engine", counted)
    event_log.make_engines_once()
    with open_instance(settings) as instance:
        for number in range(10):
            instance.report_runless_asset_event(dg.AssetMaterialization(f"asset_{number}"))
        assert len(instance.all_asset_keys()) == 10
    assert made
    assert len(made) == len(set(made))
