"""Referral files: an institution's own people under its own keys, and its answers taken in whole or not at all."""

import csv
from pathlib import Path

import duckdb
import openpyxl
import pytest

from warehouse.audit_log import read_audit
from warehouse.exports.referrals import HEADINGS, ReferralFiles, write_referrals
from warehouse.layout import Layout
from warehouse.published.coordination import REFERRALS
from warehouse.referrals import OUTCOMES, ReferralError, note_answers, referrals_path, sent_referrals
from warehouse.settings import Settings
from warehouse.sheets import read_sheet
from warehouse.storage import write_rows
from warehouse.tables import RECORDS

KEYS = {"h1": "H-1", "h2": "=cmd()", "s1": "S-1"}


def need(number: int, record: str, institution: str) -> dict[str, object]:
    return {
        "referral_id": f"r{number}", "entity_id": f"p{record}", "record_id": record, "source": institution,
        "institution": institution, "kind": "unmet_guarantee", "programme": "floor@2012", "subject": "children",
        "role": "answer", "answered_by": [institution], "periods": [], "reason": "none", "rule_status": "verified",
        "citation": "R202",
    }  # fmt: skip


@pytest.fixture
def layout(settings: Settings, connection: duckdb.DuckDBPyConnection) -> Layout:
    """A home with two people of health and one of schools, each with a need."""
    layout = Layout(settings.home)
    records = [
        {"record_id": record, "source": "x", "contract_id": "x.y", "delivery_id": "d", "record_key": key, "faults": []}
        for record, key in KEYS.items()
    ]
    write_rows(connection, RECORDS, records, layout.standard(RECORDS, "x.y"))
    needs = [need(1, "h1", "health"), need(2, "h2", "health"), need(3, "s1", "schools")]
    write_rows(connection, REFERRALS, needs, layout.mart(REFERRALS))
    return layout


def handed(
    connection: duckdb.DuckDBPyConnection, layout: Layout, out: Path, withheld: frozenset[str] = frozenset()
) -> list[ReferralFiles]:
    return write_referrals(connection, layout, [layout.standard(RECORDS, "x.y")], out, withheld)


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as text:
        return list(csv.DictReader(text))


def test_each_gets_its_own_people_under_its_own_keys(
    connection: duckdb.DuckDBPyConnection, layout: Layout, tmp_path: Path
) -> None:
    files = handed(connection, layout, tmp_path / "out")
    assert [(each.institution, each.rows, each.new) for each in files] == [("health", 2, 2), ("schools", 1, 1)]
    assert [row["record_key"] for row in rows(tmp_path / "out/health/referrals.csv")] == ["'=cmd()", "H-1"]
    assert [row["record_key"] for row in rows(tmp_path / "out/schools/referrals.csv")] == ["S-1"]
    assert all(file.stat().st_mode & 0o777 == 0o600 for file in (tmp_path / "out").rglob("referrals.*"))
    assert [entry.facts["recipient"] for entry in read_audit(layout)] == ["institution:health", "institution:schools"]
    assert "H-1" not in referrals_path(layout).read_text()


def test_the_workbook_offers_the_outcomes_and_runs_nothing(
    connection: duckdb.DuckDBPyConnection, layout: Layout, tmp_path: Path
) -> None:
    handed(connection, layout, tmp_path)
    workbook = openpyxl.load_workbook(tmp_path / "health/referrals.xlsx")
    sheet = workbook["referrals 1"]
    assert [cell.value for cell in sheet[1]] == list(HEADINGS)
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    (choice,) = sheet.data_validations.dataValidation
    assert choice.formula1 == f'"{",".join(OUTCOMES)}"'


def test_whom_nobody_may_be_shown_is_in_no_file(
    connection: duckdb.DuckDBPyConnection, layout: Layout, tmp_path: Path
) -> None:
    files = handed(connection, layout, tmp_path, frozenset({"h1", "ps1"}))
    assert [(each.institution, each.rows) for each in files] == [("health", 1)]


def answered(layout: Layout, file: Path, outcomes: dict[str, str]) -> dict[str, int]:
    lines = ["outcome;note;referral_id", *(f"{outcome};x;{name}" for name, outcome in outcomes.items())]
    file.write_text("\n".join(lines), encoding="cp1252")
    return note_answers(layout, file.name, read_sheet(file, ("referral_id", "outcome"), ReferralError))


def test_what_is_closed_is_not_handed_over_again(
    connection: duckdb.DuckDBPyConnection, layout: Layout, tmp_path: Path
) -> None:
    handed(connection, layout, tmp_path / "first")
    counts = answered(layout, tmp_path / "a.csv", {"r1": "under_way", "r2": "Declined", "r3": ""})
    assert {outcome: count for outcome, count in counts.items() if count} == {"under_way": 1, "declined": 1}
    files = handed(connection, layout, tmp_path / "second")
    assert [(each.institution, each.rows, each.new) for each in files] == [("health", 1, 0), ("schools", 1, 0)]
    assert answered(layout, tmp_path / "b.csv", {"r1": "met"})["met"] == 1
    assert {name: sent.outcome for name, sent in sent_referrals(layout).items()} == {
        "r1": "met", "r2": "declined", "r3": None
    }  # fmt: skip


def test_an_answer_said_twice_is_noted_once(
    connection: duckdb.DuckDBPyConnection, layout: Layout, tmp_path: Path
) -> None:
    handed(connection, layout, tmp_path)
    answered(layout, tmp_path / "a.csv", {"r1": "met"})
    before = referrals_path(layout).read_bytes()
    answered(layout, tmp_path / "a.csv", {"r1": "met"})
    assert referrals_path(layout).read_bytes() == before


def test_all_faults_are_told_and_nothing_is_taken_in(
    connection: duckdb.DuckDBPyConnection, layout: Layout, tmp_path: Path
) -> None:
    handed(connection, layout, tmp_path)
    before = referrals_path(layout).read_bytes()
    with pytest.raises(ReferralError) as caught:
        answered(layout, tmp_path / "a.csv", {"r1": "met", "unheard of": "met", "r2": "perhaps"})
    assert caught.value.faults == (
        "line 3: the referral_id is none that was handed over; leave that column as it was",
        f"line 4: the outcome is none of {', '.join(OUTCOMES)}",
    )
    assert "unheard" not in str(caught.value)
    assert referrals_path(layout).read_bytes() == before
