"""JSON Lines: one object a line, its keys the contract's columns; a key that a line lacks is null there.

A column named by a path, such as address.street, is a key within an object.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from sources.contract import SourceContract
from sources.reading.header import check_columns
from sources.reading.text import damage_fault_sql, decode, stage_lines
from sources.unpacking import Part
from warehouse.errors import DeliveryError
from warehouse.session import identifier, literal, scan

NO_OBJECT = "the line is no JSON object; write one whole object a line"
KEY_TWICE = "the line gives a key twice; each key may stand once"
NESTED = "a column holds an object or a list; write one plain value a key"

Keys = tuple[str, ...]
"""The way to a column: its key, or those of the objects around it first."""


def read(connection: duckdb.DuckDBPyConnection, contract: SourceContract, part: Part, scratch: Path) -> str:
    """A query over the lines of `part`: `_line`, `_raw`, `_fault` and the contract's columns as text."""
    lines = stage_lines(decode(part, contract.reading.encoding, scratch / "text"), scratch / "lines.parquet")
    objects = _objects_sql(lines)
    ways = _ways(connection, contract, part, objects)
    _check_keys(connection, contract, part, _keys_sql(ways, objects))
    paths = ", ".join(_path(way) for way in ways)
    columns = [
        f"{_value_sql(f'_found[{place}]', contract.reading.decimal)} as {identifier(column.name)}"
        for place, column in enumerate(contract.columns, start=1)
    ]
    repeats = "len(json_keys(_object)) > len(list_distinct(json_keys(_object)))"
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
                case when {_nested_sql(contract, ways)} then {literal(NESTED)} end) as _fault,
            {", ".join(columns)}
        from found
    """


def _objects_sql(lines: Path) -> str:
    return f"""
        select _line, _text as _raw, {damage_fault_sql()} as _fault,
            case when json_valid(_text) then case when json_type(_text) = 'OBJECT' then _text end end as _object
        from {scan(lines)}
    """


def _ways(connection: duckdb.DuckDBPyConnection, contract: SourceContract, part: Part, objects: str) -> list[Keys]:
    """The way to each column: its name, if that is a key somewhere or holds no dot, else the keys between its dots."""
    first = connection.sql(f"select arg_min(_raw[1], _line) from ({objects})").fetchall()
    if first == [("[",)]:
        raise DeliveryError(f"{part.name}: line 1: the file is one JSON list. Deliver one object a line, without it.")
    found = connection.sql(f"select distinct unnest(json_keys(_object)) from ({objects}) where _fault is null")
    keys = {key for (key,) in found.fetchall()}
    if not keys:
        raise DeliveryError(f"{part.name}: line 1: no line holds a JSON object. Deliver one object a line.")
    names = [column.name for column in contract.columns]
    return [(name,) if name in keys else tuple(name.split(".")) for name in names]


def _check_keys(connection: duckdb.DuckDBPyConnection, contract: SourceContract, part: Part, keys: str) -> None:
    """Raise where a key of the contract is in no line, or a key of a line is not in the contract."""
    found = connection.sql(f"select key, min(_line) from ({keys}) group by key order by min(_line), key").fetchall()
    known = {column.name for column in contract.columns}
    line = next((line for key, line in found if key not in known), 1)
    check_columns(contract, [key for key, _ in found], f"{part.name}: line {line}")


def _keys_sql(ways: list[Keys], objects: str) -> str:
    """A query: each key of each line, those within an object by their path."""
    around = _around(ways)
    keys = [f"select _line, unnest(json_keys(_object)) as key from ({objects}) where _fault is null"]
    keys += [
        f"select _line, {literal('.'.join(way) + '.')} || unnest(json_keys(_object, {_path(way)})) as key "
        f"from ({objects}) where _fault is null and json_type(_object, {_path(way)}) = 'OBJECT'"
        for way in around
    ]
    passed = ", ".join(literal(".".join(way)) for way in around)
    every = " union all ".join(keys)
    return f"select * from ({every}) where key not in ({passed})" if around else every


def _nested_sql(contract: SourceContract, ways: list[Keys]) -> str:
    """An SQL expression: a mapped column holds an object or a list, or what should be an object is none."""
    mapped = [place for place, column in enumerate(contract.columns, start=1) if column.field != "ignore"]
    holds = [f"_found[{place}][1] in ('{{', '[')" for place in mapped]
    strange = [f"json_type(_object, {_path(way)}) not in ('OBJECT', 'NULL')" for way in _around(ways)]
    return " or ".join(f"coalesce({test}, false)" for test in (*holds, *strange))


def _around(ways: list[Keys]) -> list[Keys]:
    """The ways to the objects that columns lie in."""
    return sorted({way[:length] for way in ways for length in range(1, len(way))})


def _value_sql(found: str, decimal: str) -> str:
    """The JSON value as text: numbers without a needless fraction and with the declared decimal sign."""
    number = f"regexp_replace({found}, '\\.0$', '')"
    if decimal != ".":
        number = f"replace({number}, '.', {literal(decimal)})"
    return f"case when {found}[1] = '\"' then {found}::json ->> '$' when {found} <> 'null' then {number} end"


def _path(way: Keys) -> str:
    """The JSON path of `way` as an SQL string."""
    escaped = (key.replace("\\", "\\\\").replace('"', '\\"') for key in way)
    return literal("$" + "".join(f'."{key}"' for key in escaped))
