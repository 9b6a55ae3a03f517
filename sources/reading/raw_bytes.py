"""The very bytes of rows that could not be accepted, made again of their text and its marked damage."""

from __future__ import annotations

import codecs
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from sources.contract import SourceContract
from sources.reading.text import DAMAGE, as_delivered
from warehouse.session import scan

TEXT_FORMATS = frozenset({"csv", "fixed_width", "jsonl"})
WITHOUT_MARK = {"utf-16": "utf-16-le", "utf-32": "utf-32-le", "utf-8-sig": "utf-8"}
BATCH_ROWS = 20_000


def with_bytes(connection: duckdb.DuckDBPyConnection, query: str, contract: SourceContract, target: Path) -> str:
    r"""A query: the rows of `query` with `raw` as people read it, and `raw_bytes` as they were delivered.

    Damaged bytes stand as `\x81` in `raw`. Line ends within a row are line feeds in both.
    """
    encoding = contract.reading.encoding if contract.format in TEXT_FORMATS else "utf-8"
    reader = connection.sql(query).to_arrow_reader(BATCH_ROWS)
    schema = reader.schema.append(pa.field("raw_bytes", pa.binary()))
    with pq.ParquetWriter(target, schema, compression="lz4") as writer:
        for batch in reader:
            writer.write_batch(_batch(batch, schema, encoding))
    return f"select * from {scan(target)}"


def _batch(batch: pa.RecordBatch, schema: pa.Schema, encoding: str) -> pa.RecordBatch:
    raws = batch.column("raw").to_pylist()
    columns = {name: batch.column(name) for name in batch.schema.names}
    columns["raw"] = pa.array([as_delivered(raw) for raw in raws], pa.string())
    columns["raw_bytes"] = pa.array([delivered_bytes(raw, encoding) for raw in raws], pa.binary())
    return pa.record_batch([columns[name] for name in schema.names], schema=schema)


def delivered_bytes(raw: str, encoding: str) -> bytes:
    """The bytes that were decoded to `raw`, in which `DAMAGE` stands before what could not be decoded."""
    name = codecs.lookup(encoding).name
    name = WITHOUT_MARK.get(name, name)
    sound, *damaged = raw.split(DAMAGE)
    pieces = (bytes.fromhex(piece[:2]) + piece[2:].encode(name) for piece in damaged)
    return sound.encode(name) + b"".join(pieces)
