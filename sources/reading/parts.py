"""The parts of a delivery, each read by the module of its format and checked row by row."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from sources.contract import SourceContract
from sources.delivery import Delivery
from sources.reading import columnar, delimited, fixed_width, json_lines, workbook
from sources.reading.row_checks import row_fault_sql
from sources.standardise.values import text_sql
from sources.unpacking import Part, unpack
from warehouse.errors import DeliveryError
from warehouse.session import identifier, literal
from warehouse.storage import row_count, write_parquet

Reader = Callable[[duckdb.DuckDBPyConnection, SourceContract, Part, Path], str]
"""Gives a query over one part: `_line`, `_raw`, `_fault` and the contract's columns as text."""

READERS: dict[str, Reader] = {
    "csv": delimited.read,
    "fixed_width": fixed_width.read,
    "xlsx": workbook.read,
    "parquet": columnar.read,
    "jsonl": json_lines.read,
    "postgresql": columnar.read,
}


def read_parts(
    connection: duckdb.DuckDBPyConnection, contract: SourceContract, delivery: Delivery, scratch: Path
) -> list[Path]:
    """Write every row of every part to Parquet files in `scratch`, and return these.

    Their columns are `_file`, `_line`, `_raw`, `_fault` (null where the row by itself can be accepted), `_fields` (the
    contract's columns as one JSON object, null where the row could not be parted into them) and these columns, trimmed.
    Raises `DeliveryError` where a part is not what the contract says, or all are empty.
    """
    read = READERS[contract.format]
    staged: list[Path] = []
    for name, path in zip(delivery.file_names, delivery.files, strict=True):
        with _folder(scratch / "unpacked") as unpacked:
            for part in unpack(Part(name, path), unpacked):
                with _folder(scratch / "reading") as reading:
                    query = _checked_sql(contract, part, read(connection, contract, part, reading))
                    staged.append(scratch / f"{len(staged)}.parquet")
                    write_parquet(connection, query, staged[-1])
    if not sum(map(row_count, staged)) and not delivery.is_delta:  # nothing may have changed
        raise DeliveryError(f"{', '.join(delivery.file_names)}: holds no rows. Deliver it again, with its rows.")
    return staged


@contextmanager
def _folder(path: Path) -> Iterator[Path]:
    path.mkdir()
    try:
        yield path
    finally:
        shutil.rmtree(path)


def _checked_sql(contract: SourceContract, part: Part, rows: str) -> str:
    names = [column.name for column in contract.columns]
    trimmed = ", ".join(f"{text_sql(name)} as {identifier(name)}" for name in names)
    return f"""
        with rows as ({rows}),
        texts as (select _line, _raw, _fault, {trimmed} from rows)
        select {literal(part.name)} as _file, _line, _raw, coalesce(_fault, {row_fault_sql(contract)}) as _fault,
            case when _fault is null then {fields_sql(contract)} end as _fields, {listed_columns(contract)}
        from texts
    """


def listed_columns(contract: SourceContract) -> str:
    """The contract's columns as an SQL list."""
    return ", ".join(identifier(column.name) for column in contract.columns)


def fields_sql(contract: SourceContract) -> str:
    """The contract's columns as the text of one JSON object."""
    named = ", ".join(f"{literal(column.name)}: {identifier(column.name)}" for column in contract.columns)
    return f"cast(to_json({{{named}}}) as varchar)"
