import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
import typer
from linked_home import NAMES, make_linked_home
from typer.testing import CliRunner, Result

from linkage.explanation.figures import Bar
from pipelines.commands.explaining import COLUMNS_OF_BAR, drawn_bars
from pipelines.commands.reviewing import explain
from warehouse.layout import Layout
from warehouse.storage import read_rows
from warehouse.tables import REVIEW_QUEUE, SPINE

app = typer.Typer()
app.command(epilog="Example: padron explain")(explain)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_linked_home(tmp_path_factory.mktemp("explained") / "home").home


@pytest.fixture(scope="module")
def pair(home: Path) -> tuple[str, str]:
    row = read_rows(REVIEW_QUEUE, Layout(home).linkage(REVIEW_QUEUE))[-1]
    return row["record_id_l"], row["record_id_r"]


def padron_explain(home: Path, *words: str) -> Result:
    return CliRunner().invoke(app, [*words, "--home", str(home)], env={"COLUMNS": "160"})


def test_two_records_are_explained_without_their_values(home: Path, pair: tuple[str, str]) -> None:
    result = padron_explain(home, *pair)
    assert result.exit_code == 0, result.output
    for told in ("before comparing", "given", "surnames", "match weight", "Likely kinds of pair", "Proposed by"):
        assert told in result.output
    assert not [name for name in (*NAMES, "PONCE", "1980") if name in result.output]


def test_values_are_shown_when_they_are_asked_for(home: Path, pair: tuple[str, str]) -> None:
    result = padron_explain(home, *pair, "--values")
    assert "=ZZYXA QUORBA PONCE" in result.output
    assert "identify people" in result.output


@pytest.mark.parametrize("ending", ["svg", "html"])
def test_the_drawing_is_private_and_whole(home: Path, pair: tuple[str, str], tmp_path: Path, ending: str) -> None:
    out = tmp_path / f"pair.{ending}"
    result = padron_explain(home, *pair, "--out", str(out))
    assert result.exit_code == 0, result.output
    drawing = out.read_text(encoding="utf-8")
    assert "match weight" in drawing
    assert not [name for name in NAMES if name in drawing]
    assert out.stat().st_mode & 0o777 == 0o600
    if ending == "svg":
        ET.fromstring(drawing)


def test_a_person_is_explained_by_id_or_by_a_record(home: Path) -> None:
    spine = read_rows(SPINE, Layout(home).linkage(SPINE))
    people = [row["entity_id"] for row in spine]
    row = next(row for row in spine if people.count(row["entity_id"]) == 2)
    named = [padron_explain(home, name) for name in (row["entity_id"], f"{row['source']}:{row['record_key']}")]
    assert named[0].exit_code == 0, named[0].output
    assert named[0].output == named[1].output
    assert row["entity_id"] in named[0].output
    assert row["record_id"] in named[0].output


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["roll:nobody"], "No person and no record"),
        (["roll:nobody", "roll:noone"], "not among those linked last"),
        (["a", "b", "c"], "two records, or one person"),
        (["a", "b", "--out", "drawing.png"], ".svg or .html"),
    ],
)
def test_what_cannot_be_explained_is_told(home: Path, words: list[str], told: str) -> None:
    result = padron_explain(home, *words)
    assert result.exit_code == 1
    assert told in " ".join(result.output.split())
    assert "nobody" not in result.output


def test_one_record_twice_is_told(home: Path, pair: tuple[str, str]) -> None:
    result = padron_explain(home, pair[0], pair[0])
    assert result.exit_code == 1
    assert "one record" in result.output


def test_before_the_first_linkage_the_remedy_is_told(tmp_path: Path) -> None:
    result = padron_explain(tmp_path / "none", "a", "b")
    assert result.exit_code == 1
    assert "padron build" in result.output


def test_bars_share_one_scale() -> None:
    bars = [Bar("", "", 0.0, -10.0, "prior"), Bar("", "", -10.0, 10.0, "for"), Bar("", "", 10.0, 10.0, "for")]
    down, up, none = (bar.plain for bar in drawn_bars(bars))
    assert down.strip() == "█" * 20
    assert up == "█" * (COLUMNS_OF_BAR - 1)
    assert none.strip() == ""
