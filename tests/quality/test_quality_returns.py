"""Return reports: every row to mend once, under the institution's own key, and nothing of anybody else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from python_calamine import CalamineWorkbook

from quality.bound import Bound
from quality.expectation import Expectation, not_null, unique
from quality.returns.mend import DOUBTFUL, Returned
from quality.returns.violations import violation_sql
from quality.returns.write import ReturnReport, write_return
from warehouse.settings import Settings

ROWS = [
    ("f.csv", 2, "A1", "2001-02-03", "5512345678", "M"),
    ("f.csv", 3, "=cmd|'/c calc'!A1", "never", "5512345678", "F"),
    ("f.csv", 4, "A3", None, "123", "X"),
    ("f.csv", 5, "<b>A4</b>", "2001-02-03", None, "M"),
]
SECRET = "5512345678"


def matching(column: str, regex: str, bound: Bound | None = None) -> Expectation:
    given = {"column": column, "regex": regex}
    return Expectation(
        f"{column}_form", "ExpectColumnValuesToMatchRegex", given, "warning", f"{column} has its form.",
        bound or Bound("mustBe", (0,)),
    )  # fmt: skip


def returned(folder: Path, *promises: Expectation) -> Returned:
    names = ("_file", "_line", "KEY", "BORN", "PHONE", "SEX")
    pq.write_table(pa.Table.from_pylist([dict(zip(names, row, strict=True)) for row in ROWS]), folder / "raw.parquet")
    with duckdb.connect() as connection:
        connection.execute(f"""
            copy (select 'f.csv' as file, 9 as line, 'more columns than the header' as reason, 'secret row' as raw)
            to '{folder}/quarantine.parquet' (format parquet);
            copy (select key as record_id, faults, 'd1' as delivery_id from (values
                ('A1', []::varchar[]), ('=cmd|''/c calc''!A1', ['birth_date']), ('other delivery', ['birth_date'])
            ) as told(key, faults)) to '{folder}/records.parquet' (format parquet);
            copy (select 'A3' as record_id, 'mx.curp' as scheme, '{SECRET}' as identifier_std, false as is_valid)
            to '{folder}/numbers.parquet' (format parquet)
        """)
    return Returned(
        contract_id="clinic.patients", institution="clinic", delivery_id="d1", as_of_date="2026-10-31",
        key_column="KEY", row_id='"KEY"', raw=folder / "raw.parquet", quarantine=folder / "quarantine.parquet",
        columns={"birth_date": "BORN"}, schemes={"mx.curp": "CURP"}, promises=promises,
        standard={"records": folder / "records.parquet", "record_identifiers": folder / "numbers.parquet"},
    )  # fmt: skip


def made(folder: Path, *promises: Expectation) -> ReturnReport:
    return write_return(returned(folder, *promises), Settings(folder, folder, folder))


def listed(report: ReturnReport) -> list[tuple[object, ...]]:
    rows = CalamineWorkbook.from_path(report.workbook).get_sheet_by_name("to mend 1").to_python()
    return [tuple(row) for row in rows[1:]]


def test_what_was_not_accepted_not_read_or_fails_its_check_is_listed_row_by_row(tmp_path: Path) -> None:
    rows = [row[:5] for row in listed(made(tmp_path))]
    assert rows == [
        ("f.csv", 3.0, "'=cmd|'/c calc'!A1", "BORN", "not readable as birth_date"),
        ("f.csv", 4.0, "A3", "CURP", "no valid number of mx.curp"),
        ("f.csv", 9.0, "", "", "more columns than the header"),
    ]


def test_what_would_make_a_contradicted_value_agree_is_proposed(tmp_path: Path) -> None:
    told = returned(tmp_path)
    with duckdb.connect() as connection:
        connection.execute(f"""
            copy (select 'A1' as record_id, flag, 'birth_date' as field, flag || ' told' as says,
                flag <> 'ambiguous_date_order' as is_contradiction
            from (values ('identifier_day_month'), ('identifier_birth_date'), ('ambiguous_date_order'),
                ('of another kind')) as flags(flag)) to '{tmp_path}/flags.parquet' (format parquet)
        """)
    flagged = {**told.standard, "record_flags": tmp_path / "flags.parquet"}
    rows = listed(write_return(replace(told, standard=flagged), Settings(tmp_path, tmp_path, tmp_path)))
    assert {str(row[4]): str(row[5]).partition(":")[0] for row in rows if "told" in str(row[4])} == {
        "identifier_day_month told": "Proposed",
        "identifier_birth_date told": "Proposed",
        "of another kind told": DOUBTFUL,
    }


def test_a_broken_promise_lists_its_rows_and_a_kept_one_does_not(tmp_path: Path) -> None:
    broken = listed(made(tmp_path, matching("PHONE", "^[0-9]{10}$")))
    assert ("f.csv", 4.0, "A3", "PHONE", "PHONE has its form.") in [row[:5] for row in broken]
    tolerated = matching("PHONE", "^[0-9]{10}$", Bound("mustBeLessThan", (50,), "percent"))
    assert len(listed(made(tmp_path, tolerated))) == len(broken) - 1


def test_no_value_but_the_key_leaves_and_markup_does_not_work(tmp_path: Path) -> None:
    report = made(tmp_path, not_null("PHONE"), matching("SEX", "^[MF]$"))
    html = report.page.read_text(encoding="utf-8")
    assert "&lt;b&gt;A4&lt;/b&gt;" in html
    assert "<b>A4" not in html
    for value in (SECRET, "never", "secret row", "2001-02-03"):
        assert value not in html + str(listed(report)), "a value of a person"
    assert report.rows == 5
    assert {path.stat().st_mode & 0o777 for path in (report.page, report.workbook)} == {0o600}


def test_the_same_rows_give_the_same_workbook(tmp_path: Path) -> None:
    first = made(tmp_path).workbook.read_bytes()
    assert made(tmp_path).workbook.read_bytes() == first


VIOLATIONS = [
    (not_null("PHONE"), ["<b>A4</b>"]),
    (unique(("PHONE",)), ["=cmd|'/c calc'!A1", "A1"]),
    (unique(("BORN", "SEX")), ["<b>A4</b>", "A1"]),
    (matching("PHONE", "^[0-9]{10}$"), ["A3"]),
    (
        Expectation("s", "ExpectColumnValuesToBeInSet", {"column": "SEX", "value_set": ["M", "F"]}, "warning", ""),
        ["A3"],
    ),
    (
        Expectation("l", "ExpectColumnValueLengthsToBeBetween", {"column": "PHONE", "min_value": 4}, "warning", ""),
        ["A3"],
    ),
]


@pytest.mark.parametrize(("expectation", "keys"), VIOLATIONS, ids=lambda case: getattr(case, "name", ""))
def test_the_rows_against_an_expectation_are_those_it_means(
    expectation: Expectation, keys: list[str], tmp_path: Path
) -> None:
    returned(tmp_path)
    condition = violation_sql(expectation)
    with duckdb.connect() as connection:
        connection.execute(f"create table validated as select * from '{tmp_path}/raw.parquet'")
        found = connection.sql(f'select "KEY" from validated where {condition} order by 1').fetchall()
    assert [key for (key,) in found] == sorted(keys)


def test_an_expectation_about_the_whole_table_has_no_rows() -> None:
    whole = Expectation("n", "ExpectTableRowCountToBeBetween", {"min_value": 0}, "warning", "")
    assert violation_sql(whole) is None
