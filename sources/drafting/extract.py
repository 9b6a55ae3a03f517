"""A sample extract opened without a contract: its format, how it is written, and its first values as text."""

from __future__ import annotations

import csv
import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from python_calamine import CalamineError, CalamineWorkbook

from sources.drafting.fixed_columns import Cut, fixed_columns
from sources.reading.delimited import DELIMITERS
from sources.reading.encodings import likely_encoding
from sources.reading.text import decode
from sources.reading.workbook import cell_text
from sources.unpacking import Part, check_archive, unpack
from warehouse.errors import DeliveryError

ROWS = 20_000
FEW_ECHOES = 0.01
"""Share of cells that may repeat their column's name: headers come again where parts were joined."""


@dataclass(frozen=True)
class Extract:
    """`values` are the delivered texts of each column, at most 20,000, blank ones as None.

    `written` are the custom properties of the server that say how the file is written, `cuts` where columns of fixed
    width lie.
    """

    file: Path
    format: str
    values: dict[str, list[str | None]]
    written: dict[str, Any] = field(default_factory=dict)
    cuts: dict[str, Cut] = field(default_factory=dict)


def open_extract(file: Path) -> Extract:
    """Look into the extract `file`; raise `DeliveryError` where it is damaged or its form cannot be told."""
    if not file.is_file():
        raise DeliveryError(f"{file}: there is no such file. Name a sample of the institution's extract.")
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        part = unpack(Part(file.name, file), scratch)[0]
        form, read = _form(part)
        cuts = _fixed(part, scratch) if form == "csv" else []
        form, read = ("fixed_width", partial(_fixed_width, cuts)) if cuts else (form, read)
        written, columns, rows = read(part, scratch)
    filled = [[_blank_as_none(text) for text in row] for row in rows]
    if not filled:
        raise DeliveryError(f"{file.name}: holds no rows. Draft the contract from an extract with rows.")
    values = {column: [row[place] for row in filled] for place, column in enumerate(columns)}
    return Extract(file, form, values, written, dict(zip(columns, cuts, strict=False)))


Opened = tuple[dict[str, Any], Sequence[str], Sequence[Sequence[Any]]]
"""How it is written, the names of its columns, its rows."""


def _form(part: Part) -> tuple[str, Callable[[Part, Path], Opened]]:
    """By its first bytes, for names lie."""
    with part.path.open("rb") as file:
        start = file.read(4096)
    if start.startswith(b"PAR1"):
        return "parquet", _parquet
    if start.startswith(b"PK\x03\x04"):
        return "xlsx", _workbook
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"{"):
        return "jsonl", _json_lines
    if text.startswith(b"["):
        raise DeliveryError(f"{part.name}: is one JSON list. Deliver one object a line, then draft its contract.")
    return "csv", _delimited


def _parquet(part: Part, _scratch: Path) -> Opened:
    try:
        with pq.ParquetFile(part.path) as file:
            table = pa.Table.from_batches(file.iter_batches(batch_size=ROWS), schema=file.schema_arrow).slice(0, ROWS)
    except (pa.ArrowException, OSError):
        raise DeliveryError(f"{part.name}: is damaged, cut short or no Parquet file. Deliver it again.") from None
    with duckdb.connect() as connection:
        connection.register("sample", table)
        rows = connection.sql("select columns(*)::varchar from sample").fetchall()
    return {}, table.column_names, rows


def _workbook(part: Part, _scratch: Path) -> Opened:
    check_archive(part)
    try:
        workbook = CalamineWorkbook.from_path(str(part.path))
    except CalamineError:
        raise DeliveryError(f"{part.name}: is damaged, cut short or no Excel workbook. Deliver it again.") from None
    filled = [name for name in workbook.sheet_names if workbook.get_sheet_by_name(name).height]
    sheet = workbook.get_sheet_by_name((filled or workbook.sheet_names)[0])
    rows = [[cell_text(cell, ".") for cell in row] for row in sheet.iter_rows()][: ROWS + 1]
    rows = [row for row in rows if any(row)]
    written = {"sheet": sheet.name} if len(filled) > 1 else {}
    header, *rest = rows or [[]]
    return written, [name.strip() for name in header], rest


def _json_lines(part: Part, scratch: Path) -> Opened:
    encoding = likely_encoding(part) or "utf-8"
    texts: list[dict[str, Any]] = []
    with decode(part, encoding, scratch / "text").open(encoding="utf-8") as lines:
        for line, _ in zip(lines, range(ROWS), strict=False):
            texts.append(_flat(_object(line)))
    columns = list(dict.fromkeys(name for row in texts for name in row))
    written = {} if encoding == "utf-8" else {"encoding": encoding}
    return written, columns, [[row.get(name) for name in columns] for row in texts]


def _object(line: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _flat(found: dict[str, Any], within: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in found.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{within}{key}.")
        else:
            flat[within + key] = value if value is None or isinstance(value, str) else json.dumps(value)
    return flat


def _delimited(part: Part, scratch: Path) -> Opened:
    """Parted by the sign that the first line holds most of; records of another width are left aside."""
    encoding, lines = likely_encoding(part) or "utf-8", _text_lines(part, scratch)
    first = next((line for line in lines if line.strip()), "")
    delimiter = max(DELIMITERS, key=first.count)
    quote = "'" if first.startswith("'") and first.rstrip().endswith("'") else '"'
    header, *rows = [row for row in csv.reader(lines, delimiter=delimiter, quotechar=quote) if any(row)] or [[]]
    rows = [row for row in rows if len(row) == len(header)]
    if len(header) < 2:
        raise DeliveryError(
            f"{part.name}: its columns cannot be told. If they have fixed widths, too few lines are blank at the same "
            "places: draft from a longer sample, or write the contract by hand, as docs/contracts.md shows."
        )
    written = _apart_from_usual(delimiter=delimiter, encoding=encoding, quote=quote)
    if _is_header(header, rows):
        return written, [name.strip() for name in header], rows
    return {**written, "header": False}, [f"column_{number}" for number in range(1, len(header) + 1)], [header, *rows]


def _fixed(part: Part, scratch: Path) -> list[Cut]:
    """The columns of fixed width of a text that no sign delimits."""
    lines = _text_lines(part, scratch)
    first = next((line for line in lines if line.strip()), "")
    return [] if any(sign in first for sign in DELIMITERS) else fixed_columns(lines)


def _fixed_width(cuts: Sequence[Cut], part: Part, scratch: Path) -> Opened:
    """The text cut into columns, which have no names."""
    lines = [line.rstrip("\r\n") for line in _text_lines(part, scratch) if line.strip()]
    written = _apart_from_usual(encoding=likely_encoding(part) or "utf-8")
    names = [f"column_{number}" for number in range(1, len(cuts) + 1)]
    return written, names, [[cut.of(line) for cut in cuts] for line in lines]


def _text_lines(part: Part, scratch: Path) -> list[str]:
    encoding = likely_encoding(part) or "utf-8"
    with decode(part, encoding, scratch / "text").open(encoding="utf-8", newline="") as file:
        return [line for line, _ in zip(file, range(ROWS + 1), strict=False)]


def _apart_from_usual(**written: str) -> dict[str, Any]:
    usual = {"delimiter": ",", "encoding": "utf-8", "quote": '"'}
    return {name: value for name, value in written.items() if value != usual[name]}


def _is_header(first: Sequence[str | None], rows: Sequence[Sequence[str | None]]) -> bool:
    """Names are there, differ, hold letters, and are no values of their own columns."""
    names = [(name or "").strip() for name in first]
    if not all(any(sign.isalpha() for sign in name) for name in names) or len(set(names)) < len(names):
        return False
    if any(sum(sign.isdigit() for sign in name) > 2 for name in names):
        return False
    echoes = sum(name == row[place] for row in rows for place, name in enumerate(names))
    return echoes <= len(rows) * len(names) * FEW_ECHOES


def _blank_as_none(text: Any) -> str | None:
    return (str(text).strip() or None) if text is not None else None
