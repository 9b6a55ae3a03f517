"""The reports that the sample registry's run makes: there for every contract, and with nobody's data but its own."""

import re
from pathlib import Path

import duckdb
import pytest
from python_calamine import CalamineWorkbook

from sources.catalogue import read_catalogue
from sources.contract import SourceContract
from warehouse.settings import SAMPLE_SOURCES

CONTRACTS = read_catalogue(SAMPLE_SOURCES).contracts
FROM_ELSEWHERE = re.compile(r"(?:src|href)=\"(?!#|to_mend)[^\"]*\"|url\((?!#)|@import|<script")


def returned(home: Path, contract: SourceContract) -> Path:
    *_, folder = sorted((home / "reports" / "returns" / contract.institution / contract.id).iterdir())
    return folder


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.id)
def test_a_return_report_names_rows_by_the_institutions_own_keys(contract: SourceContract, sample_home: Path) -> None:
    sheet = CalamineWorkbook.from_path(returned(sample_home, contract) / "to_mend.xlsx").get_sheet_by_name("to mend 1")
    told = {row[2] for row in sheet.to_python()[1:]} - {""}
    key = next(column.name for column in contract.columns if column.field == "record_key")
    own = duckdb.sql(f"select \"{key}\" from '{sample_home}/lake/raw/{contract.id}/*.parquet'").fetchall()
    assert told <= {key for (key,) in own}


def test_every_page_is_whole_in_itself(sample_home: Path) -> None:
    pages = sorted((sample_home / "reports").rglob("*.html"))
    assert len(pages) >= 2 * len(CONTRACTS) + 1
    for page in pages:
        assert not FROM_ELSEWHERE.findall(page.read_text(encoding="utf-8")), page.name
        assert page.stat().st_mode & 0o777 == 0o600


def test_quality_reports_hold_no_name_of_a_person(sample_home: Path) -> None:
    names = duckdb.sql(f"""
        select distinct given_names || ' ' || surname_1 from '{sample_home}/lake/standard/*/records.parquet'
        where given_names is not null and surname_1 is not null
    """).fetchall()
    pages = sorted((sample_home / "reports").rglob("*.html"))
    text = "".join(page.read_text(encoding="utf-8") for page in pages)
    assert names
    assert not [name for (name,) in names if name in text]
