"""Which order a source writes its dates in, where its contract allows two: settled by the dates themselves.

03/04/2001 can be read two ways, 25/04/2001 in one. The order that most dates can only be read in is tried first; the
contract's own order stands where none speaks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import duckdb

from sources import fields
from sources.contract import ContractColumn, SourceContract
from sources.standardise.dates import date_sql
from sources.standardise.values import text_sql
from warehouse.session import literal


@dataclass(frozen=True)
class DateOrder:
    """Two ways in which a column's dates may be read, and how many can only be read in the first, or the second.

    The first is the one that is tried first.
    """

    column: str
    field: str
    first: str
    second: str
    only_first: int
    only_second: int

    @property
    def is_doubtful(self) -> bool:
        """Dates that can be read both ways may have been read the wrong way: nothing settles the order, or both do."""
        return self.only_second > 0 or self.only_first == 0


def settled(
    connection: duckdb.DuckDBPyConnection, contract: SourceContract, delivered: str
) -> tuple[SourceContract, list[DateOrder]]:
    """The contract with its columns' formats in the order that the rows of `delivered` show, and that evidence."""
    columns, orders = [], []
    for column in contract.columns:
        formats = list(column.terms.format) if column.field in fields.DATES else []
        for first, second in _rivals(formats):
            order = _weighed(connection, column, first, second, delivered)
            orders.append(order)
            if order.first != first:
                one, other = formats.index(first), formats.index(second)
                formats[one], formats[other] = second, first
        changed = tuple(formats) if formats and tuple(formats) != tuple(column.terms.format) else None
        terms = column.terms.model_copy(update={"format": changed}) if changed else column.terms
        columns.append(replace(column, terms=terms))
    return replace(contract, columns=tuple(columns)), orders


def _rivals(formats: Sequence[str]) -> list[tuple[str, str]]:
    """The pairs of formats that differ only in the order of day and month."""
    return [(one, other) for one, other in combinations(formats, 2) if other == _turned(one)]


def _turned(pattern: str) -> str:
    return pattern.replace("%d", "\0").replace("%m", "%d").replace("\0", "%m")


def _weighed(
    connection: duckdb.DuckDBPyConnection, column: ContractColumn, first: str, second: str, delivered: str
) -> DateOrder:
    text = text_sql(column.name)
    one, other = (f"({date_sql(text, column.field, [pattern])})" for pattern in (first, second))
    ((only_first, only_second),) = connection.sql(
        f"select count(*) filter ({one} is not null and {other} is null), "
        f"count(*) filter ({other} is not null and {one} is null) from {delivered}"
    ).fetchall()
    if only_second > only_first:
        first, second, only_first, only_second = second, first, only_second, only_first
    return DateOrder(column.name, column.field, first, second, only_first, only_second)


def doubtful_sql(order: DateOrder) -> str:
    """An SQL expression over the delivered rows: the date can be read both ways, as two different days."""
    text = text_sql(order.column)
    one, other = (f"({date_sql(text, order.field, [pattern])})" for pattern in (order.first, order.second))
    return f"coalesce({one} <> {other}, false)"


FLAG = "ambiguous_date_order"
SAYS = literal("the date can be read as day first or month first, and the source writes both")
