"""The rows to mend as an Excel workbook: the sheet to work through, and one that sums it up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

import duckdb

from warehouse.handover import handed_over
from warehouse.session import identifier
from warehouse.sheets import fill_sheet

COLUMNS = ("file", "line", "key", "column", "problem", "remedy")
WIDTHS = (32, 8, 24, 24, 60, 60)
ROWS_A_SHEET = 1_000_000
"""Excel takes 1,048,576 rows; what is more goes to further sheets."""
UNDATED = datetime(2000, 1, 1)  # the same rows give the same bytes


def write_sheet(connection: duckdb.DuckDBPyConnection, summary: Sequence[tuple[Any, ...]], path: Path) -> None:
    """Write the table `mending` of the session to the workbook `path`; text that looks like a formula is none."""
    import xlsxwriter  # noqa: PLC0415 - so that definitions load at once

    with handed_over(path) as partial:
        options = {"strings_to_formulas": False, "strings_to_urls": False, "constant_memory": True}
        workbook = xlsxwriter.Workbook(str(partial), options)
        workbook.set_properties({"created": UNDATED})
        bold = workbook.add_format({"bold": True})
        fill_sheet(workbook.add_worksheet("summary"), ("column", "problem", "rows"), (24, 60, 12), summary, bold)
        listing = ", ".join(identifier(name) for name in COLUMNS)
        connection.execute(f"select {listing} from mending order by all")
        for number in count(1):
            listed = connection.fetchmany(ROWS_A_SHEET)
            if number > 1 and not listed:
                break
            fill_sheet(workbook.add_worksheet(f"to mend {number}"), COLUMNS, WIDTHS, listed, bold)
        workbook.close()
