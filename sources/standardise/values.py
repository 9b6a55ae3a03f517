"""One delivered column as typed values: what its contract's formats, codes and signs can read, else null."""

from __future__ import annotations

from sources import fields
from sources.contract import ContractColumn
from sources.standardise.codes import coded_sql
from sources.standardise.dates import date_sql
from sources.standardise.numbers import number_sql, whole_number_sql, year_sql
from sources.terms import ServerTerms
from warehouse.session import identifier, literal

CONTROLS = r"^[\s\x00\x{feff}]+|[\s\x00\x{feff}]+$"  # trim() knows every Unicode space, but no tab or line end


def value_sql(column: ContractColumn, reading: ServerTerms) -> str:
    """An SQL expression over the delivered column: its typed value, or null when blank or unreadable.

    Dates come as `date`, numbers as `double`, whole numbers as `integer`, all else as trimmed text.
    Sex is male, female or other: a delivered `unknown` is read, and says nothing.
    """
    read = _read_sql(column, reading)
    silent = "unknown" if column.field == "sex" else ""
    return read if _typed(column) else f"nullif({read}, {literal(silent)})"


def is_readable_sql(column: ContractColumn, reading: ServerTerms) -> str:
    """An SQL expression over the delivered column: true when it is blank or `value_sql` can read it."""
    return f"({blank_sql(column.name)} or {_read_sql(column, reading)} is not null)"


def blank_sql(name: str) -> str:
    """An SQL expression: the delivered column `name` holds nothing."""
    return f"({text_sql(name)} is null)"


def text_sql(name: str) -> str:
    """An SQL expression: the delivered column `name` without the blanks around it, or null."""
    text = identifier(name)
    trimmed = f"nullif(trim(regexp_replace({text}, {literal(CONTROLS)}, '', 'g')), '')"
    is_trim = f"{text} between '!' and '~' and right({text}, 1) between '!' and '~'"
    return f"case when {is_trim} then {text} else {trimmed} end"


def _typed(column: ContractColumn) -> bool:
    return column.field in fields.DATES | fields.NUMBERS | fields.WHOLE_NUMBERS


def _read_sql(column: ContractColumn, reading: ServerTerms) -> str:
    text = text_sql(column.name)
    codes = column.terms.codes or ({sex: sex for sex in fields.SEXES} if column.field == "sex" else {})
    if codes:
        text = coded_sql(text, codes, others_stay=_typed(column))
    if column.field in fields.DATES:
        return date_sql(text, column.field, column.terms.format)
    if column.field == "birth_year":
        return year_sql(text, reading.decimal)
    if column.field in fields.WHOLE_NUMBERS:
        return whole_number_sql(text, reading.decimal)
    if column.field in fields.NUMBERS:
        return number_sql(text, reading.decimal)
    return text
