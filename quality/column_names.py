"""The columns of the table under validation, for Great Expectations, as DuckDB itself describes them.

SQLAlchemy finds them out by PostgreSQL's catalogue, which takes a third of a suite's time. Importing this module
registers the metric, and imports Great Expectations, which takes seconds.
"""

from typing import Any

from great_expectations.execution_engine.sqlalchemy_execution_engine import SqlAlchemyExecutionEngine
from great_expectations.expectations.metrics.metric_provider import metric_value
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider
from sqlalchemy import text
from sqlalchemy.types import NullType

from quality.conditions import TABLE


class ColumnNames(TableMetricProvider):
    """Each column's name; its type is left open, for no expectation that a contract or a table may have asks for it."""

    metric_name = "table.column_types"
    value_keys = ("include_nested",)

    @metric_value(engine=SqlAlchemyExecutionEngine)
    def _sqlalchemy(cls, execution_engine: SqlAlchemyExecutionEngine, **_: Any) -> list[dict[str, Any]]:  # noqa: N805
        described = execution_engine.execute_query(text(f"describe {TABLE}")).fetchall()
        return [{"name": name, "type": NullType()} for name, *_ in described]
