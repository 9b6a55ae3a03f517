"""Workbooks written column by column: the same bytes every time, and many times faster than cell by cell.

A workbook is a zip of XML parts. One million cells take a writer that is handed each cell some ten seconds;
here the rows' XML is joined from whole columns instead. Text is written in line, without a shared table.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from sources.synthetic.arrays import Text

ROWS_A_SHEET = 1_048_575
"""Excel's limit, less the header."""

ROWS_A_TIME = 100_000
MIDNIGHT = (1980, 1, 1, 0, 0, 0)
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

PARTS = {
    "[Content_Types].xml": (
        f'<Types xmlns="{TYPES}"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{KIND}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{KIND}.worksheet+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{RELATIONS}"><Relationship Id="rId1" Type="{OFFICE}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{RELATIONS}"><Relationship Id="rId1" Type="{OFFICE}/worksheet" '
        'Target="worksheets/sheet1.xml"/></Relationships>'
    ),
}


def write_workbook(path: Path, sheet: str, columns: Mapping[str, pa.Array]) -> None:
    """Write `columns` under a header to the only sheet of a new workbook; integers become numbers, null no cell."""
    rows = len(next(iter(columns.values())))
    with zipfile.ZipFile(path, "w") as workbook:
        for name, body in {**PARTS, "xl/workbook.xml": _workbook(sheet)}.items():
            workbook.writestr(_entry(name), HEAD + body)
        with workbook.open(_entry("xl/worksheets/sheet1.xml"), "w", force_zip64=True) as part:
            part.write(f'{HEAD}<worksheet xmlns="{MAIN}"><sheetData>'.encode())
            part.write(_rows([pa.array([name]) for name in columns]))
            for start in range(0, rows, ROWS_A_TIME):
                part.write(_rows([column.slice(start, ROWS_A_TIME) for column in columns.values()]))
            part.write(b"</sheetData></worksheet>")


def _workbook(sheet: str) -> str:
    return (
        f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
        f'<sheet name="{sheet}" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, MIDNIGHT)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry._compresslevel = 1  # type: ignore[attr-defined]
    return entry


def _rows(columns: list[pa.Array]) -> bytes:
    cells = [_cells(column) for column in columns]
    return b"".join(pc.binary_join_element_wise("<row>", *cells, "</row>", "").cast(pa.binary()).to_pylist())


def _cells(column: pa.Array) -> Text:
    if pa.types.is_integer(column.type):
        written = pc.binary_join_element_wise("<c><v>", column.cast(pa.string()), "</v></c>", "")
    else:
        written = pc.binary_join_element_wise('<c t="inlineStr"><is><t>', column, "</t></is></c>", "")
    return pc.fill_null(written, "<c/>")
