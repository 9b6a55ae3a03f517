"""Where a table is validated: a session of its own that can read nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from quality.conditions import TABLE
from warehouse.errors import StorageError
from warehouse.session import identifier, open_session, scan
from warehouse.settings import Settings


@contextmanager
def open_laboratory(
    parquet: Sequence[Path],
    references: Mapping[str, Sequence[Path]],
    settings: Settings,
    is_wanted: Callable[[str], bool] = lambda _column: True,
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A session with the rows of `parquet` as the table `validated`, and a view for each of `references`.

    Of the columns those are there that `is_wanted` says so of, by their names; the others cost nothing.

    In `validated` text is without the blanks around it, and null where nothing is left: an empty cell says no more.
    A contract may bring queries of its own, so the session reads these files alone, and writes none.
    Raises `StorageError` for a file that is not there.
    """
    parquet = [path.absolute() for path in parquet]
    references = {name: [path.absolute() for path in paths] for name, paths in references.items()}
    _check_files(parquet, references)
    with open_session(settings) as connection:
        for name, paths in references.items():
            connection.execute(f"create view {identifier(name)} as select * from {scan(*paths)}")
        connection.execute("set preserve_insertion_order = true")  # so that the first rows are the same every time
        # A table, not a view: each expectation scans it several times, and would trim all text anew.
        connection.execute(
            f"create table {TABLE} as select {_trimmed(connection, parquet, is_wanted)} from {scan(*parquet)}"
        )
        _lock(connection, [str(path) for paths in references.values() for path in paths])
        yield connection


def _check_files(parquet: Sequence[Path], references: Mapping[str, Sequence[Path]]) -> None:
    wanted = [*parquet, *(path for paths in references.values() for path in paths)]
    absent = [str(path) for path in wanted if not path.exists()]
    if absent or not parquet:
        raise StorageError(f"{', '.join(absent) or 'no file'}: nothing to validate. Run `padron build` first.")


def _trimmed(connection: duckdb.DuckDBPyConnection, parquet: Sequence[Path], is_wanted: Callable[[str], bool]) -> str:
    relation = connection.sql(f"select * from {scan(*parquet)}")
    types = {
        identifier(name): kind for name, kind in zip(relation.columns, relation.types, strict=True) if is_wanted(name)
    }
    return ", ".join(
        f"nullif(trim({name}), '') as {name}" if str(kind) == "VARCHAR" else name for name, kind in types.items()
    )


def _lock(connection: duckdb.DuckDBPyConnection, readable: list[str]) -> None:
    connection.execute("set allowed_paths = $1", [readable])
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")
