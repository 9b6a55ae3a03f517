"""Which delivered rows can be accepted: required values there and readable, record keys not repeated."""

from __future__ import annotations

from collections.abc import Iterator

from sources import fields
from sources.contract import ContractColumn, SourceContract
from sources.operations import is_delete_sql, operation_fault_sql
from sources.standardise.values import is_readable_sql
from warehouse.session import identifier, literal


def row_fault_sql(contract: SourceContract) -> str:
    """An SQL expression over rows whose blanks are null: why the row's required values do not serve, or null.

    A row that deletes its record need say no more than its key.
    """
    faults = ", ".join((*_column_faults(contract), operation_fault_sql(contract)))
    return f"nullif(concat_ws('; ', {faults}), '')"


def repeated_keys_sql(contract: SourceContract, delivered: str, last_holds: bool) -> str:
    """A query over the relation `delivered`: `_file`, `_line` and `_fault` of rows whose key another row has.

    The first row of a key is kept, or the last where `last_holds`, as in a delta that changes a record twice.
    """
    kept, fault = (
        ("max", "a later line of the delta changes the same record, line ")
        if last_holds
        else ("min", "the record key already stands on line ")
    )
    remedy = "; that one holds" if last_holds else "; give each record a key of its own"
    key = identifier(next(column.name for column in contract.columns if column.field == "record_key"))
    return f"""
        with keys as (select _file, _line, {key} as record_key from {delivered} where _fault is null),
        repeated as (
            select record_key, {kept}({{'file': _file, 'line': _line}}) as first
            from keys group by record_key having count(*) > 1
        )
        select keys._file, keys._line,
            {literal(fault)} || first.line || ' of ' || first.file || {literal(remedy)} as _fault
        from keys join repeated using (record_key)
        where (keys._file, keys._line) <> (first.file, first.line)
    """


def _column_faults(contract: SourceContract) -> Iterator[str]:
    exempt = f" and not {is_delete_sql(contract)}" if contract.reading.operation else ""
    for column in contract.columns:
        if column.required or column.field == "record_key":
            stays = "" if column.field == "record_key" else exempt
            blank = literal(f"the required column {column.name} is blank; fill it")
            yield f"case when {identifier(column.name)} is null{stays} then {blank} end"
            how = _how_it_is_read(column)
            if how:
                unread = literal(f"the required column {column.name} cannot be read {how}")
                yield f"case when not {is_readable_sql(column, contract.reading)}{stays} then {unread} end"


def _how_it_is_read(column: ContractColumn) -> str:
    """What the column's text must be and how to mend it; nothing where any text will do."""
    if column.field in fields.DATES:
        formats = ", ".join(column.terms.format) or "YYYY-MM-DD"
        return f"as a date written {formats}; mend the value, or the format in the contract"
    if column.field in fields.NUMBERS | fields.WHOLE_NUMBERS:
        return "as a number; mend the value, or the decimal sign in the contract"
    if column.terms.codes or column.field == "sex":
        return "by its code list; mend the value, or add the code to the contract"
    return ""
