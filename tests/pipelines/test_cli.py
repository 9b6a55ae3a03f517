import pytest
from typer.main import get_command
from typer.testing import CliRunner

from pipelines.cli import app

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


def test_an_unusable_environment_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PADRON_THREADS", "many")
    result = CliRunner().invoke(app, ["status"])
    assert result.exit_code == 1
    assert "PADRON_THREADS" in result.output
