"""Publication: whole or not at all."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from warehouse.audit_log import read_audit
from warehouse.errors import PublicationError, StorageError
from warehouse.layout import Layout
from warehouse.lock import publishing
from warehouse.manifest import MadeOf, Manifest, read_manifest
from warehouse.release.database import read_only
from warehouse.release.publishing import publish
from warehouse.release.rollback import roll_back
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
MADE_OF = MadeOf({"delivery": "0" * 64})


def publish_towns(settings: Settings, people: int, day: int = 0, table: Table = TOWNS) -> Manifest:
    return publish_rows(settings, table, [{"code": "a", "people": people}], day)


def publish_rows(settings: Settings, table: Table, rows: list[dict[str, object]], day: int = 0) -> Manifest:
    path = Layout(settings.home).mart(table)
    loose = replace(table, key=(), columns=tuple(replace(column, nullable=True) for column in table.columns))
    with open_session(settings) as connection:
        write_rows(connection, loose, rows, path)
    return publish(settings, {table: path}, MADE_OF, "1", lambda: START + timedelta(days=day))


def people_published(settings: Settings) -> int:
    with read_only(Layout(settings.home)) as connection:
        return int(connection.sql("select people from towns").fetchall()[0][0])


def actions(settings: Settings) -> list[str]:
    return [entry.action for entry in read_audit(Layout(settings.home))]


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
    assert actions(settings) == ["keys.made", "release.staged", "release.published"]


def test_comments_are_inside_the_database(settings: Settings) -> None:
    publish_towns(settings, 5)
    with read_only(Layout(settings.home)) as connection:
        tables = connection.sql("select comment from duckdb_tables()").fetchall()
        columns = connection.sql("select comment from duckdb_columns() where table_name = 'towns'").fetchall()
    assert tables == [("One town. Key: code.",)]
    assert columns == [("Its code.",), ("How many.",)]


def test_files_and_folders_are_for_their_owner_alone(settings: Settings) -> None:
    publish_towns(settings, 5)
    paths = [*Layout(settings.home).current.resolve().rglob("*"), *Layout(settings.home).state.iterdir()]
    assert {path.stat().st_mode & 0o777 for path in paths if path.is_file()} == {0o600}
    assert {path.stat().st_mode & 0o777 for path in paths if path.is_dir()} == {0o700}


def test_the_same_content_is_not_published_twice(settings: Settings) -> None:
    first = publish_towns(settings, 5)
    assert publish_towns(settings, 5, day=1) == first
    assert len(list(Layout(settings.home).releases.iterdir())) == 1


def test_old_releases_are_forgotten_but_the_last_ones(settings: Settings) -> None:
    ids = [publish_towns(replace(settings, keep_releases=3), day, day).release_id for day in range(5)]
    assert sorted(path.name for path in Layout(settings.home).releases.iterdir()) == ids[-3:]
    assert people_published(settings) == 4


TWICE = [{"code": "a", "people": 1}, {"code": "a", "people": 2}]
NAMED = replace(TOWNS, columns=(TOWNS.columns[0], replace(TOWNS.columns[1], personal="identifying")))
LOST = replace(TOWNS, references=(("code", "regions", "code"),))
FAILING: list[tuple[Table, list[dict[str, object]], str]] = [
    (TOWNS, TWICE, "1 rows repeat the key code"),
    (TOWNS, [{"code": None, "people": 1}], "towns.code: 1 rows are empty"),
    (NAMED, [{"code": "a", "people": 1}], "the columns people identify people"),
    (LOST, [{"code": "a", "people": 1}], "refers to regions, which is not published"),
    (replace(TOWNS, references=(("people", "towns", "people"),)), TWICE[:1], ""),
]


@pytest.mark.parametrize(("table", "rows", "told"), FAILING, ids=["twice", "empty", "named", "lost", "whole"])
def test_what_does_not_pass_its_audit_is_not_published(
    settings: Settings, table: Table, rows: list[dict[str, object]], told: str
) -> None:
    publish_towns(settings, 7)
    if not told:
        publish_rows(settings, table, rows, day=1)
        return
    with pytest.raises(PublicationError, match=told):
        publish_rows(settings, table, rows, day=1)
    assert people_published(settings) == 7
    assert not list(Layout(settings.home).releases.glob("*.partial"))


def test_rolling_back_and_forth(settings: Settings) -> None:
    first, second = publish_towns(settings, 1), publish_towns(settings, 2, day=1)
    assert roll_back(settings, None, "wrong file") == first
    assert people_published(settings) == 1
    with pytest.raises(PublicationError, match="before the current"):
        roll_back(settings, None, "again")
    assert roll_back(settings, second.release_id, "it was right") == second
    assert actions(settings)[-2:] == ["release.rolled_back"] * 2
    publish_towns(settings, 3, day=2)
    assert people_published(settings) == 3


def spoil(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)


@pytest.mark.parametrize("spoilt", [spoil, Path.unlink])
@pytest.mark.parametrize("file", ["registry.duckdb", "parquet/towns.parquet"])
def test_a_damaged_release_is_not_rolled_back_to(settings: Settings, file: str, spoilt: Callable[[Path], None]) -> None:
    first = publish_towns(settings, 1)
    publish_towns(settings, 2, day=1)
    spoilt(Layout(settings.home).releases / first.release_id / file)
    with pytest.raises(PublicationError, match="1 files are not what was published"):
        roll_back(settings, None, "try")
    assert people_published(settings) == 2


@pytest.mark.parametrize("name", ["20200101T000000Z-00000000", "../current", ".."])
def test_only_a_release_is_rolled_back_to(settings: Settings, name: str) -> None:
    publish_towns(settings, 1)
    with pytest.raises(PublicationError, match="not a release"):
        roll_back(settings, name, "try")


def test_a_second_publication_waits_for_the_first(settings: Settings) -> None:
    publish_towns(settings, 1)
    with publishing(settings):
        waiting = threading.Thread(target=publish_towns, args=(settings, 2, 1))
        waiting.start()
        time.sleep(0.3)
        assert people_published(settings) == 1
    waiting.join(20)
    assert people_published(settings) == 2
    with publishing(settings), pytest.raises(StorageError, match="another run"), publishing(settings, patience=0.1):
        pass


READER = """
import sys, time, duckdb
connection = duckdb.connect(sys.argv[1], read_only=True)
print(connection.sql("select sum(people) from towns").fetchall()[0][0], flush=True)
sys.stdin.readline()
print({connection.sql("select sum(people) from towns").fetchall()[0][0] for _ in range(200)}, flush=True)
"""


def test_readers_keep_the_release_they_opened_even_when_it_is_forgotten(settings: Settings) -> None:
    few = replace(settings, keep_releases=1)
    publish_towns(few, 1)
    database = Layout(settings.home).current.resolve() / "registry.duckdb"
    readers = [
        subprocess.Popen([sys.executable, "-c", READER, str(database)], stdin=-1, stdout=-1, text=True)
        for _ in range(2)
    ]
    assert [reader.stdout.readline() for reader in readers if reader.stdout] == ["1\n"] * 2
    for day in (1, 2):
        publish_towns(few, day + 1, day)
    assert not database.exists()
    assert [reader.communicate("go\n")[0] for reader in readers] == ["{1}\n"] * 2
    assert people_published(settings) == 3


@pytest.fixture(
    scope="module", params=[7, pytest.param(1, marks=pytest.mark.slow)], ids=["every seventh step", "every step"]
)
def walked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[list[object]]]:
    """What became of publications killed at every change of the file system, and of those on a full disk."""
    program = Path(__file__).with_name("killed_publisher.py")
    child = subprocess.run(
        [sys.executable, str(program), str(tmp_path_factory.mktemp("walk")), str(request.param)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert child.returncode == 0, child.stderr
    found: dict[str, list[list[object]]] = json.loads(child.stdout)
    return found


def test_killed_at_any_step_the_current_release_is_whole_and_the_next_run_is_right(
    walked: dict[str, list[list[object]]],
) -> None:
    assert len(walked["killed"]) > 10
    assert all(status == -9 for _, status, _, _ in walked["killed"])
    assert all(after[0] == 0 and after[1] in {"old", "new"} for _, _, after, _ in walked["killed"]), walked["killed"]  # type: ignore[index]
    assert {str(after[1]) for _, _, after, _ in walked["killed"]} == {"old", "new"}  # type: ignore[index]
    assert all(following == [0, "right"] for _, _, _, following in walked["killed"]), walked["killed"]


def test_on_a_full_disk_the_current_release_is_whole_and_the_next_run_is_right(
    walked: dict[str, list[list[object]]],
) -> None:
    assert len(walked["full"]) > 4
    for room, outcome, after, following in walked["full"]:
        assert (outcome, after, following) == ([0, "told"], [0, "old"], [0, "right"]), room
