"""Publication: whole or not at all."""

import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

import warehouse.release
from warehouse.database import read_only
from warehouse.errors import PublicationError, StorageError
from warehouse.layout import Layout
from warehouse.release import Manifest, publish, read_manifest
from warehouse.session import open_session
from warehouse.settings import Settings
from warehouse.storage import write_rows
from warehouse.table import Column, Table

TOWNS = Table(
    "towns",
    "One town.",
    ("code",),
    (Column("code", "varchar", "Its code.", False), Column("people", "integer", "How many.")),
)
START = datetime(2026, 11, 1, tzinfo=UTC)


def publish_towns(settings: Settings, people: int, day: int = 0) -> Manifest:
    path = Layout(settings.home).mart(TOWNS)
    with open_session(settings) as connection:
        write_rows(connection, TOWNS, [{"code": "a", "people": people}], path)
    return publish(settings, {TOWNS: path}, {"delivery": "0" * 64}, "1", lambda: START + timedelta(days=day))


def people_published(settings: Settings) -> int:
    with read_only(Layout(settings.home)) as connection:
        return int(connection.sql("select people from towns").fetchall()[0][0])


def test_nothing_is_published_at_first(settings: Settings) -> None:
    assert read_manifest(Layout(settings.home)) is None
    with pytest.raises(StorageError, match="padron build"), read_only(Layout(settings.home)):
        pass


def test_a_release_holds_database_parquet_and_manifest(settings: Settings) -> None:
    manifest = publish_towns(settings, 5)
    current = Layout(settings.home).current
    assert people_published(settings) == 5
    assert duckdb.sql(f"select people from '{current}/parquet/towns.parquet'").fetchall() == [(5,)]
    assert json.loads((current / "manifest.json").read_text())["tables"]["towns"]["rows"] == 1
    assert read_manifest(Layout(settings.home)) == manifest


def test_comments_are_inside_the_database(settings: Settings) -> None:
    publish_towns(settings, 5)
    with read_only(Layout(settings.home)) as connection:
        tables = connection.sql("select comment from duckdb_tables()").fetchall()
        columns = connection.sql("select comment from duckdb_columns() where table_name = 'towns'").fetchall()
    assert tables == [("One town. Key: code.",)]
    assert columns == [("Its code.",), ("How many.",)]


def test_files_are_for_their_owner_alone(settings: Settings) -> None:
    publish_towns(settings, 5)
    modes = {
        path.stat().st_mode & 0o777 for path in Layout(settings.home).current.resolve().rglob("*") if path.is_file()
    }
    assert modes == {0o600}


def test_the_same_content_is_not_published_twice(settings: Settings) -> None:
    first = publish_towns(settings, 5)
    assert publish_towns(settings, 5, day=1) == first
    assert len(list(Layout(settings.home).releases.iterdir())) == 1


def test_old_releases_are_forgotten_but_the_last_ones(settings: Settings) -> None:
    ids = [publish_towns(replace(settings, keep_releases=3), day, day).release_id for day in range(5)]
    assert sorted(path.name for path in Layout(settings.home).releases.iterdir()) == ids[-3:]
    assert people_published(settings) == 4


def test_a_reader_of_the_old_release_is_not_disturbed(settings: Settings) -> None:
    publish_towns(settings, 1)
    with read_only(Layout(settings.home)) as reader:
        publish_towns(settings, 2, day=1)
        assert reader.sql("select people from towns").fetchall() == [(1,)]
    assert people_published(settings) == 2


STEPS = ("copyfile", "write_database", "write_text", "fsync", "rename", "symlink_to", "replace")


@pytest.mark.parametrize("step", STEPS)
def test_killed_in_the_middle_the_old_release_stays_whole(settings: Settings, step: str) -> None:
    publish_towns(settings, 1)
    child = subprocess.run(
        [sys.executable, __file__, step],
        env={**os.environ, **settings.as_environment()},
        check=False,
        capture_output=True,
    )
    assert child.returncode == -signal.SIGKILL, child.stderr
    assert people_published(settings) == 1
    publish_towns(settings, 3, day=2)
    assert people_published(settings) == 3
    assert not list(Layout(settings.home).releases.glob("*.partial"))


def test_a_full_disk_is_told_and_the_old_release_stays(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    publish_towns(settings, 1)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shutil.copyfile", full)
    with pytest.raises(PublicationError, match="Free disk space"):
        publish_towns(settings, 2, day=1)
    assert people_published(settings) == 1


def _die(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _publish_and_die_at(step: str) -> None:
    """Publish a second release in this process, and be killed as it reaches `step`."""
    owner = {"copyfile": shutil, "write_database": warehouse.release, "fsync": os}.get(step, Path)
    settings = Settings.from_environment()
    path = Layout(settings.home).mart(TOWNS)
    with open_session(settings) as connection:
        write_rows(connection, TOWNS, [{"code": "a", "people": 2}], path)
    setattr(owner, step, _die)
    publish(settings, {TOWNS: path}, {"delivery": "0" * 64}, "1", lambda: START + timedelta(days=1))


if __name__ == "__main__":
    _publish_and_die_at(sys.argv[1])
