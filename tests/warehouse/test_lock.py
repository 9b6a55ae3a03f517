import subprocess
import sys
import time

import pytest

from warehouse.errors import StorageError
from warehouse.lock import only_run
from warehouse.settings import Settings


def test_a_second_run_is_told(settings: Settings) -> None:
    with only_run(settings), pytest.raises(StorageError, match="another run"), only_run(settings):
        pass


def test_the_lock_goes_with_a_killed_run(settings: Settings) -> None:
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import time\nfrom warehouse.lock import only_run\nfrom warehouse.settings import Settings\n"
            "with only_run(Settings.from_environment(), run_id='killed-run'):\n"
            "    print('held', flush=True)\n    time.sleep(60)",
        ],
        stdout=subprocess.PIPE,
        env=settings.as_environment(),
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    holder.kill()
    holder.wait()
    started = time.monotonic()
    with only_run(settings) as killed:
        assert time.monotonic() - started < 5
        assert killed == "killed-run"
    with only_run(settings) as killed:
        assert killed == "", "it is told once"


def test_a_run_that_ends_by_itself_leaves_nothing_in_the_lock(settings: Settings) -> None:
    with pytest.raises(ValueError, match="fails"), only_run(settings, run_id="failed-run"):
        raise ValueError("it fails")
    with only_run(settings) as killed:
        assert killed == ""


def test_one_that_waits_takes_nothing_from_the_one_that_works(settings: Settings) -> None:
    with only_run(settings, run_id="working"), pytest.raises(StorageError), only_run(settings, 0.1, "waiting"):
        pass
    with only_run(settings, run_id="next") as killed:
        assert killed == ""
