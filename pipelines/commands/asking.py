"""`padron query`: one question to the current release, answered as a table."""

from typing import Any

import duckdb
from rich.console import Console
from rich.markup import escape
from rich.table import Table as Grid

from warehouse.errors import RegistryError
from warehouse.layout import Layout
from warehouse.release.database import read_only
from warehouse.settings import Settings

ROWS_SHOWN = 100


class QueryError(RegistryError):
    """A question that the database cannot answer."""


def ask(settings: Settings, sql: str, console: Console) -> None:
    """Print the answer to `sql`, its first 100 rows; raise `QueryError` with DuckDB's own words."""
    with read_only(Layout(settings.home)) as connection:
        show_answer(connection, sql, console)


def show_answer(connection: duckdb.DuckDBPyConnection, sql: str, console: Console) -> None:
    """Print the answer of `connection` to `sql`, its first 100 rows; raise `QueryError`."""
    columns, rows = _answer(connection, sql)
    grid = Grid(*columns)
    for row in rows[:ROWS_SHOWN]:
        grid.add_row(*("" if value is None else escape(str(value)) for value in row))
    console.print(grid)
    if len(rows) > ROWS_SHOWN:
        console.print(f"The first {ROWS_SHOWN} rows are shown; add a limit or an aggregate to the query.")


def _answer(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    """The columns of the answer and its first rows, one more than are shown."""
    try:
        relation = connection.sql(sql)
        if relation is None:
            raise QueryError("That statement gives no rows. Ask with select, describe or show.")
        return relation.columns, relation.limit(ROWS_SHOWN + 1).fetchall()
    except duckdb.Error as error:
        raise QueryError(f'{error}\nThe tables are listed by: padron query "show tables"') from None
