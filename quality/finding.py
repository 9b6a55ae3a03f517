"""What Great Expectations found, and the outcome it amounts to, with every value left behind."""

from __future__ import annotations

import builtins
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from quality.expectation import Expectation
from quality.outcome import SAMPLE_ROWS, Outcome, unevaluated
from warehouse.errors import StorageError
from warehouse.limits import OUT_OF_MEMORY

NO_ROWS = "there are no rows, and a share of nothing cannot be judged."
NO_NUMBER = "the query gave no number."
ABOUT_THE_QUERY = frozenset({"CatalogException", "BinderException", "ParserException"})
"""Errors that come before any row is read, so that their text can be told."""
OUT_OF_MEMORY_KINDS = frozenset({"OutOfMemoryException", "MemoryError"})
CAUSE = re.compile(r"^((?:_?duckdb|sqlalchemy|great_expectations)\.(?:\w+\.)*)?(\w+)(?:: (.*))?$", re.MULTILINE)


@dataclass(frozen=True)
class Finding:
    """The verdict and result of Great Expectations, or the `error` that kept it from one, fit to be told."""

    success: bool = False
    result: Mapping[str, Any] = field(default_factory=dict)
    error: str | None = None


def outcome(expectation: Expectation, finding: Finding, ids: Sequence[str], rows: int) -> Outcome:
    """The outcome of `expectation` on a table of `rows`: by its bound, or where it has none, by the verdict."""
    if finding.error is not None:
        return unevaluated(expectation, finding.error)
    if rows == 0 and _is_share(expectation):
        return unevaluated(expectation, NO_ROWS)
    measured = _measured(expectation, finding.result, rows)
    if measured is None:
        return unevaluated(expectation, NO_NUMBER)
    unexpected = int(measured) if _counts_rows(expectation, finding.result) else 0
    return Outcome(
        name=expectation.name,
        success=expectation.bound.admits(measured, rows) if expectation.bound else finding.success,
        severity=expectation.severity,
        evaluated=rows - (finding.result.get("missing_count") or 0),
        unexpected=unexpected,
        sample=_sample(finding.result, ids) if unexpected else (),
    )


def _measured(expectation: Expectation, result: Mapping[str, Any], rows: int) -> float | None:
    """The number that the bound is about."""
    if expectation.kind == "UnexpectedRowsExpectation":
        found = result["details"]["unexpected_rows"]
        value = found[0]["measured"] if found else 0
        return float(value) if isinstance(value, (int, float, Decimal)) else None
    if "unexpected_count" in result:
        return int(result["unexpected_count"]) if rows else 0  # of no rows it is None
    return float(result["observed_value"]) if expectation.bound else 0


def _counts_rows(expectation: Expectation, result: Mapping[str, Any]) -> bool:
    """The number measured is that of unexpected rows."""
    return "unexpected_count" in result or "condition" in expectation.arguments


def _is_share(expectation: Expectation) -> bool:
    return expectation.bound.unit == "percent" if expectation.bound else "mostly" in expectation.arguments


def _sample(result: Mapping[str, Any], ids: Sequence[str]) -> tuple[str, ...]:
    listed = result.get("details", {}).get("unexpected_rows", ())
    named = [tuple(row[name] for name in ids) for row in listed]
    for columns in result.get("partial_unexpected_index_list") or ():
        named += zip(*(columns[name] for name in ids), strict=True)
    ordered = sorted(named, key=lambda row: [(part is None, part) for part in row])
    return tuple(":".join("(null)" if part is None else str(part) for part in row) for row in ordered[:SAMPLE_ROWS])


def withheld(kind: str) -> str:
    """What to say of an error of `kind`, whose own text may quote a value."""
    return f"could not be evaluated: {kind}. Its text is withheld, for it may quote a value."


def error_of(exception_info: Mapping[str, Any]) -> str | None:
    """What to say of the errors in the report `exception_info`, if there were any; it names no value.

    Raises `StorageError` where there was too little memory: that says nothing of the data, which must not be refused.
    """
    reports = [exception_info, *(report for report in exception_info.values() if isinstance(report, Mapping))]
    causes = [_cause(str(report["exception_traceback"])) for report in reports if report.get("raised_exception")]
    if not causes:
        return None
    if any(kind in OUT_OF_MEMORY_KINDS for kind, _ in causes):
        raise StorageError(f"checks: {OUT_OF_MEMORY}")
    kind, text = min(causes)  # their order is not the same every time
    return f"could not be evaluated: {text}" if kind in ABOUT_THE_QUERY else withheld(kind)


def _cause(trace: str) -> tuple[str, str]:
    """Kind and first line of the error that came first; only of known kinds, since any line may quote a value."""
    found = ((kind, text) for library, kind, text in CAUSE.findall(trace) if library or hasattr(builtins, kind))
    return next(found, ("an error", ""))
