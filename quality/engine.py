"""Great Expectations at work on a DuckDB session.

Importing this module takes seconds; `quality.validation` does so when there is something to validate.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextvars import ContextVar
from functools import cache
from typing import Any

import duckdb
import great_expectations as gx
from great_expectations import expectations as kinds
from great_expectations.data_context.types.base import ProgressBarsConfig
from sqlalchemy.pool import NullPool

from quality import column_names, regex_metrics  # noqa: F401 (they register their metrics)
from quality.buffered import BufferedConnection
from quality.conditions import TABLE
from quality.expectation import Expectation
from quality.finding import Finding, error_of, withheld
from quality.outcome import SAMPLE_ROWS
from quality.quiet import quiet
from warehouse.session import identifier

_validated: ContextVar[duckdb.DuckDBPyConnection] = ContextVar("validated")


@quiet()
def find(
    expectations: Sequence[Expectation], ids: Sequence[str], connection: duckdb.DuckDBPyConnection
) -> dict[str, Finding]:
    """What Great Expectations finds of each of `expectations`, by name, in the table `validated`."""
    findings, objects = {}, []
    for expectation in expectations:
        try:
            objects.append(_object(expectation, ids))
        except Exception as error:
            findings[expectation.name] = Finding(error=withheld(type(error).__name__))
    _validated.set(connection)
    batch = _whole_table().get_batch()
    for detail, group in _by_detail(objects).items():
        suite = gx.ExpectationSuite(detail, expectations=group)
        for result in batch.validate(suite, result_format=_result_format(detail, ids)).results:
            name = result.expectation_config.meta["name"]
            findings[name] = Finding(bool(result.success), result.result, error_of(result.exception_info or {}))
    return findings


def _object(expectation: Expectation, ids: Sequence[str]) -> Any:
    """The expectation as an object of Great Expectations, which carries its name."""
    arguments = dict(expectation.arguments)
    if "condition" in arguments:
        arguments["query"] = _first_rows(arguments.pop("condition"), ids)
    if "query" in arguments:
        arguments["unexpected_rows_query"] = _escaped(arguments.pop("query"))
    return getattr(kinds, expectation.kind)(**arguments, meta={"name": expectation.name})


def _first_rows(condition: str, ids: Sequence[str]) -> str:
    """The query for the first rows that meet `condition`, each with the number of all: they may be millions."""
    listed = ", ".join(identifier(name) for name in ids)
    counted = f"select {listed}, count(*) over () as measured from {TABLE} where {condition}"
    return f"{counted} order by {listed} limit {SAMPLE_ROWS}"


def _escaped(query: str) -> str:
    """The query without placeholders: braces are Great Expectations' own, colons SQLAlchemy's.

    The comment names the batch, since a query that does not brings a warning on standard output.
    """
    plain = query.replace("{", "{{").replace("}", "}}").replace(":", r"\:")
    return f"/* {{batch}} */ {plain}"


def _by_detail(objects: Sequence[Any]) -> dict[str, list[Any]]:
    """The expectations by the detail of result that names their unexpected rows.

    Those on columns name them in the summary; the complete result would fetch all their unexpected values besides.
    """
    grouped: dict[str, list[Any]] = {"SUMMARY": [], "COMPLETE": []}
    for item in objects:
        grouped["COMPLETE" if type(item).__name__ == "UnexpectedRowsExpectation" else "SUMMARY"].append(item)
    return grouped


def _result_format(detail: str, ids: Sequence[str]) -> dict[str, Any]:
    return {
        "result_format": detail,
        "unexpected_index_column_names": list(ids),
        "exclude_unexpected_values": True,
        "partial_unexpected_count": SAMPLE_ROWS,
    }


@cache
def _whole_table() -> Any:
    """The whole of the table `validated`, read by cursors of the session in `_validated`.

    It is made once, for Great Expectations writes its settings down at every step of making one.
    """
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    source = context.data_sources.add_sql(  # type: ignore[call-arg]
        "session",
        connection_string="duckdb:///:memory:",
        kwargs={"creator": lambda: BufferedConnection(_validated.get().cursor()), "poolclass": NullPool},
    )
    return source.add_table_asset(TABLE, table_name=TABLE).add_batch_definition_whole_table("whole")
