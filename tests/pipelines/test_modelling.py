import json
from pathlib import Path

import pytest
from linked_home import NAMES, make_linked_home
from typer.testing import CliRunner, Result

from linkage.model.parameters import FREQUENCIES, FrozenModel, Parameters
from pipelines.cli import app


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_linked_home(tmp_path_factory.mktemp("modelled") / "home").home


def export(home: Path, out: Path, *more: str) -> Result:
    return CliRunner().invoke(app, ["model", "export", "--splink", str(out), "--home", str(home), *more])


def test_the_settings_are_private_and_hold_no_person(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "splink.json"
    result = export(home, out)
    assert result.exit_code == 0, result.output
    settings = json.loads(out.read_text(encoding="utf-8"))
    assert [each["output_column_name"] for each in settings["comparisons"]][:2] == ["given", "surnames"]
    assert out.stat().st_mode & 0o777 == 0o600
    assert not [name for name in NAMES if name in out.read_text(encoding="utf-8") + result.output]


def test_the_trained_model_is_kept(home: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["model", "freeze", str(tmp_path / "kept"), "--home", str(home)])
    assert result.exit_code == 0, result.output
    kept = tmp_path / "kept" / "linkage_parameters.json"
    assert str(kept) in result.output.replace("\n", "")
    assert FrozenModel.read(kept) == FrozenModel(Parameters.read(kept), kept.parent / FREQUENCIES)
    files = [path for path in kept.parent.rglob("*") if path.is_file()]
    assert len(files) == 2
    assert not [name for name in NAMES for path in files if name.encode() in path.read_bytes()]


def test_nothing_trained_is_kept(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["model", "freeze", str(tmp_path / "kept"), "--home", str(tmp_path / "empty")])
    assert result.exit_code == 1
    assert "parameters cannot be read" in result.output


def test_what_splink_cannot_express_is_told(home: Path, tmp_path: Path) -> None:
    output = export(home, tmp_path / "splink.json").output
    assert "families: Splink knows two kinds of pair" in output
    assert "features.parquet" in output


def test_nothing_linked_yet(tmp_path: Path) -> None:
    result = export(tmp_path / "empty", tmp_path / "splink.json")
    assert result.exit_code == 1
    assert "is not there yet. Run `padron build` first" in result.output
    assert not (tmp_path / "splink.json").exists()


def test_another_model_than_the_trained_one_is_refused(home: Path, tmp_path: Path) -> None:
    (tmp_path / "model.yaml").write_text(
        "comparisons: [{name: year, known: [birth_year], levels: ["
        "{name: same, when: {equal: [birth_year]}}, {name: other}]}]"
    )
    result = export(home, tmp_path / "splink.json", "--model", str(tmp_path / "model.yaml"))
    assert result.exit_code == 1
    assert "not those that the parameters were trained on" in result.output


def test_a_fault_of_the_model_file_is_told(home: Path, tmp_path: Path) -> None:
    (tmp_path / "model.yaml").write_text("engine: abacus\n")
    result = export(home, tmp_path / "splink.json", "--model", str(tmp_path / "model.yaml"))
    assert result.exit_code == 1
    assert "engine: Input should be 'sql' or 'recordlinkage'" in result.output


def test_a_model_file_is_checked_and_shown(tmp_path: Path) -> None:
    file = tmp_path / "model.yaml"
    file.write_text("version: '7'\nthresholds: {link: 3}\nwithout: {comparisons: [phone]}\n", encoding="utf-8")
    checked = CliRunner().invoke(app, ["model", "check", str(file)])
    assert checked.exit_code == 0, checked.output
    assert "no fault" in checked.output
    assert "version 7" in checked.output
    shown = CliRunner().invoke(app, ["model", "show", "--model", str(file)])
    assert "links from +3 bits" in " ".join(shown.output.split())
    assert "birth_date" in shown.output
    file.write_text("colour: blue\nthresholds: {link: 1, review: 2}\n", encoding="utf-8")
    faulty = CliRunner().invoke(app, ["model", "check", str(file)])
    assert faulty.exit_code == 1
    assert "2 faults" in faulty.output
