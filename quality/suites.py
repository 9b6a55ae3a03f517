"""Suites of expectations: what a contract promises of its extract, and what a declared table must be."""

from __future__ import annotations

from open_data_contract_standard.model import OpenDataContractStandard

from quality.conditions import orphan
from quality.expectation import Expectation, Severity, at_least_one_row, not_null, slug, unique, uniquely_named
from quality.place import RuleError
from quality.promises import promises
from warehouse.errors import ContractError
from warehouse.table import Table


def contract_suite(odcs: OpenDataContractStandard, empty: Severity = "critical") -> tuple[Expectation, ...]:
    """What the contract promises of its accepted rows as delivered, all columns text.

    Required columns, keys and unique columns are critical; quality rules and options of logical types are warnings
    unless they say otherwise; an empty table has the severity `empty`. Rules of type text are prose and left out.
    Raises `ContractError` with every rule that cannot be made.
    """
    made, faults = [], []
    for where, promise in promises(odcs, empty):
        try:
            made.append(promise())
        except RuleError as fault:
            faults.append(f"{where}: {fault}")
    if faults:
        raise ContractError(str(odcs.id), faults)
    return tuple(uniquely_named(made))


def table_suite(table: Table, empty: Severity = "critical") -> tuple[Expectation, ...]:
    """What `table` is declared to be: keyed, filled, its references whole, and not empty unless it may be.

    An empty table has the severity `empty`.
    """
    return tuple(
        uniquely_named(
            (
                *(() if table.may_be_empty else (at_least_one_row(empty),)),
                *((unique(table.key),) if table.key else ()),
                *(not_null(column.name) for column in table.columns if not column.nullable),
                *(_whole(*reference) for reference in table.references),
            )
        )
    )


def _whole(column: str, table: str, referred: str) -> Expectation:
    return Expectation(
        name=slug(column, "in", table),
        kind="UnexpectedRowsExpectation",
        arguments={"condition": orphan(column, table, referred)},
        severity="critical",
        description=f"Every {column} is a {referred} of {table}.",
    )
