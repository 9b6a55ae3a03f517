"""An installation's lasting processes, as a service manager starts them: web server, daemon, metrics and reports."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PADRON = Path(sys.executable).with_name("padron")
PATIENCE_SECONDS = 600.0
"""How long a process may take to start or to end, on a machine that others use too."""


def free_port() -> int:
    """A port of the loopback address that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def started(*words: str, log: Path, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """The process `padron *words`, with all it prints in `log`; asked to end by its pid afterwards."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            [PADRON, *words], env={**os.environ, **environment}, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise


def wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Return once `address` answers; fail with the log's end when the process has ended or time is up."""
    until = time.monotonic() + PATIENCE_SECONDS
    while process.poll() is None and time.monotonic() < until:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    raise AssertionError(f"nothing answers at {address}\n{log.read_text(errors='replace')[-3000:]}")


@contextmanager
def running(home: Path, landing: Path, folder: Path, **environment: str) -> Iterator[str]:
    """Web server, daemon and reports of `home`; yields the address of the UI."""
    port, reports = free_port(), free_port()
    places = ("--home", str(home), "--landing", str(landing))
    served, driven, told = (folder / f"{name}.log" for name in ("webserver", "daemon", "reports"))
    environment["PADRON_REPORTS_URL"] = f"http://127.0.0.1:{reports}/reports"
    with (
        started("webserver", "--port", str(port), *places, log=served, **environment) as webserver,
        started("daemon", *places, log=driven, **environment) as daemon,
        started("serve-metrics", "--port", str(reports), "--home", str(home), log=told, **environment),
    ):
        address = f"http://127.0.0.1:{port}"
        wait_for(f"{address}/server_info", webserver, served)
        yield address
        assert daemon.poll() is None, driven.read_text(errors="replace")[-3000:]
