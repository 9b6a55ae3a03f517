"""The library metrics of the Open Data Contract Standard as expectations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from quality.bound import Bound
from quality.conditions import missing
from quality.delivered import texts
from quality.expectation import Expectation, at_least_one_row, camel_words, not_null, slug, unique
from quality.place import Place, RuleError
from quality.probe import check_pattern


def metric_expectation(metric: str, arguments: Mapping[str, Any], place: Place, bound: Bound) -> Expectation:
    """The warning for a `metric` of `column` outside `bound`; raise `RuleError` where it cannot be made.

    On delivered text an empty cell is a null, so missing values are nulls unless `missingValues` lists other words.
    """
    if metric not in _METRICS:
        raise RuleError(f"unknown metric {metric}; known are {', '.join(_METRICS)}.")
    made = _METRICS[metric](dict(arguments), place, bound)
    what = f"{'' if metric == 'rowCount' else place.column or ''} {camel_words(metric)}".strip()
    return replace(made, name=slug(what), severity="warning", description=f"{what}: {bound}.")


def _row_count(arguments: dict[str, Any], place: Place, bound: Bound) -> Expectation:
    _no_more(arguments)
    if bound.unit == "percent":
        raise RuleError("a row count has no percentage; take the unit out.")
    return replace(at_least_one_row("warning"), bound=bound)


def _null_values(arguments: dict[str, Any], place: Place, bound: Bound) -> Expectation:
    _no_more(arguments)
    return replace(not_null(place.own_column()), bound=bound)


def _missing_values(arguments: dict[str, Any], place: Place, bound: Bound) -> Expectation:
    given = texts(arguments.pop("missingValues", [None]), "missingValues")
    _no_more(arguments)
    words = [word for word in given if word]
    made = replace(not_null(place.own_column()), bound=bound)
    if not words:
        return made
    condition = missing(place.own_column(), words, blank=len(words) < len(given))
    return replace(made, kind="UnexpectedRowsExpectation", arguments={"condition": condition})


def _invalid_values(arguments: dict[str, Any], place: Place, bound: Bound) -> Expectation:
    valid, pattern = arguments.pop("validValues", None), arguments.pop("pattern", None)
    _no_more(arguments)
    if (valid is None) == (pattern is None):
        raise RuleError("needs the argument validValues or pattern, one of them; write two rules for both.")
    made = replace(not_null(place.own_column()), bound=bound)
    if pattern is None:
        given = {"column": place.column, "value_set": texts(valid, "validValues")}
        return replace(made, kind="ExpectColumnValuesToBeInSet", arguments=given)
    check_pattern(pattern)
    return replace(made, kind="ExpectColumnValuesToMatchRegex", arguments={"column": place.column, "regex": pattern})


def _duplicate_values(arguments: dict[str, Any], place: Place, bound: Bound) -> Expectation:
    columns = tuple(texts(arguments.pop("properties", None) or [place.own_column()], "properties"))
    _no_more(arguments)
    place.check_columns(columns)
    return replace(unique(columns), bound=bound)


_METRICS: Mapping[str, Callable[[dict[str, Any], Place, Bound], Expectation]] = {
    "nullValues": _null_values,
    "missingValues": _missing_values,
    "invalidValues": _invalid_values,
    "duplicateValues": _duplicate_values,
    "rowCount": _row_count,
}


def _no_more(arguments: dict[str, Any]) -> None:
    if arguments:
        raise RuleError(f"unknown arguments {', '.join(sorted(arguments))}.")
