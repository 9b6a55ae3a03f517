"""The case in the terminal and as a page: what waits comes first, nothing runs, and it is for one reader alone."""

from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from pipelines.commands.case import shown
from quality.report.case import write_case_page
from warehouse.case import Case, CasePerson, CaseRow


def row(section: str, item: str, status: str, **values: Any) -> CaseRow:
    known = {
        "detail": None,
        "since": None,
        "until": None,
        "sources": ["schools"],
        "rule_status": None,
        "citation": None,
    }
    return CaseRow(section, item, status, **{**known, **values})


ATTENDANCE = "mx.familias@2019 attendance_6_17"
ROWS = [
    row("next step", ATTENDANCE, "not_reported", detail="schools is asked to answer", rule_status="unverified"),
    row("next step", "int.social_protection_floor@2012 children", "unmet_guarantee", detail="town is asked"),
    row("guarantee", "int.social_protection_floor@2012 children", "unmet"),
    row(
        "compliance", ATTENDANCE, "compliant", detail="2026-10; done", since=date(2026, 10, 1), until=date(2026, 10, 31)
    ),
    row("compliance", ATTENDANCE, "compliant", detail="2026-09; done", since=date(2026, 9, 1), until=date(2026, 9, 30)),
    row("approaching", "school_age", "in 2 months", detail="at the age of 6"),
    row("programme", "familias", "enrolled", since=date(2024, 5, 1)),
    row("source", "schools.roll", "knows the person", since=date(2024, 1, 1)),
]


def person(name: str, rows: list[CaseRow], tie: str = "the person") -> CasePerson:
    return CasePerson("ab" * 16, name, date(2020, 12, 1), 5, {"sex": "female"}, [("mx.curp", "ABCD")], tie, rows)


CASE = Case("r1", date(2026, 10, 31), person("<b>ANA</b>", ROWS), [person("LUZ", [ROWS[1]], "mother")])


@pytest.fixture(scope="module")
def html(tmp_path_factory: pytest.TempPathFactory) -> str:
    path: Path = tmp_path_factory.mktemp("case") / "case.html"
    write_case_page(CASE, "visit", path)
    assert path.stat().st_mode & 0o777 == 0o600
    return path.read_text(encoding="utf-8")


def test_the_page_opens_with_what_waits_the_gravest_first(html: str) -> None:
    order = [
        html.index(words)
        for words in ("A guarantee is not met", "Not reported", "School age in 2 months", "Guarantees</h2>")
    ]
    assert order == sorted(order)
    assert "unverified rule" in html
    assert "Opened for: visit" in html


def test_the_page_holds_all_it_shows_and_runs_nothing(html: str) -> None:
    assert "<script" not in html
    assert "default-src 'none'" in html
    assert "src=" not in html.replace("default-src", "").replace("style-src", "").replace("img-src", "")
    assert "&lt;b&gt;ANA" in html
    assert "<b>ANA" not in html


def test_what_waits_for_the_household_is_told_too(html: str) -> None:
    aside = html[html.index("Household") :]
    assert "LUZ" in aside
    assert "A guarantee is not met" in aside


def test_a_case_with_nothing_to_do_says_so(tmp_path: Path) -> None:
    write_case_page(Case("r1", date(2026, 10, 31), person("ANA", []), []), "visit", tmp_path / "case.html")
    told = (tmp_path / "case.html").read_text(encoding="utf-8")
    assert "Nothing waits" in told
    assert "No other member is known" in told


def test_the_terminal_tells_duties_of_one_outcome_as_one() -> None:
    console = Console(file=StringIO(), width=160)
    console.print(shown(CASE))
    told = console.file.getvalue()  # type: ignore[attr-defined]
    assert told.count("of the last periods") == 1
    assert "2 of the last periods" in told
    assert told.index("Next steps") < told.index("Guarantees") < told.index("Household")
