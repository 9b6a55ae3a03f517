"""The rows that break a promise, as an SQL condition over the table `validated`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from quality.conditions import TABLE
from quality.expectation import Expectation
from warehouse.session import identifier, literal

Arguments = Mapping[str, Any]


def violation_sql(expectation: Expectation) -> str | None:
    """The condition that rows against `expectation` meet; None where it is not about single rows."""
    if "condition" in expectation.arguments:
        return str(expectation.arguments["condition"])
    maker = _MAKERS.get(expectation.kind)
    return maker(expectation.arguments) if maker else None


def _column(arguments: Arguments) -> str:
    return identifier(str(arguments["column"]))


def _repeated(column: str) -> str:
    return f"{column} in (select {column} from {TABLE} where {column} is not null group by all having count(*) > 1)"


def _listed(arguments: Arguments) -> str:
    return ", ".join(literal(str(value)) for value in arguments["value_set"])


def _lengths(arguments: Arguments) -> str:
    length = f"length({_column(arguments)})"
    limits = [("<", arguments.get("min_value")), (">", arguments.get("max_value"))]
    return " or ".join(f"{length} {sign} {limit}" for sign, limit in limits if limit is not None)


_MAKERS: Mapping[str, Callable[[Arguments], str]] = {
    "ExpectColumnValuesToNotBeNull": lambda given: f"{_column(given)} is null",
    "ExpectColumnValuesToBeUnique": lambda given: _repeated(_column(given)),
    "ExpectColumnValuesToBeInSet": lambda given: f"{_column(given)} not in ({_listed(given)})",
    "ExpectColumnValuesToNotBeInSet": lambda given: f"{_column(given)} in ({_listed(given)})",
    "ExpectColumnValuesToMatchRegex": (
        lambda given: f"not regexp_matches({_column(given)}, {literal(str(given['regex']))})"
    ),
    "ExpectColumnValuesToNotMatchRegex": (
        lambda given: f"regexp_matches({_column(given)}, {literal(str(given['regex']))})"
    ),
    "ExpectColumnValueLengthsToBeBetween": _lengths,
}
"""A null meets none of these conditions but the first: what is missing is judged there alone."""
