"""Review sheets as CSV and Excel workbooks: a pair a row, both records side by side, the verdict to fill in.

Spreadsheets run what begins with = + - @ or a tab as a formula, so such text gets a leading apostrophe.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

import xlsxwriter
from python_calamine import CalamineError, CalamineWorkbook

from linkage.answers import Answer, ReviewError
from linkage.judgements import WORDS
from linkage.review import DESK_FIELDS, ReviewPair
from warehouse.handover import handed_over
from warehouse.spreadsheet import FORMULA_MARKS, neutralised

ANSWER_COLUMNS = ("record_id_l", "record_id_r", "judgement", "why")
COLUMNS = (
    *("rank", "judgement", "why", "reason", "match_weight", "records_at_stake"),
    *(f"{name}_{side}" for name in DESK_FIELDS for side in ("l", "r")),
    *("record_id_l", "record_id_r"),
)
JUDGEMENT_COLUMN = COLUMNS.index("judgement")
DELIMITERS = ",;\t"
UNDATED = datetime(2000, 1, 1)  # the same sheet gives the same bytes
WIDTHS = {"rank": 6, "judgement": 12, "why": 30, "reason": 10, "match_weight": 10, "records_at_stake": 10}

Cell = str | int | float


def write_csv(pairs: Sequence[ReviewPair], path: Path) -> None:
    """Write `pairs` as CSV in UTF-8, marked so that spreadsheets read the accents."""
    with handed_over(path) as partial, partial.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(_cells(pair) for pair in pairs)


def write_xlsx(pairs: Sequence[ReviewPair], path: Path) -> None:
    """Write `pairs` as a workbook whose judgement column offers the words that count."""
    with handed_over(path) as partial:
        workbook = xlsxwriter.Workbook(str(partial), {"strings_to_formulas": False, "strings_to_urls": False})
        workbook.set_properties({"created": UNDATED})
        sheet = workbook.add_worksheet("review")
        sheet.freeze_panes(1, JUDGEMENT_COLUMN + 1)
        bold = workbook.add_format({"bold": True})
        for column, name in enumerate(COLUMNS):
            sheet.write_string(0, column, name, bold)
            sheet.set_column(column, column, WIDTHS.get(name, 24))
        for row, pair in enumerate(pairs, start=1):
            for column, cell in enumerate(_cells(pair)):
                _write_cell(sheet, row, column, cell)
        if pairs:
            choice = {"validate": "list", "source": list(WORDS), "error_message": f"One of: {', '.join(WORDS)}"}
            sheet.data_validation(1, JUDGEMENT_COLUMN, len(pairs), JUDGEMENT_COLUMN, choice)
        workbook.close()


def read_csv(path: Path) -> list[Answer]:
    """The answers of a CSV sheet that a spreadsheet may have saved its own way; raise `ReviewError`."""
    text = _text(path)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(DELIMITERS, key=text.partition("\n")[0].count))
    try:
        return _answers(path, ((reader.line_num, row) for row in reader))
    except csv.Error:
        raise ReviewError(path.name, [f"line {reader.line_num}: not CSV"]) from None


def read_xlsx(path: Path) -> list[Answer]:
    """The answers of the first sheet of a workbook; raise `ReviewError`."""
    try:
        with path.open("rb") as file:
            sheet = CalamineWorkbook.from_filelike(file).get_sheet_by_index(0)
    except OSError as error:
        raise ReviewError(path.name, [f"cannot be read: {error.strerror}"]) from None
    except CalamineError:
        raise ReviewError(path.name, ["is damaged or no Excel workbook; save it as .xlsx without a password"]) from None
    rows = sheet.to_python(skip_empty_area=False)
    return _answers(path, enumerate(([str(cell) for cell in row] for row in rows), start=1))


def _answers(path: Path, numbered: Iterable[tuple[int, list[str]]]) -> list[Answer]:
    rows = iter(numbered)
    heading = [name.strip().lower() for name in next(rows, (1, []))[1]]
    missing = [name for name in ANSWER_COLUMNS if name not in heading]
    if missing:
        raise ReviewError(path.name, [f"line 1: there is no column {name}" for name in missing])
    return [_answer(number, dict(zip(heading, row, strict=False))) for number, row in rows if any(map(str.strip, row))]


def _answer(number: int, cells: dict[str, str]) -> Answer:
    record_id_l, record_id_r, judgement, why = (_as_it_was(cells.get(name, "")) for name in ANSWER_COLUMNS)
    return Answer(f"line {number}", record_id_l, record_id_r, judgement.lower(), why)


def _cells(pair: ReviewPair) -> Iterator[Cell]:
    yield from (pair.rank, pair.judgement, "", pair.reason, round(pair.match_weight, 3), pair.records_at_stake)
    for values in zip(pair.left, pair.right, strict=True):
        yield from (_harmless(value or "") for value in values)
    yield from (_harmless(pair.record_id_l), _harmless(pair.record_id_r))


def _write_cell(sheet: xlsxwriter.worksheet.Worksheet, row: int, column: int, cell: Cell) -> None:
    if isinstance(cell, str):
        sheet.write_string(row, column, cell)
    else:
        sheet.write_number(row, column, cell)


def _harmless(text: str) -> str:
    return neutralised(text)


def _as_it_was(cell: str) -> str:
    return (cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA_MARKS) else cell).strip()


def _text(path: Path) -> str:
    """The file's text: UTF-8, or what spreadsheets of the region write instead."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ReviewError(path.name, [f"cannot be read: {error.strerror}"]) from None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")
