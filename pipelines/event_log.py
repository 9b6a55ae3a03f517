"""Dagster's run history in SQLite, written without a wait for the disk at every event.

Dagster opens and closes its database for each of a run's thousands of events. Whoever closes a database last makes
SQLite fold its log of changes into the file and wait for the disk: 20 ms an event where it takes 0.2 ms. So one
connection stays open beside Dagster's, and the disk is waited for when the log is folded, not at every commit. A killed
process loses nothing by that; a power cut may lose the last events of the history and leaves it whole.

Dagster also makes a new SQLAlchemy engine for each event, which has to compile every statement anew: 40 % of what an
event costs. So the engine of a file is made once.
"""

import sqlite3
import threading
from collections import OrderedDict
from contextlib import suppress
from typing import Any

from sqlalchemy import create_engine, event
from sqlalchemy.engine import Engine

MOST_KEPT_OPEN = 4
MOST_ENGINES = 16

_kept_open: OrderedDict[str, sqlite3.Connection] = OrderedDict()
_engines: OrderedDict[str, Engine] = OrderedDict()
_guard = threading.Lock()


def engine_of(url: str, **options: Any) -> Engine:
    """The engine of the database at `url`, made when it is first asked for; it keeps no connection itself."""
    with _guard:
        if url not in _engines:
            _engines[url] = create_engine(url, **options)
        _engines.move_to_end(url)
        while len(_engines) > MOST_ENGINES:
            _engines.popitem(last=False)
        return _engines[url]


def make_engines_once() -> None:
    """Have Dagster's history in SQLite take its engines from `engine_of`, from now on in this process."""
    from dagster._core.storage.event_log.sqlite import sqlite_event_log  # noqa: PLC0415 - what only runs need
    from dagster._core.storage.runs.sqlite import sqlite_run_storage  # noqa: PLC0415

    for storage in (sqlite_event_log, sqlite_run_storage):
        storage.create_engine = engine_of  # type: ignore[attr-defined]


@event.listens_for(Engine, "connect")
def keep_open(connection: object, _: object) -> None:
    """See to it that `connection`, where it is SQLite's and to a file, is never the last one to be closed."""
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.execute("pragma synchronous = normal")
    ((_, _, path), *_) = connection.execute("pragma database_list").fetchall()
    if not path:
        return
    with _guard:
        if path not in _kept_open:
            _kept_open[path] = sqlite3.connect(path, timeout=0, check_same_thread=False)
        _kept_open.move_to_end(path)
        _be_counted(_kept_open[path])
        while len(_kept_open) > MOST_KEPT_OPEN:
            _kept_open.popitem(last=False)[1].close()


def _be_counted(reader: sqlite3.Connection) -> None:
    """Read once: SQLite counts a connection among those that have the log of changes open when it has read."""
    with suppress(sqlite3.OperationalError):  # it is being made by another process; the next connection asks again
        reader.execute("select count(*) from sqlite_master").fetchall()
