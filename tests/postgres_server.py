"""A real PostgreSQL server for tests: started on a socket of its own in a folder of its own, stopped after."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROGRAMS = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), None)
"""Where the newest server's programs lie; None on a machine without a server."""


@contextmanager
def postgres_server() -> Iterator[str]:
    """The connection string of a server; its account may do everything."""
    assert PROGRAMS is not None
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))  # a socket's path may have no more than 107 characters
    account = "postgres" if os.geteuid() == 0 else None  # the server refuses to run as root
    if account:
        shutil.chown(folder, account)

    def run(program: str, *words: str) -> None:
        subprocess.run(
            [PROGRAMS / program, *words], user=account, cwd=folder, check=True, capture_output=True, timeout=120
        )

    try:
        run("initdb", "-D", "data", "-U", "padron", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8")
        options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off"
        run("pg_ctl", "-D", "data", "-o", options, "-l", "log", "-w", "start")
        yield f"host={folder} user=padron dbname=postgres"
    finally:
        if (folder / "data" / "postmaster.pid").exists():
            run("pg_ctl", "-D", "data", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)
