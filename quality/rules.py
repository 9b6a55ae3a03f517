"""The quality rules of a contract as expectations: library metrics, SQL, and rules of Great Expectations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from open_data_contract_standard.model import DataQuality

from quality.bound import read_bound
from quality.conditions import TABLE
from quality.custom import custom_expectation
from quality.expectation import Expectation, Severity, slug
from quality.metrics import metric_expectation
from quality.place import Place, RuleError
from quality.probe import check_query
from warehouse.session import identifier

CRITICAL = frozenset({"critical", "error", "fatal", "blocker"})


def rule_expectation(rule: DataQuality, place: Place) -> Expectation:
    """The expectation of one `rule`; raise `RuleError` where there is none.

    A rule is a warning unless its severity says otherwise.
    """
    made = _MAKERS.get(rule.type or "library", _unknown)(rule, place)
    severity: Severity = "critical" if (rule.severity or "").lower() in CRITICAL else "warning"
    name = slug(rule.name) if rule.name else made.name
    return replace(made, name=name, severity=severity, description=rule.description or made.description)


def is_prose(rule: DataQuality) -> bool:
    """The rule is words for people, with nothing to evaluate."""
    return rule.type == "text"


def _unknown(rule: DataQuality, place: Place) -> Expectation:
    raise RuleError(f"unknown type {rule.type}; known are {', '.join(_MAKERS)} and text.")


def _library(rule: DataQuality, place: Place) -> Expectation:
    return metric_expectation(rule.metric or rule.rule or "(none)", rule.arguments or {}, place, read_bound(rule))


PLACEHOLDERS = {"table": "table", "object": "table", "column": "column", "property": "column"}
"""What a query may write as `${word}`; the standard has used both pairs of words."""


def _sql(rule: DataQuality, place: Place) -> Expectation:
    query = (rule.query or "").strip().rstrip(";")
    for word, meant in PLACEHOLDERS.items():
        query = query.replace(f"${{{word}}}", identifier(getattr(place, meant) or word))
    check_query(query, place.table, place.columns)
    about = place.column or place.table
    bound = read_bound(rule.model_copy(update={"unit": None}))  # the value is the query's own, in whatever unit
    whole = f"with {identifier(place.table)} as (select * from {TABLE}) select (\n{query}\n) as measured"
    return Expectation(
        name=slug(about, "query"),
        kind="UnexpectedRowsExpectation",
        arguments={"query": whole},
        severity="warning",
        description=f"The value of the contract's query on {about}: {bound}.",
        bound=bound,
    )


_MAKERS: Mapping[str, Callable[[DataQuality, Place], Expectation]] = {
    "library": _library,
    "sql": _sql,
    "custom": custom_expectation,
}
