import csv
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import typer
from linked_home import NAMES, make_linked_home
from typer.testing import CliRunner, Result

from linkage.review.judgements import judgements_path, read_judgements, standing
from pipelines.commands.reviewing import review_app
from warehouse.layout import Layout

app = typer.Typer()
app.add_typer(review_app)


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_linked_home(tmp_path_factory.mktemp("linked") / "home").home


@pytest.fixture
def home(linked: Path) -> Path:
    judgements_path(Layout(linked)).unlink(missing_ok=True)
    return linked


def padron(home: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["review", *words, "--home", str(home)])


def said(home: Path) -> list[str]:
    return [each.judgement for each in standing(read_judgements(judgements_path(Layout(home)))).values()]


def fill_csv(path: Path, *words: str) -> None:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    for row, word in zip(rows, words, strict=False):
        row |= {"judgement": word, "why": "the same photograph"}
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def fill_xlsx(path: Path, *words: str) -> None:
    workbook = openpyxl.load_workbook(path)
    for row, word in enumerate(words, start=2):
        workbook.active.cell(row, 2).value = word
    workbook.save(path)


def fill_annotation(path: Path, *words: str) -> None:
    document = json.loads(path.read_text())
    for pair, word in zip(document["pairs"], words, strict=False):
        pair["label"] = {"match": 1, "non_match": 0}[word]
    path.write_text(json.dumps(document))


@pytest.mark.parametrize(("ending", "fill"), [("csv", fill_csv), ("xlsx", fill_xlsx), ("json", fill_annotation)])
def test_pairs_go_out_and_their_judgements_come_in(home: Path, tmp_path: Path, ending: str, fill: Any) -> None:
    file = tmp_path / f"pairs.{ending}"
    out = padron(home, "export", "--out", str(file))
    assert out.exit_code == 0, out.output
    assert "2 of the 2 pairs" in " ".join(out.output.split())
    assert file.stat().st_mode & 0o777 == 0o600
    fill(file, "match", "non_match")
    back = padron(home, "import", str(file), "--who", "desk 4")
    assert back.exit_code == 0, back.output
    assert "1 match, 1 non_match, 0 unsure; 0 left open" in " ".join(back.output.split())
    assert sorted(said(home)) == ["match", "non_match"]
    entries = read_judgements(judgements_path(Layout(home)))
    assert {entry.who for entry in entries} == {"desk 4"}
    assert judgements_path(Layout(home)).stat().st_mode & 0o777 == 0o600
    again = padron(home, "export", "--out", str(file))
    assert "0 of the 0 pairs that wait" in " ".join(again.output.split())
    assert "2 of the queue are judged already" in " ".join(again.output.split())
    assert not [name for name in NAMES if name in out.output + back.output + again.output]


def test_the_form_can_be_named_and_the_limit_set(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "pairs.txt"
    result = padron(home, "export", "--out", str(file), "--format", "csv", "--limit", "1")
    assert "1 of the 2 pairs" in " ".join(result.output.split())
    with file.open(encoding="utf-8-sig", newline="") as opened:
        (row,) = csv.DictReader(opened)
    assert {row["name_l"], row["name_r"]} == {"ZZYXA QUORBA", "'=ZZYXA QUORBA PONCE"}


def test_an_unknown_ending_is_told(home: Path, tmp_path: Path) -> None:
    result = padron(home, "export", "--out", str(tmp_path / "pairs.doc"))
    assert result.exit_code == 1
    assert ".csv, .xlsx, .json" in result.output


def test_nothing_is_taken_in_while_anything_is_at_fault(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "pairs.csv"
    padron(home, "export", "--out", str(file))
    fill_csv(file, "match", "perhaps")
    with file.open("a") as opened:
        opened.write(file.read_text().splitlines()[1].replace("match", "non_match") + "\n")
    result = padron(home, "import", str(file), "--who", "desk 4")
    assert result.exit_code == 1
    assert "line 3" in result.output
    assert "line 4" in result.output
    assert "perhaps" not in result.output
    assert not judgements_path(Layout(home)).exists()


def test_a_judgement_is_withdrawn_by_any_name_of_its_records(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "pairs.csv"
    padron(home, "export", "--out", str(file), "--limit", "1")
    fill_csv(file, "match")
    padron(home, "import", str(file), "--who", "desk 4")
    (judged,) = standing(read_judgements(judgements_path(Layout(home)))).values()
    one, other = (record_id.rsplit("-", 1)[0] + ":key60" for record_id in judged.pair)
    result = padron(home, "withdraw", other, one, "--who", "desk 1", "--why", "wrong photograph")
    assert result.exit_code == 0, result.output
    assert said(home) == []
    assert [entry.judgement for entry in read_judgements(judgements_path(Layout(home)))] == ["match", "withdrawn"]
    again = padron(home, "withdraw", *judged.pair, "--who", "desk 1", "--why", "wrong photograph")
    assert again.exit_code == 1
    assert "none to withdraw" in again.output


def test_before_the_first_linkage_the_remedy_is_told(tmp_path: Path) -> None:
    (tmp_path / "pairs.csv").write_text("record_id_l,record_id_r,judgement,why\na,b,match,\n")
    for words in (
        ("export", "--out", str(tmp_path / "out.csv")),
        ("import", str(tmp_path / "pairs.csv"), "--who", "desk"),
        ("withdraw", "a", "b", "--who", "desk", "--why", "none"),
    ):
        result = padron(tmp_path / "home", *words)
        assert result.exit_code == 1
        assert "padron" in result.output


@pytest.mark.parametrize("verb", ["export", "import", "withdraw"])
def test_every_verb_has_help_with_an_example(verb: str) -> None:
    result = CliRunner().invoke(app, ["review", verb, "--help"])
    assert f"Example: padron review {verb}" in " ".join(result.output.split())
