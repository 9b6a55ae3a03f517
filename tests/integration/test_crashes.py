"""Ten kills of the run worker, the daemon and the webserver under load; `make crashes` makes two hundred."""

import socket
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

from crashes import ROWS, attack


@pytest.mark.system
def test_nothing_is_lost_or_doubled_when_processes_are_killed(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    told = attack(tmp_path, kills=10, seed=20261125, port=port)
    assert told.faults == []
    assert told.killed == {"worker": 4, "daemon": 3, "webserver": 3}
    assert told.queries > 10
    assert told.matched > ROWS / 2, "the homes are compared by persons whom both institutions know"
