"""Kill the run worker, the daemon and the webserver at random moments under load, and see what is lost: nothing may be.

    python tests/benchmarks/crashes.py --kills 200 --seed 7

A home of two small institutions lives under a real daemon and a real webserver, two processes of their own. Round by
round one institution delivers again, the landing zone's sensor has a run start, readers query the release all the
while, and at a moment that the seed chooses one process is killed: the worker within the length of a run, daemon and
webserver while one is being launched. After each kill the current release must be whole, its audit log chained, the
journals readable. At the end the last delivery must be published, and its persons must be made of the same records as
in a home that was never disturbed. Most people are in both institutions' files, with the faults of FEBRL 4's second
one; both homes link by the parameters that were trained on the first deliveries, so that whoever arrives later is
judged alike however many runs came in between.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import shutil
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from attacked_town import PATIENCE, Town

from warehouse.audit_log import verify
from warehouse.journal import read_entries
from warehouse.manifest import damaged_files, manifest_in, read_manifest
from warehouse.release.rollback import kept_releases

ROWS = 200
VICTIMS = ("worker", "daemon", "webserver")
LAUNCH_TAKES = 15.0
"""Seconds within which daemon and web server are killed, from a delivery on: in them the sensor sees it, the run is
queued and its process begins. Later on they do nothing for it."""
MOST_TRIES = 3
"""How many deliveries there are at most for each kill: a run may be over by the moment when it is to be killed."""


@dataclass
class Told:
    """What was killed, what the readers saw, and what was found wrong."""

    killed: Counter[str] = field(default_factory=Counter)
    queries: int = 0
    missed: int = 0
    """How often no run was on at the moment when its process was to be killed."""
    matched: int = 0
    """How many persons both institutions know, as the last release tells."""
    moments: list[tuple[str, float]] = field(default_factory=list)
    """What was killed, and how many seconds after its run was seen, or after the delivery."""
    faults: list[str] = field(default_factory=list)


def attack(folder: Path, kills: int, seed: int, port: int) -> Told:
    """Kill `kills` processes at moments that `seed` chooses; return what was found."""
    random_state, told, town = random.Random(seed), Told(), Town(folder / "attacked", port)
    for part in "ab":
        town.deliver(part, ROWS)
    longest = town.build()
    town.freeze()
    rows = dict.fromkeys("ab", ROWS)
    for name in ("daemon", "webserver"):
        town.start(name)
    town.switch_on()
    try:
        with _readers(town, told):
            for number in range(MOST_TRIES * kills):
                if (done := told.killed.total()) == kills:
                    break
                part = random_state.choice("ab")
                rows[part] = ROWS + 1 + number
                town.deliver(part, rows[part])
                _strike(town, told, VICTIMS[done % len(VICTIMS)], random_state.random(), longest)
                told.faults += [f"after {done} kills: {fault}" for fault in _faults(town)]
            told.faults += _last_run(town, {f"febrl_{part}": count for part, count in rows.items()})
    finally:
        town.stop()
    told.matched = town.matched()
    told.faults += _faults(town) + _differences(town, folder / "undisturbed", rows, port)
    return told


def _strike(town: Town, told: Told, victim: str, share: float, longest: float) -> None:
    """Kill `victim` after that share of the time; where the run to be killed is over by then, let it go."""
    moment = share * (longest if victim == "worker" else LAUNCH_TAKES)
    if victim == "worker":
        town.wait_for_run()
    time.sleep(moment)
    if killed := town.kill(victim):
        told.killed[killed] += 1
        told.moments.append((killed, round(moment, 1)))
    else:
        told.missed += 1


@contextlib.contextmanager
def _readers(town: Town, told: Told) -> Iterator[None]:
    """Query the current release all the while; whatever a query cannot answer is a fault."""
    stop = threading.Event()

    def read() -> None:
        while not stop.wait(0.2):
            try:
                town.published_rows()
                told.queries += 1
            except Exception as error:
                told.faults.append(f"a reader met {type(error).__name__}: {error}")

    reader = threading.Thread(target=read)
    reader.start()
    try:
        yield
    finally:
        stop.set()
        reader.join()


def _faults(town: Town) -> list[str]:
    """What is wrong with the home at this moment, whatever is going on there."""
    layout, found = town.layout, []
    manifest = read_manifest(layout)
    if manifest is None:
        return ["there is no current release"]
    if damaged := damaged_files(manifest, layout.releases / manifest.release_id):
        found.append(f"{len(damaged)} files of the current release are not whole")
    try:
        verify(layout, {manifest.release_id: manifest.audit_sha256})
        for journal in layout.state.glob("*.jsonl"):
            read_entries(journal)
    except Exception as error:
        found.append(f"{type(error).__name__}: {error}")
    return found


def _last_run(town: Town, rows: dict[str, int]) -> list[str]:
    """Wait until the last deliveries are published by the daemon, on its own."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if town.published_rows() == rows:
            return []
        time.sleep(2)
    return [f"the last deliveries are not published: {town.published_rows()} instead of {rows}"]


def _differences(town: Town, folder: Path, rows: dict[str, int], port: int) -> list[str]:
    """What differs from a home with the same keys that took in the last deliveries alone, undisturbed."""
    other = Town(folder, port, town.settings.parameters)
    shutil.copytree(town.layout.home / "keys", other.layout.home / "keys")
    for part, count in rows.items():
        other.deliver(part, count)
    other.build()
    found = []
    kept = [kept for path in kept_releases(town.layout) if (kept := manifest_in(path))]
    if len(kept) > town.settings.keep_releases:
        found.append(f"{len(kept)} releases are kept")
    if leftovers := list(town.layout.home.rglob("*.partial")):
        found.append(f"{len(leftovers)} files are half written")
    if town.published_rows() != other.published_rows():
        found.append(f"records by institution: {town.published_rows()} instead of {other.published_rows()}")
    if otherwise := town.persons() ^ other.persons():
        found.append(f"{len(otherwise)} persons are made of other records")
    return found


def main() -> None:
    """Attack a home of its own, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--port", type=int, default=3071)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        told = attack(Path(folder), options.kills, options.seed, options.port)
    sys.stdout.write(json.dumps(vars(told), indent=2) + "\n")
    raise SystemExit(bool(told.faults))


if __name__ == "__main__":
    main()
