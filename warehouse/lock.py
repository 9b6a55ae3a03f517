"""One build at a time: a second one is told, and a lock left by a crash holds nobody up."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from warehouse.errors import StorageError
from warehouse.layout import PRIVATE_FILE, Layout, private_folder
from warehouse.settings import Settings


@contextmanager
def only_run(settings: Settings) -> Iterator[None]:
    """Hold the installation's lock; raise `StorageError` if another run holds it.

    The operating system drops the lock with the process that held it, however that ended.
    """
    path = private_folder(Layout(settings.home).state) / "run.lock"
    with path.open("w") as file:
        path.chmod(PRIVATE_FILE)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StorageError(
                f"{settings.home}: another run is working there. Wait until it has ended, or choose another home."
            ) from None
        yield
