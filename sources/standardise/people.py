"""The persons' own fields of a contract's raw rows, typed, with what could not be read."""

from __future__ import annotations

from collections.abc import Sequence

from sources import fields
from sources.contract import ContractColumn, SourceContract
from sources.standardise.identifiers import scheme_name
from sources.standardise.stored import hash_sql
from sources.standardise.values import is_readable_sql, text_sql, value_sql
from warehouse.session import literal


def person_fields(contract: SourceContract) -> frozenset[str]:
    """The fields of the contract's columns that describe the person, not the event."""
    events_own = fields.EVENT if contract.terms.role == "events" else frozenset()
    return fields.PERSON - events_own


def faults_sql(contract: SourceContract, names: frozenset[str], further: Sequence[str] = ()) -> str:
    """An SQL expression: the list of fields in `names` whose delivered value could not be read.

    Each of `further` is an expression that gives the name of one more such field, or null.
    """
    checks = [
        f"case when not {is_readable_sql(column, contract.reading)} then {literal(column.field)} end"
        for column in contract.columns_for(names)
        if column.field in fields.DATES | fields.NUMBERS | fields.WHOLE_NUMBERS | {"sex"} or column.terms.codes
    ]
    listed = ", ".join([*checks, *further])
    return f"list_filter(cast([{listed}] as varchar[]), lambda field: field is not null)"


def people_query(contract: SourceContract, delivered: str) -> str:
    """The persons' own fields of `delivered`, typed, each null where no column maps to it."""
    names = person_fields(contract)
    typed = {column.field: value_sql(column, contract.reading) for column in contract.columns_for(names)}
    columns = [
        f"{typed.get(name, f'cast(null as {_type(name)})')} as {name}"
        for name in sorted(fields.PERSON - {"identifier"})
    ]
    born_later = "birth_date > _as_of_date"
    year_later = "birth_year > year(_as_of_date)"
    return f"""
        with typed as (
            select _delivery_id, _as_of_date, _record_key, {", ".join(columns)},
                {_identifiers_sql(contract)} as identifiers, {faults_sql(contract, names)} as unread
            from {delivered}
        )
        select {hash_sql(contract.source, "_record_key")} as record_id,
            * replace (
                case when {born_later} then null else birth_date end as birth_date,
                case when {year_later} then null else birth_year end as birth_year
            ),
            unread || list_filter(
                [case when {born_later} then 'birth_date' end, case when {year_later} then 'birth_year' end],
                lambda field: field is not null
            ) as faults
        from typed
    """


def _type(field: str) -> str:
    if field in fields.DATES:
        return "date"
    if field in fields.WHOLE_NUMBERS:
        return "integer"
    return "double" if field in fields.NUMBERS else "varchar"


def _identifiers_sql(contract: SourceContract) -> str:
    """The row's identifiers as a list of (scheme, text)."""
    columns = [column for column in contract.columns if column.field == "identifier"]
    numbers = ", ".join(_identifier_sql(contract, column) for column in columns)
    return f"cast([{numbers}] as struct(scheme varchar, text varchar)[])"


def _identifier_sql(contract: SourceContract, column: ContractColumn) -> str:
    scheme = scheme_name(column.terms.scheme or "local", contract.source)
    return f"{{'scheme': {literal(scheme)}, 'text': {text_sql(column.name)}}}"
