"""A real PostgreSQL server for tests: its own data folder, a free loopback port, gone when the tests are."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

SUPERUSER = "padron_test"
PASSWORD = "only-in-tests"
ITS_KIND = ("-A", "scram-sha-256", "-E", "UTF8", "--locale=C", "--no-sync")
QUICK = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c shared_buffers=32MB -c max_connections=20"


@dataclass(frozen=True)
class PostgresServer:
    """A running server; each test makes a database of its own with `database`."""

    host: str
    port: int

    def conninfo(self, database: str = "postgres") -> str:
        """The libpq connection string of a database, password and all."""
        return f"host={self.host} port={self.port} dbname={database} user={SUPERUSER} password={PASSWORD}"

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        """A connection that commits each statement."""
        return psycopg.connect(self.conninfo(database), autocommit=True)

    @contextmanager
    def database(self, name: str) -> Iterator[psycopg.Connection]:
        """An empty database `name`, dropped afterwards."""
        with self.connect() as server:
            server.execute(f'create database "{name}"')
            try:
                with self.connect(name) as connection:
                    yield connection
            finally:
                server.execute(f'drop database "{name}" with (force)')


@contextmanager
def running_server() -> Iterator[PostgresServer]:
    """Start a server and stop it afterwards. It asks for a password even on the loopback address."""
    programs, user = _programs(), _user()
    folder = Path(tempfile.mkdtemp(prefix="padron-postgres-"))
    try:
        password = folder / "password"
        password.write_text(PASSWORD, encoding="ascii")
        if user:
            for path in (folder, password):
                shutil.chown(path, user)
        data, port = folder / "data", _free_port()
        _run(
            [programs / "initdb", "-D", data, "-U", SUPERUSER, "--pwfile", password, *ITS_KIND],
            user,
        )
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} {QUICK}"
        _run([programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start"], user)
        try:
            yield PostgresServer("127.0.0.1", port)
        finally:
            _run([programs / "pg_ctl", "-D", data, "-m", "immediate", "stop"], user)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    """Where the server's programs lie; a test that needs them is left out on a machine without them, never in CI."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    found = debian[0] if debian else shutil.which("initdb")
    if not found:
        leave_out = pytest.fail if os.environ.get("CI") else pytest.skip
        leave_out("PostgreSQL's server programs are not here; install them (on Debian: apt-get install postgresql)")
    return Path(found).parent


def _user() -> str | None:
    """The account to run as: the server refuses to run as root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _run(command: list[str | Path], user: str | None) -> None:
    result = subprocess.run(
        [str(word) for word in command],
        user=user,
        group=pwd.getpwnam(user).pw_gid if user else None,
        extra_groups=[] if user else None,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if "start" not in command else subprocess.DEVNULL,
        stderr=subprocess.STDOUT if "start" not in command else subprocess.DEVNULL,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout or f"{command[0]} failed"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
