"""Sheets that people fill in: CSV or Excel workbooks, whichever program saved them, written so that none runs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from warehouse.errors import FaultsError
from warehouse.spreadsheet import FORMULA_MARKS, neutralised

DELIMITERS = ",;\t"

Numbered = tuple[int, dict[str, str]]
"""The line of a row, from 1, and its cells by the heading in lower case."""


def read_sheet(path: Path, wanted: Sequence[str], fault: type[FaultsError]) -> list[Numbered]:
    """The rows of a workbook where the file's name ends so, else of a CSV file; see `read_csv`."""
    return (read_xlsx if path.suffix.lower() == ".xlsx" else read_csv)(path, wanted, fault)


def read_csv(path: Path, wanted: Sequence[str], fault: type[FaultsError]) -> list[Numbered]:
    """The rows that hold anything, each with the cells `wanted`, of CSV that a spreadsheet may have saved its own way.

    Raises `fault` where the file cannot be read or has not every column `wanted`.
    """
    return _named(path, _csv_rows(path, fault), wanted, fault)


def read_xlsx(path: Path, wanted: Sequence[str], fault: type[FaultsError]) -> list[Numbered]:
    """The same of the first sheet of a workbook."""
    return _named(path, _xlsx_rows(path, fault), wanted, fault)


def _named(
    path: Path, numbered: Iterable[tuple[int, list[str]]], wanted: Sequence[str], fault: type[FaultsError]
) -> list[Numbered]:
    rows = iter(numbered)
    heading = [name.strip().lower() for name in next(rows, (1, []))[1]]
    missing = [name for name in wanted if name not in heading]
    if missing:
        raise fault(path.name, [f"line 1: there is no column {name}" for name in missing])
    nothing = dict.fromkeys(wanted, "")
    return [
        (line, nothing | {name: _as_it_was(cell) for name, cell in zip(heading, row, strict=False)})
        for line, row in rows
        if any(map(str.strip, row))
    ]


def fill_sheet(
    sheet: Any, headings: Sequence[str], widths: Sequence[int], rows: Sequence[tuple[Any, ...]], bold: Any
) -> None:
    """Fill a sheet of xlsxwriter: bold headings that stay in sight, a filter, and text that no spreadsheet runs."""
    sheet.freeze_panes(1, 0)
    for column, (heading, width) in enumerate(zip(headings, widths, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, heading, bold)
    for line, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            if isinstance(cell, int):
                sheet.write_number(line, column, cell)
            elif cell is not None:
                sheet.write_string(line, column, neutralised(str(cell)))
    sheet.autofilter(0, 0, max(len(rows), 1), len(headings) - 1)


def _csv_rows(path: Path, fault: type[FaultsError]) -> Iterator[tuple[int, list[str]]]:
    text = _text(path, fault)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(DELIMITERS, key=text.partition("\n")[0].count))
    try:
        yield from ((reader.line_num, row) for row in reader)
    except csv.Error:
        raise fault(path.name, [f"line {reader.line_num}: not CSV"]) from None


def _xlsx_rows(path: Path, fault: type[FaultsError]) -> Iterable[tuple[int, list[str]]]:
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415 - for those who bring a workbook

    try:
        with path.open("rb") as file:
            sheet = CalamineWorkbook.from_filelike(file).get_sheet_by_index(0)
    except OSError as error:
        raise fault(path.name, [f"cannot be read: {error.strerror}"]) from None
    except CalamineError:
        raise fault(path.name, ["is damaged or no Excel workbook; save it as .xlsx without a password"]) from None
    rows = sheet.to_python(skip_empty_area=False)
    return enumerate(([str(cell) for cell in row] for row in rows), start=1)


def _as_it_was(cell: str) -> str:
    return (cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA_MARKS) else cell).strip()


def _text(path: Path, fault: type[FaultsError]) -> str:
    """The file's text: UTF-8, or what spreadsheets of the region write instead."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise fault(path.name, [f"cannot be read: {error.strerror}"]) from None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")
