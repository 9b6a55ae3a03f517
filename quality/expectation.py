"""What data is expected to be: plain data, so that definitions load without Great Expectations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from unidecode import unidecode

from quality.bound import NONE, Bound
from quality.conditions import repeats

Severity = Literal["critical", "warning"]


@dataclass(frozen=True)
class Expectation:
    """One expectation of a suite; `name` is unique in it and holds lower-case letters, digits and underscores.

    `kind` is a class of Great Expectations and `arguments` its own, save for `UnexpectedRowsExpectation`:
    it takes a `condition` that unexpected rows meet (`quality.conditions`), or a `query` for one number, `measured`.
    `bound` says what the number of unexpected rows, the row count or the value must be;
    without one the verdict of Great Expectations stands.
    """

    name: str
    kind: str
    arguments: Mapping[str, Any]
    severity: Severity
    description: str
    bound: Bound | None = NONE


def not_null(column: str, severity: Severity = "critical") -> Expectation:
    """No row is without a value in `column`."""
    return Expectation(
        name=slug(column, "not_null"),
        kind="ExpectColumnValuesToNotBeNull",
        arguments={"column": column},
        severity=severity,
        description=f"Every row has a value in {column}.",
    )


def unique(columns: tuple[str, ...], severity: Severity = "critical") -> Expectation:
    """No two rows have the same values in `columns`; a row with a null among them is not judged."""
    kind, arguments = "ExpectColumnValuesToBeUnique", {"column": columns[0]}
    if len(columns) > 1:
        kind, arguments = "UnexpectedRowsExpectation", {"condition": repeats(columns)}
    return Expectation(
        name=slug(*columns, "unique"),
        kind=kind,
        arguments=arguments,
        severity=severity,
        description=f"No two rows share {', '.join(columns)}.",
    )


def at_least_one_row(severity: Severity) -> Expectation:
    """The table is not empty; this is what keeps all else from passing on nothing."""
    return Expectation(
        name="at_least_one_row",
        kind="ExpectTableRowCountToBeBetween",
        arguments={"min_value": 0},
        severity=severity,
        description="There is at least one row.",
        bound=Bound("mustBeGreaterOrEqualTo", (1,)),
    )


def slug(*words: str) -> str:
    """A name made of `words` for people and Dagster alike: lower-case letters, digits and underscores."""
    plain = re.sub("[^a-z0-9]+", "_", unidecode(" ".join(words)).lower())
    return plain.strip("_") or "unnamed"


def camel_words(name: str) -> str:
    """The words of a name in camel case: `rowCount` becomes row count."""
    return re.sub("[A-Z]", lambda capital: " " + capital[0].lower(), name).strip()


def uniquely_named(expectations: Iterable[Expectation]) -> Iterator[Expectation]:
    """The expectations in order, with a number after a name that was there before."""
    names: set[str] = set()
    for expectation in expectations:
        name, number = expectation.name, 1
        while name in names:
            number += 1
            name = f"{expectation.name}_{number}"
        names.add(name)
        yield replace(expectation, name=name)
