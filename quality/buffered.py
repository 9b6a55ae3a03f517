"""DuckDB connections as Great Expectations needs them: it reads rows after it has given the connection back."""

from __future__ import annotations

import atexit
from collections.abc import Iterator
from itertools import islice
from typing import Any

import duckdb
import duckdb_engine
from duckdb_engine import ConnectionWrapper, CursorWrapper

# Great Expectations keeps duckdb_engine, and so DuckDB, past the program's end; DuckDB then prints a page about it.
atexit.register(vars(duckdb_engine).clear)


class BufferedConnection(ConnectionWrapper):
    """A connection for SQLAlchemy whose cursors are buffered."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        super().__init__(connection)
        self._connection = connection

    def cursor(self) -> BufferedCursor:
        """A buffered cursor."""
        return BufferedCursor(self._connection, self)


class BufferedCursor(CursorWrapper):
    """A cursor that fetches all rows at once; DuckDB drops them at the rollback of a returned connection."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, wrapper: BufferedConnection) -> None:
        super().__init__(connection, wrapper)
        self._connection = connection
        self._rows: Iterator[Any] = iter(())
        self.description: Any = None

    def execute(self, statement: str, parameters: Any = None, context: Any = None) -> None:
        """Run `statement` and keep its rows; types are described by name, which outlives the connection."""
        super().execute(statement, parameters, context)
        described = self._connection.description
        self.description = [(name, str(kind), *rest) for name, kind, *rest in described or ()] or None
        self._rows = iter(self._connection.fetchall() if described else ())

    def fetchone(self) -> Any:
        """The next row, or None."""
        return next(self._rows, None)

    def fetchmany(self, size: int | None = None) -> list[Any]:
        """The next `size` rows."""
        return list(islice(self._rows, size or 1))

    def fetchall(self) -> list[Any]:
        """All rows that are left."""
        return list(self._rows)
