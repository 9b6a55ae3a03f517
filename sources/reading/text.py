"""Delivered text as plain UTF-8 lines in the scratch folder, block by block."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sources.reading.encodings import check_encoding
from sources.unpacking import Part
from warehouse.errors import DeliveryError
from warehouse.session import literal

BLOCK = 1 << 20
DAMAGE = "\ufdd0"
"""Stands before the two hexadecimal digits of a byte that could not be decoded; no text holds it."""
DAMAGED_ROW = "holds bytes that are no text in the declared encoding; mend the row at its origin"
BLANK = " \t\f\x1a"
"""What may stand on a line that is no row; \x1a ends files of old systems."""
UNDECODABLE = re.compile("[\0\udc80-\udcff]")
LINES = pa.schema([("_line", pa.int64()), ("_text", pa.string())])


def decode(part: Part, encoding: str, target: Path) -> Path:
    """Write `part` to `target` as UTF-8 with plain line feeds; bytes that cannot be read are marked.

    Raises `DeliveryError` for a wrong encoding and for a line of more than a megabyte or so.
    """
    check_encoding(part, encoding)
    decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(encoding)("surrogateescape"), translate=True)
    with part.path.open("rb") as source, target.open("wb") as text:
        lines = 0
        while block := source.read(BLOCK):
            piece = decoder.decode(block)
            if len(block) == BLOCK and "\n" not in piece:
                raise DeliveryError(f"{part.name}: line {lines + 1} is over {BLOCK >> 20} MiB long. Is it text at all?")
            text.write(_utf8(piece if text.tell() else piece.removeprefix("\ufeff")))
            lines += piece.count("\n")
        text.write(_utf8(decoder.decode(b"", final=True)))
    return target


def as_delivered(raw: str) -> str:
    r"""`raw` with damaged bytes written as `\x81`."""
    return raw.replace(DAMAGE, "\\x")


def stage_lines(text: Path, target: Path) -> Path:
    """The lines of the decoded file `text` as Parquet (`_line` from 1, `_text`), blank ones left out."""
    with pq.ParquetWriter(target, LINES, compression="lz4") as writer:
        number = 1
        for block in _whole_lines(text):
            lines = pc.split_pattern(pa.array([block]), "\n").flatten()
            numbers = pa.array(np.arange(number, number + len(lines)))
            number += len(lines)
            batch = pa.record_batch([numbers, lines], schema=LINES)
            writer.write_batch(batch.filter(pc.not_equal(pc.utf8_trim(lines, characters=BLANK), "")))
    return target


def _whole_lines(text: Path) -> Iterator[str]:
    """Blocks that each begin and end with a line, without the last line feed."""
    rest = ""
    with text.open(encoding="utf-8", newline="\n") as file:
        while block := file.read(BLOCK):
            whole, found, rest = (rest + block).rpartition("\n")
            if found:
                yield whole
    if rest:
        yield rest


def _utf8(piece: str) -> bytes:
    try:
        whole = piece.encode()
        if b"\0" not in whole:
            return whole
    except UnicodeEncodeError:  # bytes that could not be decoded came through as lone surrogates
        pass
    return UNDECODABLE.sub(lambda found: f"{DAMAGE}{ord(found[0]) & 0xFF:02x}", piece).encode()


def damage_fault_sql() -> str:
    """An SQL expression over staged lines: why the line cannot be read, or null."""
    return f"case when contains(_text, {literal(DAMAGE)}) then {literal(DAMAGED_ROW)} end"
