"""How extracts are written: each format an institution may choose, the same bytes for the same columns."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import IO, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sources.synthetic.arrays import Ints, Text
from sources.synthetic.xlsx import ROWS_A_SHEET, write_workbook
from warehouse.layout import PRIVATE_FILE, private_folder

Columns = Mapping[str, pa.Array]

ROWS_A_TIME = 200_000
CUT_SHARE = 0.3
"""How much of a cut line arrives."""


def row_count(columns: Columns) -> int:
    """How many rows the columns have."""
    return len(next(iter(columns.values())))


def write_csv(
    path: Path, columns: Columns, cut: Ints, *, delimiter: str, encoding: str = "utf-8", quoted: tuple[str, ...] = ()
) -> None:
    """Delimited text, gzipped where the name ends in .gz; the columns `quoted` stand in quotation marks."""
    with _opened(path) as file:
        file.write(f"{delimiter.join(columns)}\n".encode(encoding))
        for start, part in _slices(columns):
            cells = [_quoted(values) if name in quoted else _as_text(values) for name, values in part.items()]
            _write_lines(file, _lines(cells, delimiter), cut - start, encoding)


def write_fixed_width(path: Path, columns: Columns, cut: Ints, *, widths: Mapping[str, int], encoding: str) -> None:
    """Text in columns of the given `widths`, without a header; what does not fit is left out."""
    with _opened(path) as file:
        for start, part in _slices(columns):
            cells = [_padded(_as_text(values), widths[name]) for name, values in part.items()]
            _write_lines(file, _lines(cells, ""), cut - start, encoding)


def write_json_lines(path: Path, columns: Columns, cut: Ints) -> None:
    """One JSON object a line; the values hold nothing that JSON would have to escape."""
    with _opened(path) as file:
        for start, part in _slices(columns):
            fields = [_json_field(name, values) for name, values in part.items()]
            lines = pc.binary_join_element_wise("{", _lines(fields, ", ", end=""), "}\n", "")
            _write_lines(file, lines, cut - start, "utf-8")


def write_xlsx(path: Path, sheet: str, columns: Columns, cut: Ints) -> list[tuple[Path, int, int]]:
    """Workbooks of one sheet each, as many as the rows need; a cut row comes again at the end, without its first cell.

    Returns each workbook with its first row and the one after its last, counted through all of them from 0.
    """
    whole = _with_keyless(columns, cut)
    starts = range(0, max(row_count(whole), 1), ROWS_A_SHEET)
    private_folder(path.parent)
    written = []
    for number, start in enumerate(starts, start=1):
        part = path if number == 1 else path.with_name(_numbered(path.name, number))
        write_workbook(part, sheet, {name: values.slice(start, ROWS_A_SHEET) for name, values in whole.items()})
        part.chmod(PRIVATE_FILE)
        written.append((part, start, min(start + ROWS_A_SHEET, row_count(whole))))
    return written


def write_parquet(path: Path, columns: Columns, cut: Ints) -> None:
    """Parquet; a cut row comes again without its key."""
    private_folder(path.parent)
    pq.write_table(pa.table(dict(_with_keyless(columns, cut))), path, compression="zstd")
    path.chmod(PRIVATE_FILE)


def _numbered(name: str, number: int) -> str:
    """students_2026-10.xlsx becomes students_part-2_2026-10.xlsx, so that the month stays at the end."""
    dataset, month = name.rsplit("_", 1)
    return f"{dataset}_part-{number}_{month}"


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    private_folder(path.parent)
    with path.open("wb") as file:
        path.chmod(PRIVATE_FILE)
        if path.suffix == ".gz":
            with gzip.GzipFile(filename="", mode="wb", compresslevel=1, fileobj=file, mtime=0) as packed:
                yield cast(IO[bytes], packed)
        else:
            yield file


def _slices(columns: Columns) -> Iterator[tuple[int, dict[str, pa.Array]]]:
    for start in range(0, row_count(columns), ROWS_A_TIME):
        yield start, {name: values.slice(start, ROWS_A_TIME) for name, values in columns.items()}


def _as_text(values: pa.Array) -> Text:
    return pc.fill_null(values.cast(pa.string()), "")


def _quoted(values: pa.Array) -> Text:
    return pc.fill_null(pc.binary_join_element_wise('"', values, '"', ""), "")


def _padded(values: Text, width: int) -> Text:
    return pc.utf8_slice_codeunits(pc.utf8_rpad(values, width), 0, width)


def _json_field(name: str, values: pa.Array) -> Text:
    is_text = pa.types.is_string(values.type)
    value = pc.binary_join_element_wise('"', values, '"', "") if is_text else values.cast(pa.string())
    return pc.binary_join_element_wise(f'"{name}": ', pc.fill_null(value, "null"), "")


def _lines(cells: list[Text], delimiter: str, end: str = "\n") -> Text:
    joined = pc.binary_join_element_wise(*cells, delimiter) if len(cells) > 1 else cells[0]
    return pc.binary_join_element_wise(joined, end, "") if end else joined


def _write_lines(file: IO[bytes], lines: Text, cut: Ints, encoding: str) -> None:
    """Write the lines; those at the positions `cut` arrive in part first, then again as a whole."""
    here = np.sort(cut[(cut >= 0) & (cut < len(lines))])
    bounds = [0, *here.tolist(), len(lines)]
    for start, end in pairwise(bounds):
        file.write(_encoded(lines.slice(start, end - start), encoding))
        if end < len(lines):
            line = lines[end].as_py()
            file.write(f"{line[: int(len(line) * CUT_SHARE)]}\n".encode(encoding))


def _encoded(lines: Text, encoding: str) -> bytes | memoryview:
    """The strings one after another, as they lie in memory."""
    if len(lines) == 0:
        return b""
    offsets = np.frombuffer(lines.buffers()[1], dtype=np.int32)[lines.offset : lines.offset + len(lines) + 1]
    text = memoryview(lines.buffers()[2])[int(offsets[0]) : int(offsets[-1])]
    return text if encoding == "utf-8" else str(text, "utf-8").encode(encoding)


def _with_keyless(columns: Columns, cut: Ints) -> dict[str, pa.Array]:
    if len(cut) == 0:
        return dict(columns)
    key = next(iter(columns))
    rows = pa.array(np.sort(cut))
    again = {
        name: values.take(rows) if name != key else pa.nulls(len(cut), values.type) for name, values in columns.items()
    }
    return {name: pa.concat_arrays([values, again[name]]) for name, values in columns.items()}
