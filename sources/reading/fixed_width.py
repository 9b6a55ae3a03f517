"""Fixed-width text: columns cut by their start and width, counted in characters. There is no header."""

from __future__ import annotations

from pathlib import Path

import duckdb

from sources.contract import ContractColumn, SourceContract
from sources.reading.text import damage_fault_sql, decode, stage_lines
from sources.unpacking import Part
from warehouse.session import identifier, literal, scan


def read(connection: duckdb.DuckDBPyConnection, contract: SourceContract, part: Part, scratch: Path) -> str:
    """A query over the lines of `part`: `_line`, `_raw`, `_fault` and the contract's columns as text."""
    lines = stage_lines(decode(part, contract.reading.encoding, scratch / "text"), scratch / "lines.parquet")
    columns = [
        f"substr(_text, {start}, {width}) as {identifier(column.name)}" for column, start, width in _cuts(contract)
    ]
    length = max(start + width - 1 for _, start, width in _cuts(contract))
    return f"""
        select _line, _text as _raw, coalesce({damage_fault_sql()}, {_length_fault_sql(length)}) as _fault,
            {", ".join(columns)}
        from {scan(lines)}
    """


def _cuts(contract: SourceContract) -> list[tuple[ContractColumn, int, int]]:
    """Each column with its first character, from 1, and its width."""
    return [(column, column.terms.start or 1, column.terms.width or 0) for column in contract.columns]


def _length_fault_sql(length: int) -> str:
    remedy = literal(f" characters instead of {length}; fill every line with blanks to its full length")
    return f"case when length(_text) <> {length} then length(_text) || {remedy} end"
