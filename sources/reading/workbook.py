"""Excel workbooks: the cells of one sheet, as text. A cell's error, such as #N/A, reads as blank."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import duckdb
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from sources.contract import SourceContract
from sources.reading.header import check_columns
from sources.reading.staging import BETWEEN, Row, batched, stage_rows
from sources.unpacking import Part, check_archive
from warehouse.errors import DeliveryError
from warehouse.session import identifier, scan

OLD_FORM = b"\xd0\xcf\x11\xe0"
LARGEST_WHOLE = 1e15
"""Excel keeps 15 digits; a larger number is shown as it is."""
BEYOND = "a value stands beyond the last column of the header; name the column, or clear the cell"


def read(connection: duckdb.DuckDBPyConnection, contract: SourceContract, part: Part, scratch: Path) -> str:
    """A query over the rows of `part`: `_line`, `_raw`, `_fault` and the contract's columns as text."""
    columns = [column.name for column in contract.columns]
    rows = _filled_rows(_sheet(contract, part), contract.reading.decimal)
    found = columns
    if contract.reading.header:
        number, names = next(rows, (1, []))
        found = [name.strip() for name in _without_blank_end(names)]
        check_columns(contract, found, f"{part.name}: row {number}")
    staged = stage_rows(batched(_rows(rows, len(columns))), found, scratch / "rows.parquet")
    listed = ", ".join(identifier(name) for name in columns)
    return f"select _line, _raw, nullif(_fault, '') as _fault, {listed} from {scan(staged)}"


def _sheet(contract: SourceContract, part: Part) -> CalamineSheet:
    with part.path.open("rb") as file:
        if file.read(4) == OLD_FORM:
            raise DeliveryError(
                f"{part.name}: is an old workbook (.xls) or protected by a password. Save it as .xlsx without one."
            )
    check_archive(part)
    try:
        with part.path.open("rb") as file:
            workbook = CalamineWorkbook.from_filelike(file)
        name = contract.reading.sheet or _only_sheet(workbook, part)
        if name not in workbook.sheet_names:
            raise DeliveryError(
                f"{part.name}: there is no sheet {name}; there are {', '.join(workbook.sheet_names)}. "
                "Mend the sheet in the contract, or rename it in the workbook."
            )
        return workbook.get_sheet_by_name(name)
    except CalamineError:
        raise DeliveryError(f"{part.name}: is damaged, cut short or no Excel workbook. Deliver it again.") from None


def _only_sheet(workbook: CalamineWorkbook, part: Part) -> str:
    filled = [name for name in workbook.sheet_names if workbook.get_sheet_by_name(name).height]
    if len(filled) > 1:
        raise DeliveryError(
            f"{part.name}: has {len(filled)} sheets ({', '.join(filled)}) and the contract names none. "
            "Name the sheet in the contract."
        )
    return (filled or workbook.sheet_names)[0]


def _filled_rows(sheet: CalamineSheet, decimal: str) -> Iterator[tuple[int, list[str]]]:
    """The rows that hold anything, as text, each with its number in the sheet."""
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        texts = [cell_text(cell, decimal) for cell in cells]
        if any(texts):
            yield number, texts


def _rows(rows: Iterable[tuple[int, list[str]]], width: int) -> Iterator[Row]:
    for number, cells in rows:
        fault = BEYOND if any(cells[width:]) else ""
        values = (cells + [""] * width)[:width]
        yield Row(number, json.dumps(_without_blank_end(cells), ensure_ascii=False), fault, values)


def _without_blank_end(cells: list[str]) -> list[str]:
    filled = [place for place, cell in enumerate(cells, start=1) if cell.strip()]
    return cells[: max(filled, default=0)]


def cell_text(cell: Any, decimal: str) -> str:
    """A cell as text: dates as in ISO 8601, whole numbers without a fraction, the decimal sign as declared."""
    if isinstance(cell, str):
        return cell.replace(BETWEEN, "")
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float):
        whole = cell.is_integer() and abs(cell) < LARGEST_WHOLE
        return str(int(cell)) if whole else repr(cell).replace(".", decimal)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)
