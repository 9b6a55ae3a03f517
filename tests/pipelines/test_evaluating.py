"""`padron evaluate`: tables in the terminal, and a report that needs nothing from elsewhere."""

import re
from pathlib import Path

import duckdb
import pytest
import typer
from linked_home import NAMES, make_linked_home
from typer.testing import CliRunner, Result

from linkage.places import Places
from pipelines.commands.evaluating import evaluate
from warehouse.layout import Layout
from warehouse.session import scan

app = typer.Typer()
app.command()(evaluate)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_linked_home(tmp_path_factory.mktemp("evaluated") / "home").home


@pytest.fixture(scope="module")
def truth(home: Path) -> Path:
    """Records of one key are one person in both sources."""
    file = home / "truth.csv"
    nodes = scan(Places.under(Layout(home)).nodes)
    duckdb.sql(f"copy (select source, record_key, record_key as person from {nodes}) to '{file}'")
    return file


def padron_evaluate(home: Path, *words: str) -> Result:
    return CliRunner().invoke(app, [*words, "--home", str(home)], env={"COLUMNS": "160"})


def test_a_truth_is_told_in_tables_and_drawn_in_a_report(home: Path, truth: Path, tmp_path: Path) -> None:
    out = tmp_path / "quality.html"
    result = padron_evaluate(home, "--truth", str(truth), "--out", str(out))
    assert result.exit_code == 0, result.output
    titles = ("Estimated without truth", "The whole", "By link threshold", "By blocking pass", "By pair of sources",
              "By sex", "By age", "By region", "Records with an identifier")  # fmt: skip
    page = out.read_text(encoding="utf-8")
    for title in titles:
        assert title in result.output
        assert title in page
    assert page.count("<svg") >= 5
    assert not re.search(r"(src|href)\s*=|url\(|<script|@import", page), "the report reaches for something elsewhere"
    assert out.stat().st_mode & 0o777 == 0o600
    assert not [name for name in (*NAMES, "key60") if name in page + result.output]


def test_without_a_truth_the_estimates_are_told(home: Path) -> None:
    result = padron_evaluate(home)
    assert result.exit_code == 0, result.output
    assert "No truth was given" in result.output
    assert "By blocking pass" not in result.output


@pytest.mark.parametrize(
    ("words", "told"),
    [(["--truth", "none.csv"], "cannot be read"), (["--out", "report.pdf"], ".html")],
)
def test_what_cannot_be_done_is_told(home: Path, words: list[str], told: str) -> None:
    result = padron_evaluate(home, *words)
    assert result.exit_code == 1
    assert told in " ".join(result.output.split())


def test_before_the_first_linkage_the_remedy_is_told(tmp_path: Path) -> None:
    result = padron_evaluate(tmp_path / "none")
    assert result.exit_code == 1
    assert "padron build" in result.output
