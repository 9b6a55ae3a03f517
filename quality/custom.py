"""A contract's own expectations of Great Expectations: those that were tried on text in DuckDB."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml
from open_data_contract_standard.model import DataQuality

from quality.delivered import is_number, texts
from quality.expectation import Expectation, camel_words, slug
from quality.place import Place, RuleError
from quality.probe import check_pattern

_EACH = ("column", "mostly")
_RANGE = ("min_value", "max_value", "strict_min", "strict_max")

KINDS: Mapping[str, tuple[str, ...]] = {
    "ExpectColumnDistinctValuesToBeInSet": ("column", "value_set"),
    "ExpectColumnDistinctValuesToContainSet": ("column", "value_set"),
    "ExpectColumnDistinctValuesToEqualSet": ("column", "value_set"),
    "ExpectColumnMostCommonValueToBeInSet": ("column", "value_set", "ties_okay"),
    "ExpectColumnPairValuesToBeEqual": ("column_A", "column_B", "mostly", "ignore_row_if"),
    "ExpectColumnProportionOfNonNullValuesToBeBetween": ("column", *_RANGE),
    "ExpectColumnProportionOfUniqueValuesToBeBetween": ("column", *_RANGE),
    "ExpectColumnToExist": ("column",),
    "ExpectColumnUniqueValueCountToBeBetween": ("column", *_RANGE),
    "ExpectColumnValueLengthsToBeBetween": (*_EACH, *_RANGE),
    "ExpectColumnValueLengthsToEqual": (*_EACH, "value"),
    "ExpectColumnValuesToBeInSet": (*_EACH, "value_set"),
    "ExpectColumnValuesToBeNull": _EACH,
    "ExpectColumnValuesToBeUnique": _EACH,
    "ExpectColumnValuesToMatchRegex": (*_EACH, "regex"),
    "ExpectColumnValuesToNotBeInSet": (*_EACH, "value_set"),
    "ExpectColumnValuesToNotBeNull": _EACH,
    "ExpectColumnValuesToNotMatchRegex": (*_EACH, "regex"),
    "ExpectCompoundColumnsToBeUnique": ("column_list", "mostly", "ignore_row_if"),
    "ExpectSelectColumnValuesToBeUniqueWithinRecord": ("column_list", "mostly", "ignore_row_if"),
    "ExpectTableRowCountToBeBetween": _RANGE,
    "ExpectTableRowCountToEqual": ("value",),
}
"""Each class with the arguments it takes. Limits of values are not among them: text has no order worth a limit."""
NEEDED = frozenset({"column", "column_A", "column_B", "column_list", "value_set", "regex", "value"})

_NAMES = ("type", "expectation_type", "expectation")
_BESIDE = frozenset({*_NAMES, "kwargs", "meta", "notes", "id"})


def custom_expectation(rule: DataQuality, place: Place) -> Expectation:
    """The expectation that `rule` gives as its implementation: `type`, by class or snake name, and `kwargs`.

    Great Expectations itself judges it, by its own `mostly` and limits.
    """
    if _plain(rule.engine or "") != "greatexpectations":
        raise RuleError(f"unknown engine {rule.engine}; known is greatExpectations.")
    implementation = _implementation(rule)
    wanted = str(next((implementation[name] for name in _NAMES if name in implementation), None))
    kind = {_plain(kind): kind for kind in KINDS}.get(_plain(wanted))
    if kind is None:
        raise RuleError(f"unknown expectation {wanted}; known are {', '.join(KINDS)}.")
    arguments = _arguments(kind, implementation.get("kwargs") or {}, place)
    words = camel_words(kind.removeprefix("Expect"))
    about = _columns(arguments)
    return Expectation(
        name=slug(*about, words),
        kind=kind,
        arguments=arguments,
        severity="warning",
        description=f"{' and '.join(about) or 'The table'}: {words}.",
        bound=None,
    )


def _implementation(rule: DataQuality) -> dict[str, Any]:
    given = rule.implementation
    if isinstance(given, str):
        try:
            given = yaml.safe_load(given)
        except yaml.YAMLError:
            raise RuleError("the implementation is neither YAML nor JSON.") from None
    if not isinstance(given, dict) or not isinstance(given.get("kwargs") or {}, dict):
        raise RuleError("the implementation must be a mapping with type and kwargs.")
    unknown = sorted(set(given) - _BESIDE)
    if unknown:
        raise RuleError(f"the implementation holds the unknown {', '.join(unknown)}; known are type and kwargs.")
    return given


def _arguments(kind: str, given: Mapping[str, Any], place: Place) -> dict[str, Any]:
    known = {_plain(name): name for name in KINDS[kind]}
    unknown = sorted(name for name in given if _plain(name) not in known)
    if unknown:
        raise RuleError(f"{kind} has no argument {', '.join(unknown)}; known are {', '.join(KINDS[kind])}.")
    own = {"column": place.column} if place.column is not None and "column" in known else {}
    arguments = {**own, **{known[_plain(name)]: _checked(known[_plain(name)], value) for name, value in given.items()}}
    lacking = sorted(NEEDED.intersection(KINDS[kind]) - set(arguments))
    if lacking:
        raise RuleError(f"{kind} needs the argument {', '.join(lacking)}.")
    place.check_columns(_columns(arguments))
    return arguments


def _checked(name: str, value: Any) -> Any:
    """The argument as delivered text needs it."""
    if name in ("value_set", "column_list"):
        return texts(value, name)
    if name in ("min_value", "max_value", "value", "mostly") and not is_number(value):
        raise RuleError(f"the argument {name} must be a number.")
    if name == "mostly" and not 0 <= value <= 1:
        raise RuleError("the argument mostly is a share, from 0 to 1.")
    if name == "regex":
        check_pattern(value)
    return value


def _columns(arguments: Mapping[str, Any]) -> list[str]:
    single = [str(arguments[name]) for name in ("column", "column_A", "column_B") if name in arguments]
    return [*single, *arguments.get("column_list", ())]


def _plain(name: str) -> str:
    """`name` without regard to how its words are joined: column_A, columnA and COLUMN_A are one."""
    return "".join(letter for letter in name.lower() if letter.isalnum())
