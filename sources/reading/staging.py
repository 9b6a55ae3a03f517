"""Rows read in Python, staged as Parquet in bounded memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

BATCH_ROWS = 20_000
BATCH_CHARACTERS = 8 << 20
BETWEEN = "\0"
"""Parts values while they travel to Arrow as one string; text is decoded without it."""


class Row(NamedTuple):
    """One delivered row: where it stood, its text, why it cannot be read ("" where it can), its values."""

    line: int
    raw: str
    fault: str
    values: Sequence[str]


class Rows(NamedTuple):
    """Many rows, each item a sequence over them."""

    lines: Sequence[int]
    raws: Sequence[str]
    faults: Sequence[str]
    values: Sequence[Sequence[str]]


def batched(rows: Iterable[Row]) -> Iterator[Rows]:
    """The rows some thousands at a time, fewer where they are long."""
    batch: list[Row] = []
    characters = 0
    for row in rows:
        batch.append(row)
        characters += len(row.raw)
        if len(batch) >= BATCH_ROWS or characters >= BATCH_CHARACTERS:
            yield Rows(*zip(*batch, strict=True))
            batch, characters = [], 0
    if batch:
        yield Rows(*zip(*batch, strict=True))


def stage_rows(batches: Iterable[Rows], columns: Sequence[str], target: Path) -> Path:
    """Write rows to the Parquet file `target`: `_line`, `_raw`, `_fault`, then `columns`, all text."""
    texts = [(name, pa.string()) for name in ("_raw", "_fault", *columns)]
    schema = pa.schema([("_line", pa.int64()), *texts])
    with pq.ParquetWriter(target, schema, compression="lz4", use_dictionary=False) as writer:
        for batch in batches:
            writer.write_batch(pa.record_batch(_arrays(batch, len(columns)), schema=schema))
    return target


def _arrays(batch: Rows, width: int) -> list[pa.Array]:
    cells = _array(chain.from_iterable(batch.values))
    columns = [cells.take(np.arange(place, len(cells), width)) for place in range(width)]
    return [pa.array(batch.lines), _array(batch.raws), _array(batch.faults), *columns]


def _array(texts: Iterable[str]) -> pa.Array:
    """The texts as an Arrow array, many times faster than handing them over one by one."""
    return pc.split_pattern(pa.array([BETWEEN.join(texts)]), BETWEEN).flatten()
