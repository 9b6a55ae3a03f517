"""The runbook holds: its commands are run in order, in one folder, and each ends well."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from installed import PADRON

pytestmark = pytest.mark.live

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "operating.md"
BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)
PICTURE = re.compile(r"!\[[^]]+\]\(([^)]+)\)")
LINK = re.compile(r"(?<!!)\[[^]]+\]\(([^)#]+)\)")
SETTINGS = re.compile("^(PADRON|DAGSTER)_")


def commands(text: str) -> list[str]:
    return [line for block in BLOCK.findall(text) for line in block.splitlines()]


def test_the_commands_can_be_followed(tmp_path: Path) -> None:
    lines = commands(DOCUMENT.read_text(encoding="utf-8"))
    assert len(lines) > 25
    assert all(line.startswith(("padron ", "sudo ")) for line in lines)
    around = {name: value for name, value in os.environ.items() if not SETTINGS.match(name)}
    around["PATH"] = f"{PADRON.parent}:{around['PATH']}"
    for line in lines:
        if line.startswith("padron "):
            done = subprocess.run(
                line, shell=True, cwd=tmp_path, env=around, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, f"{line}\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
    assert (tmp_path / "restored" / "current" / "registry.duckdb").exists()


def test_what_is_installed_is_there() -> None:
    lines = [line for line in commands(DOCUMENT.read_text(encoding="utf-8")) if line.startswith("sudo ")]
    named = {word for line in lines for word in re.findall(r"/opt/padron/(docs/\S+)", line)}
    assert named
    assert all(list(ROOT.glob(word)) for word in named)


def test_pictures_and_pages_are_there() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    pictures = {DOCUMENT.parent / name for name in PICTURE.findall(text)}
    assert pictures == set((DOCUMENT.parent / "operating").iterdir()), "a picture is missing, or shown nowhere"
    assert all((DOCUMENT.parent / name).exists() for name in LINK.findall(text))
