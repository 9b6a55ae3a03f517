"""Parquet files: typed columns as text. The row's number counts from 1 through the file."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pyarrow.types as types

from sources.contract import SourceContract
from sources.reading.header import check_columns
from sources.unpacking import Part
from warehouse.errors import DeliveryError
from warehouse.session import identifier, literal

LARGEST_WHOLE = 1e15
"""Beyond it a floating-point number no longer tells every whole number apart."""


def read(connection: duckdb.DuckDBPyConnection, contract: SourceContract, part: Part, scratch: Path) -> str:
    """A query over the rows of `part`: `_line`, `_raw`, `_fault` and the contract's columns as text."""
    schema = _schema(part)
    check_columns(contract, schema.names, f"{part.name}: schema")
    columns = [
        f"{_text_sql(part, schema.field(column.name), contract.reading.decimal)} as {identifier(column.name)}"
        for column in contract.columns
    ]
    names = ", ".join(identifier(column.name) for column in contract.columns)
    raw = ", ".join(f"{literal(column.name)}: {identifier(column.name)}" for column in contract.columns)
    linked = scratch / "data.parquet"  # a name that is no pattern, in a folder that is no partition
    linked.symlink_to(part.path.absolute())
    source = f"read_parquet({literal(linked)}, file_row_number = true)"
    return f"""
        with texts as (select file_row_number + 1 as _line, {", ".join(columns)} from {source})
        select _line, cast(to_json({{{raw}}}) as varchar) as _raw, cast(null as varchar) as _fault, {names}
        from texts
    """


def _schema(part: Part) -> pa.Schema:
    try:
        with pq.ParquetFile(part.path) as file:
            for _ in file.iter_batches():  # a damaged page is met here, not halfway through a query
                pass
            return file.schema_arrow
    except (pa.ArrowException, OSError):
        raise DeliveryError(f"{part.name}: is damaged, cut short or no Parquet file. Deliver it again.") from None


def _text_sql(part: Part, field: pa.Field, decimal: str) -> str:
    """An SQL expression: the typed column as the text that other formats would hold."""
    column, kind = identifier(field.name), field.type
    if types.is_nested(kind) or types.is_binary(kind) or types.is_large_binary(kind):
        raise DeliveryError(
            f"{part.name}: column {field.name} holds {kind}, which is no plain value. Deliver it as text."
        )
    text = f"cast({column} as varchar)"
    if types.is_floating(kind):
        whole = f"{column} = trunc({column}) and abs({column}) < {LARGEST_WHOLE}"
        fraction = f"replace({text}, '.', {literal(decimal)})"
        return f"case when {whole} then cast(cast({column} as bigint) as varchar) else {fraction} end"
    if types.is_decimal(kind):
        return f"replace(regexp_replace({text}, '\\.0+$', ''), '.', {literal(decimal)})"
    if types.is_timestamp(kind):
        return f"regexp_replace({text}, ' 00:00:00(\\+00)?$', '')"
    return text
