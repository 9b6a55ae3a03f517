"""Where a contract promises something of its rows, place by place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from open_data_contract_standard.model import OpenDataContractStandard, SchemaObject, SchemaProperty

from quality.expectation import Expectation, Severity, at_least_one_row, not_null, unique
from quality.options import READING, option_expectation
from quality.place import Place, RuleError
from quality.rules import is_prose, rule_expectation

Promise = tuple[str, Callable[[], Expectation]]
"""Where a contract promises something, and what makes the expectation of it, or raises `RuleError`."""


def promises(odcs: OpenDataContractStandard, empty: Severity) -> Iterator[Promise]:
    """Every promise of the contract: that there are rows (with the severity `empty`), keys, columns, rules."""
    for table in odcs.schema_ or ():
        yield "schema", partial(at_least_one_row, empty)
        yield from _key_promises(table)
        for column in table.properties or ():
            yield from _column_promises(column, _decimal(odcs))
        yield from _rule_promises(table)


def _key_promises(table: SchemaObject) -> Iterator[Promise]:
    columns = table.properties or []
    keyed = [column for column in columns if column.primaryKey]
    key = tuple(str(column.name) for column in sorted(keyed, key=lambda column: column.primaryKeyPosition or 0))
    if key:
        yield "primaryKey", partial(unique, key)
    for column in columns:
        name = str(column.name)
        if column.required or column.primaryKey:
            yield f"column {name}", partial(not_null, name)
        if column.unique and key != (name,):
            yield f"column {name}", partial(unique, (name,))


def _column_promises(column: SchemaProperty, decimal: str) -> Iterator[Promise]:
    for option in column.logicalTypeOptions or {}:
        if option not in READING:
            where = f"column {column.name}: logicalTypeOptions: {option}"
            yield where, partial(option_expectation, column, option, decimal)
    for nested in _nested(column):
        if any((nested.required, nested.unique, nested.primaryKey, nested.quality, nested.logicalTypeOptions)):
            yield f"column {column.name}: nested {nested.name or 'items'}", _refuse_nested


def _nested(column: SchemaProperty) -> Iterator[SchemaProperty]:
    for child in (*(column.properties or ()), *((column.items,) if column.items else ())):
        yield child
        yield from _nested(child)


def _refuse_nested() -> Expectation:
    raise RuleError("no promise can be checked inside a value; take it out, or deliver it as a column of its own.")


def _rule_promises(table: SchemaObject) -> Iterator[Promise]:
    columns = tuple(str(column.name) for column in table.properties or ())
    owners = [(None, table.quality), *((str(column.name), column.quality) for column in table.properties or ())]
    for column, rules in owners:
        for number, rule in enumerate(rules or (), start=1):
            what = rule.name or rule.metric or rule.rule or rule.type or "without a metric"
            where = f"{f'column {column}' if column else 'schema'}: quality rule {number} ({what})"
            if not is_prose(rule):
                yield where, partial(rule_expectation, rule, Place(str(table.name), columns, column))


def _decimal(odcs: OpenDataContractStandard) -> str:
    properties = [item for server in odcs.servers or () for item in server.customProperties or ()]
    return next((str(item.value) for item in properties if item.property == "decimal"), ".")
