"""Regular expressions in DuckDB for Great Expectations, which knows no dialect of that name.

Importing this module registers the metrics, and imports Great Expectations, which takes seconds.
"""

from typing import Any

from great_expectations.execution_engine.sqlalchemy_execution_engine import SqlAlchemyExecutionEngine
from great_expectations.expectations.metrics.map_metric_provider.column_condition_partial import (
    column_condition_partial,
)
from great_expectations.expectations.metrics.map_metric_provider.column_map_metric_provider import (
    ColumnMapMetricProvider,
)
from sqlalchemy import ColumnElement, func, not_


class MatchesRegex(ColumnMapMetricProvider):
    """The regular expression matches somewhere in the value."""

    condition_metric_name = "column_values.match_regex"
    condition_value_keys = ("regex",)

    @column_condition_partial(engine=SqlAlchemyExecutionEngine)
    def _sqlalchemy(cls, column: Any, regex: str, **_: Any) -> ColumnElement[bool]:  # noqa: N805
        return func.regexp_matches(column, regex)


class DoesNotMatchRegex(ColumnMapMetricProvider):
    """The regular expression matches nowhere in the value."""

    condition_metric_name = "column_values.not_match_regex"
    condition_value_keys = ("regex",)

    @column_condition_partial(engine=SqlAlchemyExecutionEngine)
    def _sqlalchemy(cls, column: Any, regex: str, **_: Any) -> ColumnElement[bool]:  # noqa: N805
        return not_(func.regexp_matches(column, regex))
