"""The audit checks put to the registry."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from quality.audit.check import AuditCheck, audit_checks
from quality.audit.registry import AuditedTables, open_registry
from quality.outcome import SAMPLE_ROWS, Outcome, not_evaluated
from warehouse.settings import Settings


def audit(tables: AuditedTables, settings: Settings, checks: Sequence[AuditCheck] | None = None) -> tuple[Outcome, ...]:
    """The outcome of each of `checks` (all of them by default) on the registry.

    What is judged is named by a person, record or household key, or by a group of at least 30 people. A check with
    nothing to judge is not evaluated, and says what is not held.
    """
    with open_registry(tables, settings) as connection:
        return tuple(_outcome(connection, check) for check in checks or audit_checks())


def _outcome(connection: duckdb.DuckDBPyConnection, check: AuditCheck) -> Outcome:
    connection.execute(f"create or replace macro limit_of_check() as {check.limit}")
    connection.execute(f"create or replace temp table judged as {check.query}")
    ((evaluated, unexpected),) = connection.sql(
        "select count(*), count(*) filter (where is_unexpected) from judged"
    ).fetchall()
    if not evaluated:
        return not_evaluated(check.expectation, check.unheld)
    sample = connection.sql(f"select key from judged where is_unexpected order by key limit {SAMPLE_ROWS}").fetchall()
    return Outcome(
        name=check.expectation.name,
        success=100 * unexpected <= check.tolerance * evaluated,
        severity=check.severity,
        evaluated=evaluated,
        unexpected=unexpected,
        sample=tuple(str(key) for (key,) in sample),
    )
