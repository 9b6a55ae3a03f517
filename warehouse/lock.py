"""One build at a time: a second one is told, or waits; a lock left by a crash holds nobody up."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from warehouse.errors import StorageError
from warehouse.layout import PRIVATE_FILE, Layout, private_folder
from warehouse.settings import Settings

PATIENCE_SECONDS = 600.0
"""How long a publication waits for another one of the same home."""


@contextmanager
def only_run(settings: Settings, patience: float = 0.0, run_id: str = "") -> Iterator[str]:
    """Hold the installation's lock; raise `StorageError` if another run holds it for `patience` seconds more.

    The operating system drops the lock with the process that held it, however that ended. Whoever held it last and was
    killed has left its `run_id` in the lock: that one is yielded, or an empty text.
    """
    with _locked(Layout(settings.home).state / "run.lock", patience) as file:
        file.seek(0)
        killed = file.read().strip()
        _note(file, run_id)
        try:
            yield killed
        finally:
            _note(file, "")


@contextmanager
def publishing(settings: Settings, patience: float = PATIENCE_SECONDS) -> Iterator[None]:
    """Hold the lock of what is published, after waiting for whoever holds it; then raise `StorageError`.

    A rollback takes it without the lock of a run, so this one is apart.
    """
    with _locked(Layout(settings.home).state / "publish.lock", patience):
        yield


@contextmanager
def alerting(settings: Settings, patience: float = PATIENCE_SECONDS) -> Iterator[None]:
    """Hold the lock of the outbox of alerts, so that no alert is sent twice by two processes."""
    with _locked(Layout(settings.home).state / "alerts.lock", patience):
        yield


@contextmanager
def _locked(path: Path, patience: float) -> Iterator[TextIO]:
    private_folder(path.parent)
    until = time.monotonic() + patience
    with path.open("a+") as file:
        path.chmod(PRIVATE_FILE)
        while not _taken(file.fileno()):
            if time.monotonic() >= until:
                raise StorageError(
                    f"{path.parents[1]}: another run is working there. Wait until it has ended, or choose another home."
                )
            time.sleep(0.05)
        yield file


def _note(file: TextIO, text: str) -> None:
    """Have `text` alone in the file, now."""
    file.truncate(0)
    file.write(text)
    file.flush()


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
