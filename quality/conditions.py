"""The SQL conditions that unexpected rows meet, where Great Expectations has no expectation that names the rows."""

from __future__ import annotations

from collections.abc import Sequence

from warehouse.session import identifier, literal

TABLE = "validated"
"""The table at hand in every condition; its blank values are null."""


def repeats(columns: Sequence[str]) -> str:
    """Another row has the same values in `columns`, none of them null."""
    names = [identifier(column) for column in columns]
    listed = ", ".join(names)
    known = " and ".join(f"{name} is not null" for name in names)
    repeated = f"select row({listed}) from {TABLE} group by {listed} having count(*) > 1"
    return f"{known} and row({listed}) in ({repeated})"


def missing(column: str, words: Sequence[str], blank: bool) -> str:
    """The value of `column` is one of `words`, or, if `blank`, none."""
    listed = f"{identifier(column)} in ({', '.join(literal(word) for word in words)})"
    return f"{listed} or {identifier(column)} is null" if blank else listed


def orphan(column: str, table: str, referred: str) -> str:
    """The value of `column` is not in the column `referred` of the view `table`."""
    return (
        f"{identifier(column)} is not null and not exists (select 1 from {identifier(table)} as referred "
        f"where referred.{identifier(referred)} = {TABLE}.{identifier(column)})"
    )


def as_number(column: str, decimal: str) -> str:
    """The number written in `column`, null where there is none."""
    thousands = "." if decimal == "," else ","
    plain = f"replace(replace({identifier(column)}, {literal(thousands)}, ''), {literal(decimal)}, '.')"
    return f"try_cast({plain} as double)"


def as_moment(column: str, formats: Sequence[str]) -> str:
    """The day or moment written in `column` by the first of `formats` that reads it, or by ISO 8601."""
    attempts = [f"try_strptime({identifier(column)}, {literal(pattern)})" for pattern in formats]
    return f"coalesce({', '.join([*attempts, f'try_cast({identifier(column)} as timestamp)'])})"
