"""Ten kills of the run worker, the daemon and the webserver under load; `make crashes` makes two hundred."""

import socket
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

from crashes import attack


@pytest.mark.live
def test_nothing_is_lost_or_doubled_when_processes_are_killed(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    told = attack(tmp_path, kills=10, seed=20261125, port=port)
    assert told.faults == []
    assert told.killed.total() == 10
    assert {"worker", "daemon", "webserver"} <= told.killed.keys()
    assert told.queries > 10
