"""One DuckDB session a step: in memory, bounded, spilling to the scratch folder."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from warehouse.layout import Layout, private_folder
from warehouse.settings import Settings


@contextmanager
def open_session(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """An in-memory DuckDB connection under the settings' memory limit; its spill folder is removed after."""
    spill = Path(tempfile.mkdtemp(prefix="session-", dir=private_folder(Layout(settings.home).scratch)))
    connection = duckdb.connect(
        config={
            "memory_limit": settings.memory_limit,
            "threads": settings.threads,
            "temp_directory": str(spill),
            "preserve_insertion_order": False,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
    )
    try:
        connection.execute("set enable_progress_bar = false")
        yield connection
    finally:
        connection.close()
        shutil.rmtree(spill, ignore_errors=True)


def identifier(name: str) -> str:
    """`name` quoted as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str | Path) -> str:
    """`text` quoted as an SQL string, for the few places that take no parameter (paths, comments)."""
    return "'" + str(text).replace("'", "''") + "'"


def scan(*paths: Path) -> str:
    """An SQL expression that reads the Parquet files at `paths` as one relation."""
    return f"read_parquet([{', '.join(literal(path) for path in paths)}])"
