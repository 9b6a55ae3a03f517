"""Patterns and queries of a contract tried on an empty table, so that their faults are told before any data comes."""

from __future__ import annotations

from functools import cache

import duckdb

from quality.place import RuleError
from warehouse.session import identifier

EXAMPLE = "select count(*) from ${table} where ${column} is null"


def check_pattern(pattern: object) -> None:
    """Raise `RuleError` unless `pattern` is a regular expression that DuckDB knows (RE2 syntax)."""
    try:
        _laboratory().cursor().execute("select regexp_matches('', $1)", [pattern]).fetchall()
    except duckdb.Error:
        raise RuleError(
            "the pattern is no regular expression of RE2, which has no look-ahead nor look-behind."
        ) from None


def check_query(query: str, table: str, columns: tuple[str, ...]) -> None:
    """Raise `RuleError` unless `query` is one select over `table`, whose `columns` are text."""
    connection = _laboratory().cursor()
    declared = ", ".join(f"{identifier(column)} varchar" for column in columns)
    try:
        [statement] = connection.extract_statements(query)
        if statement.type != duckdb.StatementType.SELECT:
            raise ValueError
        connection.execute(
            f"create or replace temp table {identifier(table)} ({declared}, _file varchar, _line bigint)"
        )
        connection.execute(f"explain select (\n{query}\n)").fetchall()
    except ValueError:
        raise RuleError(f"the query must be one select, such as {EXAMPLE}.") from None
    except duckdb.Error as error:
        raise RuleError(f"the query cannot be run: {str(error).splitlines()[0]}") from None


@cache
def _laboratory() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"enable_external_access": False})
