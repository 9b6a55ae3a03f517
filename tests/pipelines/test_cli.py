import pytest
from typer.main import get_command
from typer.testing import CliRunner

from pipelines.cli import app
from warehouse.lock import only_run
from warehouse.settings import Settings

COMMANDS = get_command(app).commands  # type: ignore[attr-defined]
VERBS = sorted(
    (name, *verb)
    for name, command in COMMANDS.items()
    for verb in ([(verb,) for verb in command.commands] if hasattr(command, "commands") else [()])
)


def test_the_verbs_of_the_readme_are_there() -> None:
    assert {
        *("build", "evaluate", "explain", "link", "quarantine", "query", "report", "rollback", "sample", "status", "ui")
    } <= set(COMMANDS)


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_every_verb_has_help_with_an_example(verb: tuple[str, ...]) -> None:
    result = CliRunner().invoke(app, [*verb, "--help"])
    assert result.exit_code == 0
    assert f"Example: padron {' '.join(verb)}" in " ".join(result.output.split())


@pytest.mark.parametrize("verb", [["status"], ["query", "select 1"]])
def test_before_the_first_build_the_remedy_is_told(verb: list[str], tmp_path: object) -> None:
    result = CliRunner().invoke(app, [*verb, "--home", str(tmp_path)])
    assert result.exit_code == 1
    assert "padron build" in result.output


@pytest.mark.parametrize("verb", [["build"], ["erase", "s:1", "--why", "request 1", "--yes"]], ids=lambda verb: verb[0])
def test_a_second_run_in_one_home_is_told(verb: list[str], settings: Settings) -> None:
    with only_run(settings):
        result = CliRunner().invoke(app, [*verb, "--home", str(settings.home)])
    assert result.exit_code == 1
    assert "another run is working there" in " ".join(result.output.split())


def test_an_unusable_environment_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PADRON_THREADS", "many")
    result = CliRunner().invoke(app, ["status"])
    assert result.exit_code == 1
    assert "PADRON_THREADS" in result.output
