"""The file set of a return report: a workbook to work through, and a page to read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from quality.report.page import page, save
from quality.returns.mend import Returned, open_mending
from quality.returns.sheet import COLUMNS, write_sheet
from warehouse.layout import Layout, private_folder
from warehouse.session import literal, scan
from warehouse.settings import Settings
from warehouse.storage import write_table
from warehouse.tables import CORRECTIONS

ROWS_SHOWN = 500


@dataclass(frozen=True)
class ReturnReport:
    """Where the files of one return report lie, and how much there is to mend."""

    workbook: Path
    page: Path
    rows: int


def returns_folder(layout: Layout, contract_id: str, delivery_id: str) -> Path:
    """Where the return report of one delivery lies; an institution's contracts lie together."""
    return layout.reports / "returns" / contract_id.partition(".")[0] / contract_id / delivery_id


def return_files(layout: Layout, contract_id: str, delivery_id: str) -> tuple[Path, Path, Path]:
    """The workbook and the page of the return report of one delivery, and the table of what it asks for."""
    folder = returns_folder(layout, contract_id, delivery_id)
    return folder / "to_mend.xlsx", folder / "to_mend.html", layout.corrections(contract_id, delivery_id)


def write_return(returned: Returned, settings: Settings) -> ReturnReport:
    """Write the return report of one delivery; one with nothing to mend says so."""
    workbook, html_page, _ = return_files(Layout(settings.home), returned.contract_id, returned.delivery_id)
    private_folder(workbook.parent)
    with open_mending(returned, settings) as connection:
        summary = connection.sql(
            'select "column", problem, count(*) from mending group by all order by 3 desc, 1, 2'
        ).fetchall()
        listed = ", ".join(f'"{name}"' for name in COLUMNS)
        shown = connection.sql(f"select {listed} from mending order by all limit {ROWS_SHOWN}").fetchall()
        write_sheet(connection, summary, workbook)
        _keep(connection, returned, Layout(settings.home))
    total = sum(count for _, _, count in summary)
    html = page("return.html.j2", returned=returned, summary=summary, rows=shown, total=total, headings=COLUMNS)
    save(html, html_page)
    return ReturnReport(workbook, html_page, total)


def _keep(connection: duckdb.DuckDBPyConnection, returned: Returned, layout: Layout) -> None:
    """Keep what was asked for, so that a later delivery can be seen to answer it."""
    rows = f"""
        select distinct {literal(returned.contract_id)} as contract_id, {literal(returned.delivery_id)} as delivery_id,
            md5(coalesce(key, raw, file || line)) as row_key, coalesce("column", '') as column, problem
        from mending
        left join (select file, line, raw from {scan(returned.quarantine)}) as unread using (file, line)
    """
    write_table(connection, CORRECTIONS, rows, layout.corrections(returned.contract_id, returned.delivery_id))
