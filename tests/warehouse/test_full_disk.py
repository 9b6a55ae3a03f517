"""On a disk that is really full the current release stays, and the next run is right."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).with_name("full_disk_publisher.py")
IN_MEMORY = 'mount -t tmpfs -o size=48m none "$1" && shift && exec "$@"'


def with_a_small_disk(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run `command` where `folder` is a file system of 48 MiB that nobody else sees and that goes with the process."""
    return subprocess.run(
        ["unshare", "--mount", "sh", "-c", IN_MEMORY, "sh", folder, *command],
        check=False,
        capture_output=True,
        text=True,
    )


def test_a_full_disk_leaves_one_whole_release(tmp_path: Path) -> None:
    if with_a_small_disk(tmp_path, "true").returncode:
        pytest.skip("this account may not mount a file system; the limit on file sizes is tested all the same")
    done = with_a_small_disk(tmp_path, sys.executable, str(PROGRAM), str(tmp_path))
    assert done.returncode == 0, done.stderr
    outcomes = json.loads(done.stdout)
    assert [found[1:] for found in outcomes[:2]] == [["told", "old", "right"]] * 2
    assert outcomes[-1][1:] == ["published", "new", "right"]
    for room, ended, then, after in outcomes:
        assert (ended, then) in {("told", "old"), ("published", "new")}, room
        assert after == "right", room
