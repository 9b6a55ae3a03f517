"""A publication that is killed at each of its steps, one child process after another.

Run as a program with a folder, it prints what it found as JSON. Imports are done once, then every publication
runs in a fork of its own: DuckDB is not opened before a fork.
"""

import json
import os
import resource
import shutil
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas  # noqa: F401  imported here, or every fork would import it anew
import pyarrow.dataset  # noqa: F401

from warehouse.audit_log import read_audit, verify
from warehouse.errors import PublicationError
from warehouse.history.segments import known_rows, segments, settle_history, stage_segment
from warehouse.layout import Layout
from warehouse.manifest import MadeOf, damaged_files, manifest_in, read_manifest
from warehouse.privacy.vault import open_vault
from warehouse.published.registry import PERSONS_PUBLISHED
from warehouse.release.database import read_only
from warehouse.release.publishing import publish
from warehouse.release.rollback import kept_releases
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
COUNTRIES = Table("countries", "One country.", ("code",), (Column("code", "varchar", "Its code.", False),))
"""A table that is the same every time, and so is carried over from release to release."""

START = datetime(2026, 11, 1, tzinfo=UTC)
MADE_OF = MadeOf({"delivery": "0" * 64})
VAULT = {"people": "select 'p1' as entity_id, pseudonym('p1') as pseudonym"}
CHANGES = {
    "os.rename", "os.mkdir", "os.rmdir", "os.remove", "os.link", "os.symlink", "os.chmod", "os.truncate",
    "shutil.copyfile",
}  # fmt: skip
PATCHED = ("fsync", "write", "ftruncate")


def settings_at(folder: Path) -> Settings:
    home = folder / "home"
    return Settings(home=home, sources=home, landing=home, memory_limit="1GB", threads=1, keep_releases=2)


def write_marts(settings: Settings, people: int) -> dict[Table, Path]:
    """A table that differs from release to release, one that never does, and one whose history is kept."""
    layout = Layout(settings.home)
    rows: dict[Table, list[dict[str, object]]] = {
        TOWNS: [{"code": "a", "people": people}],
        COUNTRIES: [{"code": "MX"}],
        PERSONS_PUBLISHED: [{"entity_id": "p1", "birth_year": people, "record_count": 1, "source_count": 1}],
    }
    with open_session(settings) as connection:
        for table, listed in rows.items():
            write_rows(connection, table, listed, layout.mart(table))
    return {table: layout.mart(table) for table in rows}


def publish_towns(settings: Settings, people: int, day: int) -> None:
    """Publish as the last step of a run does, with what the release changed of what was known."""
    layout, marts = Layout(settings.home), write_marts(settings, people)
    with open_session(settings) as connection:
        stage_segment(connection, layout, marts)
    publish(settings, marts, MADE_OF, "1", lambda: START + timedelta(days=day), VAULT)
    settle_history(layout)


def people_published(settings: Settings) -> int:
    with read_only(Layout(settings.home)) as connection:
        return int(connection.sql("select people from towns").fetchall()[0][0])


def on_every_step(act: Callable[[], None]) -> None:
    """Call `act` before each change of the file system that Python makes from now on."""

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        if event in CHANGES or writes:
            act()

    for name in PATCHED:
        setattr(os, name, _before(getattr(os, name), act))
    sys.addaudithook(hook)


def _before(function: Callable[..., object], act: Callable[[], None]) -> Callable[..., object]:
    def wrapped(*arguments: object) -> object:
        act()
        return function(*arguments)

    return wrapped


def in_child(work: Callable[[], object]) -> tuple[int, str]:
    """The exit status of `work` in a fork (negative for a signal), and what it returned or raised."""
    reader, writer = os.pipe()
    if (child := os.fork()) == 0:
        status = 0
        try:
            told = str(work())
        except Exception as error:
            told, status = f"{type(error).__name__}: {error}", 1
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        os.write(writer, told.encode())
        os._exit(status)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        told = pipe.read()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), told


def publish_counting(settings: Settings, people: int, day: int) -> int:
    steps = [0]

    def count() -> None:
        steps[0] += 1

    on_every_step(count)
    publish_towns(settings, people, day)
    return steps[0]


def publish_and_die(settings: Settings, people: int, day: int, step: int) -> None:
    steps = [0]

    def die() -> None:
        steps[0] += 1
        if steps[0] == step:
            os.kill(os.getpid(), signal.SIGKILL)

    on_every_step(die)
    publish_towns(settings, people, day)


def publish_on_a_full_disk(settings: Settings, people: int, day: int, room: int) -> str:
    """Publish where no file may grow over `room` bytes."""
    marts = write_marts(settings, people)
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
    try:
        publish(settings, marts, MADE_OF, "1", lambda: START + timedelta(days=day), VAULT)
    except PublicationError:
        return "told"
    return "published"


def condition(settings: Settings) -> str:
    """Which release is current; raises if it or the audit log is not whole."""
    layout = Layout(settings.home)
    manifest = read_manifest(layout)
    assert manifest is not None
    assert damaged_files(manifest, layout.current.resolve()) == []
    with open_vault(settings, "test") as vault:
        assert len(vault.sql("from vault_people").fetchall()) == 1
    kept = [kept for folder in kept_releases(layout) if (kept := manifest_in(folder))]
    assert verify(layout, {kept.release_id: kept.audit_sha256 for kept in kept})
    return {1: "old", 2: "new", 3: "right"}[people_published(settings)]


def after_next_run(settings: Settings) -> str:
    """The condition after a run of other content; raises if it leaves anything half written or damaged."""
    layout = Layout(settings.home)
    publish_towns(settings, 3, 3)
    assert not list(layout.home.rglob("*.partial"))
    kept = {folder: manifest_in(folder) for folder in kept_releases(layout)}
    assert len(kept) <= settings.keep_releases
    assert {folder.name for folder in (layout.home / "vault").iterdir()} == {folder.name for folder in kept}
    assert all(manifest and not damaged_files(manifest, folder) for folder, manifest in kept.items())
    return condition(settings)


def after_next_run_with_history(settings: Settings) -> str:
    """The condition after a run of other content; raises too where the history tells of another release or rows."""
    now = after_next_run(settings)
    log = read_audit(Layout(settings.home))
    published = [str(entry.facts["release"]) for entry in log if entry.action == "release.published"]
    people = [0, 1, 3] if len(published) == 3 else [0, 1, 2, 3]
    assert known(settings) == list(zip(published, people, strict=True))
    return now


def known(settings: Settings) -> list[tuple[str, int]]:
    """Each release that the history tells of, and what was known from it on."""
    told = segments(Layout(settings.home))
    with open_session(settings) as connection:
        return [
            (segment.release_id, int(connection.sql(f"select birth_year from {rows}").fetchall()[0][0]))
            for number, segment in enumerate(told, start=1)
            for rows in [known_rows(PERSONS_PUBLISHED, told[:number])]
        ]


def walk(folder: Path, stride: int) -> dict[str, object]:
    """Kill a third publication at every `stride`-th of its steps, and fill the disk for it at several sizes."""
    first, spoilt = settings_at(folder / "first"), settings_at(folder / "spoilt")
    for day, people in enumerate((0, 1)):
        status, told = in_child(lambda people=people, day=day: publish_towns(first, people, day))
        assert status == 0, told
    shutil.copytree(first.home, spoilt.home, symlinks=True)
    steps = int(in_child(lambda: publish_counting(spoilt, 2, 2))[1])
    shutil.rmtree(spoilt.home)
    outcomes = []
    for step in range(1, steps + 1, stride):
        shutil.copytree(first.home, spoilt.home, symlinks=True)
        died, _ = in_child(lambda step=step: publish_and_die(spoilt, 2, 2, step))
        then = in_child(lambda: condition(spoilt))
        outcomes.append((step, died, then, in_child(lambda: after_next_run_with_history(spoilt))))
        shutil.rmtree(spoilt.home)
    full = []
    for room in (0, 400, 4096, 20_000, 300_000):
        shutil.copytree(first.home, spoilt.home, symlinks=True)
        told = in_child(lambda room=room: publish_on_a_full_disk(spoilt, 2, 2, room))
        full.append((room, told, in_child(lambda: condition(spoilt)), in_child(lambda: after_next_run(spoilt))))
        shutil.rmtree(spoilt.home)
    return {"steps": steps, "killed": outcomes, "full": full}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(walk(Path(sys.argv[1]), int(sys.argv[2]))))
