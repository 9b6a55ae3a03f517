"""The logical type options of a contract's column as expectations on its delivered text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, time
from typing import Any

from open_data_contract_standard.model import SchemaProperty

from quality.conditions import as_moment, as_number
from quality.delivered import is_number
from quality.expectation import Expectation, camel_words, slug
from quality.place import RuleError
from quality.probe import check_pattern
from warehouse.session import identifier, literal

READING = frozenset({"format", "timezone", "defaultTimezone"})
"""Options that say how to read a value; they promise nothing of it."""
OUTSIDE = {"minimum": "<", "maximum": ">", "exclusiveMinimum": "<=", "exclusiveMaximum": ">="}


def option_expectation(column: SchemaProperty, option: str, decimal: str) -> Expectation:
    """The warning for values that break `option` of `column`; raise `RuleError` where it cannot be checked.

    Numbers are read by their `decimal` sign, days by the column's `format` property. What cannot be read is not judged.
    """
    name, value = str(column.name), (column.logicalTypeOptions or {})[option]
    if option in OUTSIDE or option == "multipleOf":
        kind, arguments = "UnexpectedRowsExpectation", {"condition": _condition(column, option, value, decimal)}
    elif option in _OF_TEXT:
        kind, arguments = _OF_TEXT[option](name, value)
    else:
        raise RuleError("cannot be checked; write it as a quality rule.")
    return Expectation(
        name=slug(name, camel_words(option)),
        kind=kind,
        arguments=arguments,
        severity="warning",
        description=f"Every value of {name} keeps to its {option}, {value}.",
    )


def _length(limit: str) -> Callable[[str, Any], tuple[str, dict[str, Any]]]:
    def lengths(column: str, value: Any) -> tuple[str, dict[str, Any]]:
        if not isinstance(value, int) or isinstance(value, bool):
            raise RuleError("must be a whole number.")
        return "ExpectColumnValueLengthsToBeBetween", {"column": column, limit: value}

    return lengths


def _pattern(column: str, value: Any) -> tuple[str, dict[str, Any]]:
    check_pattern(value)
    return "ExpectColumnValuesToMatchRegex", {"column": column, "regex": value}


_OF_TEXT: Mapping[str, Callable[[str, Any], tuple[str, dict[str, Any]]]] = {
    "minLength": _length("min_value"),
    "maxLength": _length("max_value"),
    "pattern": _pattern,
}


def _condition(column: SchemaProperty, option: str, limit: Any, decimal: str) -> str:
    if column.logicalType in ("number", "integer"):
        return _number_condition(as_number(str(column.name), decimal), option, limit)
    if column.logicalType not in ("date", "timestamp", "time") or option not in OUTSIDE:
        raise RuleError(f"does not belong to the logical type {column.logicalType}.")
    return _moment_condition(column, OUTSIDE[option], str(limit))


def _moment_condition(column: SchemaProperty, outside: str, limit: str) -> str:
    name = str(column.name)
    try:
        if column.logicalType == "time":
            hour = literal(time.fromisoformat(limit).isoformat())
            return f"try_cast({identifier(name)} as time) {outside} time {hour}"
        moment = literal(datetime.fromisoformat(limit).isoformat())
    except ValueError:
        raise RuleError("must be written by ISO 8601, such as 2026-11-30.") from None
    return f"{as_moment(name, _formats(column))} {outside} timestamp {moment}"


def _number_condition(number: str, option: str, limit: Any) -> str:
    if not is_number(limit) or (option == "multipleOf" and limit <= 0):
        raise RuleError("must be a number; a step must be above 0.")
    if option == "multipleOf":
        return f"abs({number} / {limit} - round({number} / {limit})) > 1e-9"
    return f"{number} {OUTSIDE[option]} {limit}"


def _formats(column: SchemaProperty) -> list[str]:
    given = [item.value for item in column.customProperties or () if item.property == "format"]
    return [pattern for value in given for pattern in ([value] if isinstance(value, str) else value or ())]
