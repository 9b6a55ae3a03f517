"""A case of the sample, opened by whoever holds the vault's key: audited, and never of the blocked or the erased."""

import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from warehouse.audit_log import read_audit
from warehouse.layout import Layout
from warehouse.privacy.keyring import ANALYSTS, open_keyring
from warehouse.privacy.pseudonyms import pseudonym
from warehouse.release.database import read_only
from warehouse.settings import SAMPLE_SOURCES, Settings


@pytest.fixture(scope="module")
def home(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy whose audit log and rights may be written to."""
    copy = tmp_path_factory.mktemp("case") / "var"
    shutil.copytree(sample_home, copy, symlinks=True, ignore=shutil.ignore_patterns("dagster", "scratch", "reports"))
    return copy


@pytest.fixture(scope="module")
def child(home: Path) -> str:
    """A child with a step to take, by the name that analysts know."""
    with read_only(Layout(home)) as connection:
        ((entity_id,),) = connection.sql("""
            select entity_id from case_rows join persons using (entity_id)
            where birth_year between 2010 and 2018 group by entity_id
            order by count(*) filter (section = 'next step') desc, count(distinct section) desc, entity_id limit 1
        """).fetchall()
    return str(entity_id)


def opened(home: Path, *words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, [*words, "--home", str(home), "--sources", str(SAMPLE_SOURCES)])
    return result.exit_code, " ".join(result.output.split())


def test_a_case_shows_every_sector_and_is_audited(home: Path, child: str, tmp_path: Path) -> None:
    page = tmp_path / "case.html"
    status, told = opened(home, "case", child, "--why", "visit 7")
    assert status == 0, told
    for title in ("Next steps", "Guarantees", "Co-responsibilities", "Programmes", "Services", "Household"):
        assert title in told
    assert opened(home, "case", child, "--why", "visit 8", "--out", str(page))[0] == 0
    assert "Next steps" in page.read_text(encoding="utf-8")
    entries = read_audit(Layout(home))[-4:]
    assert [entry.action for entry in entries] == ["vault.opened", "case.opened"] * 2
    assert entries[1].facts == {"person": child, "reason": "visit 7"}


def test_a_case_by_a_record_is_the_same_case(home: Path, child: str) -> None:
    settings = Settings(home, SAMPLE_SOURCES, home / "landing")
    key = open_keyring(settings).current(ANALYSTS)
    spine = pq.read_table(home / "lake" / "linkage" / "spine.parquet").to_pylist()
    row = next(row for row in spine if pseudonym(key, str(row["entity_id"])) == child)
    told = opened(home, "case", f"{row['source']}:{row['record_key']}", "--why", "visit 9")[1]
    assert child in told


@pytest.mark.parametrize(("verb", "says"), [("block", "is blocked"), ("erase", "has been erased")])
def test_no_case_is_opened_of_whom_it_must_not(home: Path, child: str, verb: str, says: str) -> None:
    assert opened(home, verb, child, "--why", "request 1", *(["--yes"] if verb == "erase" else []))[0] == 0
    status, told = opened(home, "case", child, "--why", "visit 10")
    assert status == 1
    assert says in told
    assert read_audit(Layout(home))[-1].action != "case.opened"
    opened(home, "unblock", child, "--why", "request 1 was settled")
