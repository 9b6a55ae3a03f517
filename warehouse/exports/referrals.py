"""Referral files: for each institution who needs what of it, under the institution's own keys, its own people alone."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from warehouse.audit_log import record
from warehouse.handover import handed_over
from warehouse.layout import Layout, private_folder
from warehouse.published.coordination import REFERRALS
from warehouse.referrals import OPEN_OUTCOME, OUTCOMES, note_sent, sent_referrals
from warehouse.sheets import fill_sheet
from warehouse.spreadsheet import neutralised
from warehouse.storage import read_table
from warehouse.tables import RECORDS

HEADINGS = (
    "referral_id", "source", "record_key", "kind", "programme", "subject", "role", "answered_by", "periods", "reason",
    "rule_status", "citation", "outcome",
)  # fmt: skip
WIDTHS = (34, 20, 20, 18, 34, 24, 12, 30, 40, 60, 12, 40, 14)
ROWS_A_SHEET = 1_000_000
UNDATED = datetime(2000, 1, 1)  # the same rows give the same bytes
MEANINGS = (
    ("kind", "unmet_guarantee: a guarantee of the law that nothing meets; not_enrolled: entitled and not enrolled; "
     "not_reported: a duty of which nothing was reported, which is held against nobody; non_compliant: to be reviewed, "
     "nothing ends by itself; concurrence: records that should not stand side by side, to be reviewed"),
    ("role", "answer: you can meet the need; accompany: no institution that could knows the person, so go with them"),
    ("rule_status", "unverified: the rule's figures were not read in the law, so check before anything is decided"),
    *((f"outcome {name}", meaning) for name, meaning in OUTCOMES.items()),
)  # fmt: skip


@dataclass(frozen=True)
class ReferralFiles:
    """What one institution was handed: the folder, how many referrals, and how many of them for the first time."""

    institution: str
    folder: Path
    rows: int
    new: int


def write_referrals(
    connection: duckdb.DuckDBPyConnection,
    layout: Layout,
    records: Sequence[Path],
    out: Path,
    withheld: frozenset[str],
    institution: str | None = None,
) -> list[ReferralFiles]:
    """Write the referrals of the last build, a folder an institution in `out`, and note that they were handed over.

    Those that an institution has closed by its answer are left out, and whoever of `withheld` may not be shown. The
    audit log tells who received what. Only `institution`, where one is named.
    """
    closed = [
        sent.referral_id
        for sent in sent_referrals(layout).values()
        if sent.outcome is not None and sent.outcome != OPEN_OUTCOME
    ]
    for name, ids in (("closed_referrals", closed), ("withheld_records", sorted(withheld))):
        connection.register(name, pa.table({"id": pa.array(ids, pa.string())}))
    connection.execute(f"create or replace temp table handed as {_query(layout, records)}")
    names = connection.sql("select distinct institution from handed order by all").fetchall()
    return [_hand(connection, layout, name, out) for (name,) in names if institution in (None, name)]


def _query(layout: Layout, records: Sequence[Path]) -> str:
    keys = f"(select record_id, record_key from {read_table(RECORDS, *records)})"
    return f"""
        select referrals.*, record_key
        from {read_table(REFERRALS, layout.mart(REFERRALS))} as referrals
        join {keys} as keys using (record_id)
        where referral_id not in (select id from closed_referrals)
        and record_id not in (select id from withheld_records) and entity_id not in (select id from withheld_records)
    """


def _hand(connection: duckdb.DuckDBPyConnection, layout: Layout, institution: str, out: Path) -> ReferralFiles:
    folder = private_folder(out / institution)
    cells = ", ".join(
        {"answered_by": "array_to_string(answered_by, ', ')", "periods": "array_to_string(periods, ', ')",
         "outcome": "''"}.get(name, name)
        for name in HEADINGS
    )  # fmt: skip
    query = f"select {cells} from handed where institution = ? order by kind, subject, source, record_key, referral_id"
    rows = connection.execute(query, [institution]).fetchall()
    record(layout, "extract.written", {"recipient": f"institution:{institution}", "referrals": len(rows)})
    _write_csv(rows, folder / "referrals.csv")
    _write_workbook(rows, folder / "referrals.xlsx")
    sent = connection.execute("select referral_id, institution, kind from handed where institution = ?", [institution])
    new = note_sent(layout, sent.fetchall())
    return ReferralFiles(institution, folder, len(rows), new)


def _write_csv(rows: Sequence[tuple[Any, ...]], path: Path) -> None:
    """CSV in UTF-8, marked so that spreadsheets read the accents; no cell of it is a formula."""
    with handed_over(path) as partial, partial.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADINGS)
        writer.writerows([neutralised(str(cell)) if cell is not None else "" for cell in row] for row in rows)


def _write_workbook(rows: Sequence[tuple[Any, ...]], path: Path) -> None:
    """The same as a workbook whose outcome column offers the words that count, with a sheet that explains."""
    import xlsxwriter  # noqa: PLC0415 - so that --help answers at once

    with handed_over(path) as partial:
        options = {"strings_to_formulas": False, "strings_to_urls": False}
        workbook = xlsxwriter.Workbook(str(partial), options)
        workbook.set_properties({"created": UNDATED})
        bold = workbook.add_format({"bold": True})
        for first in range(0, max(len(rows), 1), ROWS_A_SHEET):
            part = rows[first : first + ROWS_A_SHEET]
            sheet = workbook.add_worksheet(f"referrals {first // ROWS_A_SHEET + 1}")
            fill_sheet(sheet, HEADINGS, WIDTHS, part, bold)
            column, choice = HEADINGS.index("outcome"), {"validate": "list", "source": list(OUTCOMES)}
            sheet.data_validation(1, column, max(len(part), 1), column, choice)
        fill_sheet(workbook.add_worksheet("what it means"), ("word", "meaning"), (24, 120), MEANINGS, bold)
        workbook.close()
