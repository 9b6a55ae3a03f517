"""Review sheets as CSV and Excel workbooks: a pair a row, both records side by side, the verdict to fill in.

Spreadsheets run what begins with = + - @ or a tab as a formula, so such text gets a leading apostrophe.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

import xlsxwriter

from linkage.review.answers import Answer, ReviewError
from linkage.review.judgements import WORDS
from linkage.review.queue import DESK_FIELDS, ReviewPair
from warehouse import sheets
from warehouse.handover import handed_over
from warehouse.spreadsheet import neutralised

ANSWER_COLUMNS = ("record_id_l", "record_id_r", "judgement", "why")
COLUMNS = (
    *("rank", "judgement", "why", "reason", "match_weight", "records_at_stake"),
    *(f"{name}_{side}" for name in DESK_FIELDS for side in ("l", "r")),
    *("record_id_l", "record_id_r"),
)
JUDGEMENT_COLUMN = COLUMNS.index("judgement")
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
    return _answers(sheets.read_csv(path, ANSWER_COLUMNS, ReviewError))


def read_xlsx(path: Path) -> list[Answer]:
    """The answers of the first sheet of a workbook; raise `ReviewError`."""
    return _answers(sheets.read_xlsx(path, ANSWER_COLUMNS, ReviewError))


def _answers(rows: Iterable[sheets.Numbered]) -> list[Answer]:
    return [
        Answer(f"line {line}", row["record_id_l"], row["record_id_r"], row["judgement"].lower(), row["why"])
        for line, row in rows
    ]


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
