"""Dagster's run history in SQLite, over connections that last.

Dagster makes an engine for each of a run's thousands of events, opens its database with it, three times for a check's
outcome, and closes it. That costs a millisecond of the processor each time, and whoever closes a database last makes
SQLite fold its log of changes into the file and wait for the disk: 20 ms an event where it takes 0.2 ms.

So the engine of a file is made once and keeps what it has opened, and the disk is waited for when the log is folded,
not at every commit. A killed process loses nothing by that; a power cut may lose the last events of the history and
leaves it whole.
"""

import sqlite3
import threading
from collections import OrderedDict
from importlib import import_module
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, event
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.pool import QueuePool

MOST_ENGINES = 16
STORAGES = ("event_log.sqlite.sqlite_event_log", "runs.sqlite.sqlite_run_storage")
"""Dagster's modules that make engines for SQLite."""

_engines: OrderedDict[tuple[str, int], Engine] = OrderedDict()
_guard = threading.Lock()


class LastingPool(QueuePool):
    """Connections that stay open when their engine is disposed of, as Dagster does after each event."""

    def dispose(self) -> None:
        """Keep what is open."""

    def recreate(self) -> QueuePool:
        """The same pool, for it was never disposed of."""
        return self

    def end(self) -> None:
        """Close what is open."""
        super().dispose()


def engine_of(url: str, **options: Any) -> Engine:
    """The engine of the database at `url`, made when it is first asked for, with connections that last.

    A file that is not there yet has an engine of Dagster's kind; one that was put in place of another has a new one.
    """
    file = Path(make_url(url).database or "")
    if not file.is_file():
        return create_engine(url, **options)
    with _guard:
        key = (url, file.stat().st_ino)
        if key not in _engines:
            _engines[key] = create_engine(url, **{**options, "poolclass": LastingPool})
            event.listen(_engines[key], "connect", _wait_for_the_disk_rarely)
        _engines.move_to_end(key)
        while len(_engines) > MOST_ENGINES:
            _ended(_engines.popitem(last=False)[1])
        return _engines[key]


def make_connections_last() -> None:
    """Have Dagster's history in SQLite take its engines from `engine_of`, from now on in this process."""
    for name in STORAGES:
        import_module(f"dagster._core.storage.{name}").create_engine = engine_of  # type: ignore[attr-defined]


def _wait_for_the_disk_rarely(connection: sqlite3.Connection, _: object) -> None:
    connection.execute("pragma synchronous = normal")


def _ended(engine: Engine) -> None:
    assert isinstance(engine.pool, LastingPool)
    engine.pool.end()
