"""JSON Lines: one object a line, its keys the contract's columns; a key that a line lacks is null there."""

from __future__ import annotations

from pathlib import Path

import duckdb

from sources.contract import SourceContract
from sources.reading.header import check_columns
from sources.reading.text import damage_fault_sql, decode, raw_sql, stage_lines
from sources.unpacking import Part
from warehouse.errors import DeliveryError
from warehouse.session import identifier, literal, scan

NO_OBJECT = "the line is no JSON object; write one whole object a line"
KEY_TWICE = "the line gives a key twice; each key may stand once"
NESTED = "a column holds an object or a list; write one plain value a key"


def read(connection: duckdb.DuckDBPyConnection, contract: SourceContract, part: Part, scratch: Path) -> str:
    """A query over the lines of `part`: `_line`, `_raw`, `_fault` and the contract's columns as text."""
    lines = stage_lines(decode(part, contract.reading.encoding, scratch / "text"), scratch / "lines.parquet")
    objects = _objects_sql(lines)
    _check_keys(connection, contract, part, objects)
    paths = ", ".join(literal(f'$."{_escaped(column.name)}"') for column in contract.columns)
    columns = [
        f"{_value_sql(f'_found[{place}]', contract.reading.decimal)} as {identifier(column.name)}"
        for place, column in enumerate(contract.columns, start=1)
    ]
    repeats = "len(json_keys(_object)) > len(list_distinct(json_keys(_object)))"
    nested = "len(list_filter(_found, lambda value: value[1] in ('{', '['))) > 0"
    return f"""
        with objects as ({objects}),
        found as (
            select _line, _raw, _fault, _object,
                cast(json_extract(_object, [{paths}]) as varchar[]) as _found
            from objects
        )
        select _line, _raw,
            coalesce(_fault,
                case when _object is null then {literal(NO_OBJECT)} end,
                case when {repeats} then {literal(KEY_TWICE)} end,
                case when {nested} then {literal(NESTED)} end) as _fault,
            {", ".join(columns)}
        from found
    """


def _objects_sql(lines: Path) -> str:
    return f"""
        select _line, {raw_sql()} as _raw, {damage_fault_sql()} as _fault,
            case when json_valid(_text) then case when json_type(_text) = 'OBJECT' then _text end end as _object
        from {scan(lines)}
    """


def _check_keys(connection: duckdb.DuckDBPyConnection, contract: SourceContract, part: Part, objects: str) -> None:
    """Raise where a key of the contract is in no line, or a key of a line is not in the contract."""
    keys = f"select _line, unnest(json_keys(_object)) as key from ({objects}) where _fault is null"
    first = connection.sql(f"select arg_min(_raw[1], _line) from ({objects})").fetchall()
    if first == [("[",)]:
        raise DeliveryError(f"{part.name}: line 1: the file is one JSON list. Deliver one object a line, without it.")
    found = connection.sql(f"select key, min(_line) from ({keys}) group by key order by min(_line), key").fetchall()
    if not found:
        raise DeliveryError(f"{part.name}: line 1: no line holds a JSON object. Deliver one object a line.")
    known = {column.name for column in contract.columns}
    line = next((line for key, line in found if key not in known), 1)
    check_columns(contract, [key for key, _ in found], f"{part.name}: line {line}")


def _value_sql(found: str, decimal: str) -> str:
    """The JSON value as text: numbers without a needless fraction and with the declared decimal sign."""
    number = f"regexp_replace({found}, '\\.0$', '')"
    if decimal != ".":
        number = f"replace({number}, '.', {literal(decimal)})"
    return f"case when {found}[1] = '\"' then {found}::json ->> '$' when {found} <> 'null' then {number} end"


def _escaped(name: str) -> str:
    return name.replace("\\", "\\\\").replace('"', '\\"')
