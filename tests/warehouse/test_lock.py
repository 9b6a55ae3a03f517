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
            "with only_run(Settings.from_environment()):\n    print('held', flush=True)\n    time.sleep(60)",
        ],
        stdout=subprocess.PIPE,
        env=settings.as_environment(),
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    holder.kill()
    holder.wait()
    started = time.monotonic()
    with only_run(settings):
        assert time.monotonic() - started < 5
