"""A whole run that the machine refuses room: a clear error, the release of before, and a next run that is right."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from town import ROWS, Town

from warehouse.layout import Layout
from warehouse.manifest import damaged_files, read_manifest

pytestmark = pytest.mark.system  # builds whole registries

PROGRAM = Path(__file__).with_name("limited_run.py")
A_DISK = 'mount -t tmpfs -o size=1g none "$1" && shift && exec "$@"'


def with_a_disk(folder: Path, *command: object) -> subprocess.CompletedProcess[str]:
    """Run `command` where `folder` is a file system that nobody else sees and that goes with the process."""
    words = ["unshare", "--mount", "sh", "-c", A_DISK, "sh", folder, *command]
    return subprocess.run([str(word) for word in words], check=False, capture_output=True, text=True)


@pytest.mark.parametrize("room", [2_000, pytest.param(200, marks=pytest.mark.slow)], ids="{} KB left".format)
def test_a_disk_that_fills_up(built: Path, tmp_path: Path, room: int) -> None:
    if with_a_disk(tmp_path, "true").returncode:
        pytest.skip("this account may not mount a file system")
    done = with_a_disk(tmp_path, sys.executable, PROGRAM, built, tmp_path, room)
    assert done.returncode == 0, done.stderr
    refused, then = json.loads(done.stdout)
    assert refused["status"] == 1
    assert "Free disk space, then run again." in refused["output"]
    assert "Traceback" not in refused["output"]
    assert refused["same"]
    assert refused["whole"]
    assert then["status"] == 0, then["output"]
    assert then["new"]
    assert then["whole"]
    assert then["rows"] == 2 * ROWS - 1


def test_memory_that_does_not_suffice(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    town.write("b", town.lines("b")[:-1])
    before = town.release()
    monkeypatch.setenv("PADRON_MEMORY_LIMIT", "3MB")
    status, output = town.run()
    assert status == 1
    assert "Raise the limit" in output
    assert town.release() == before
    manifest, layout = read_manifest(Layout(town.home)), Layout(town.home)
    assert manifest is not None
    assert not damaged_files(manifest, layout.current)
    assert list(layout.scratch.iterdir()) == []
    monkeypatch.delenv("PADRON_MEMORY_LIMIT")
    assert town.run()[0] == 0
    assert town.release() != before
    assert town.ask("select count(*) from spine") == [(2 * ROWS - 1,)]
