"""What keeps runs from beginning is what a person reads first: in the terminal, and in the UI by Dagster's error."""

import os
import shutil
from pathlib import Path

import pytest
from dagster._core.errors import DagsterUserCodeLoadError, user_code_error_boundary
from dagster._utils.error import serializable_error_info_from_exc_info
from typer.testing import CliRunner

from pipelines.beginning import NotBegunError
from pipelines.cli import app
from pipelines.commands.serving import MEND_CONTRACTS
from pipelines.definitions import defs

CONTRACTS = Path(__file__).parents[1] / "integration" / "febrl"


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """Two contracts, one of which names a role that there is not."""
    folder = tmp_path / "contracts"
    shutil.copytree(CONTRACTS, folder)
    contract = folder / "a" / "contract.yaml"
    contract.write_text(contract.read_text().replace("role, value: persons", "role, value: people"))
    return folder


@pytest.mark.parametrize("verb", ["daemon", "webserver"])
def test_faulty_contracts_are_told_before_the_program_begins(
    verb: str, sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[list[str]] = []
    monkeypatch.setattr(os, "execve", lambda _program, words, _environment: begun.append(words))
    faulty = CliRunner().invoke(app, [verb, "--home", str(tmp_path / "home"), "--sources", str(sources)])
    assert faulty.stderr.startswith("error "), faulty.stderr
    first, second, *rest = faulty.stderr.splitlines()
    assert "1 fault" in first or "2 faults" in first
    assert "a/contract.yaml" in second
    assert "role" in second
    assert " ".join(" ".join(rest).split()).endswith(MEND_CONTRACTS)
    assert len(begun) == 1, "the UI shows what was published before, and takes mended contracts in"

    sound = CliRunner().invoke(app, [verb, "--home", str(tmp_path / "home"), "--sources", str(CONTRACTS)])
    assert sound.stderr == ""
    assert len(begun) == 2


NAMED: list[tuple[str, str, str]] = [
    ("PADRON_THREADS", "many", "PADRON_THREADS must be a whole number of at least 1."),
    ("PADRON_MEMORY_LIMIT", "much", "PADRON_MEMORY_LIMIT must be a number and a unit, such as 6GB or 512MiB."),
    ("PADRON_SOURCES", "{sources}", "a/contract.yaml"),
    ("PADRON_SOURCES", "{empty}", "no contract"),
]


@pytest.mark.parametrize(("name", "value", "told"), NAMED)
def test_the_ui_reads_the_cause_first(
    name: str, value: str, told: str, sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.setenv("PADRON_HOME", str(tmp_path / "home"))
    monkeypatch.setenv(name, value.format(sources=sources, empty=tmp_path / "empty"))
    with (
        pytest.raises(NotBegunError) as caught,
        user_code_error_boundary(DagsterUserCodeLoadError, lambda: "Error occurred during the loading"),
    ):
        defs()
    shown = serializable_error_info_from_exc_info((caught.type, caught.value, caught.tb))
    assert shown.message.startswith("pipelines.beginning.NotBegunError: ")
    assert told in shown.message
    assert shown.cls_name == "NotBegunError"
