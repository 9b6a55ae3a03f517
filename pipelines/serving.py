"""`padron webserver` and `padron daemon`: the lasting processes of an installation, as a service manager starts them.

Each verb becomes Dagster's own program, so that the service manager's signals reach that program itself.
"""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from pipelines.instance import prepare_instance
from pipelines.terminal import Home, Landing, Sources, settings_at, told

LOOPBACK = "127.0.0.1"
MODULE = ("-m", "pipelines.definitions")

JsonLogs = Annotated[bool, typer.Option("--json-logs", help="Log one JSON object a line.")]


def webserver(
    port: Annotated[int, typer.Option(help="The port to answer at.")] = 3000,
    host: Annotated[str, typer.Option(help="The address to answer at; anybody who reaches it is let in.")] = LOOPBACK,
    json_logs: JsonLogs = False,
    home: Home = None,
    sources: Sources = None,
    landing: Landing = None,
) -> None:
    """Serve the Dagster UI, to this machine alone unless told otherwise."""
    words = ["dagster_webserver", *MODULE, "--host", host, "--port", str(port), *_logs(json_logs)]
    _become(words, home, sources, landing)


def daemon(json_logs: JsonLogs = False, home: Home = None, sources: Sources = None, landing: Landing = None) -> None:
    """Run what is due: schedules, sensors, and the queue of runs."""
    _become(["dagster._daemon", "run", *MODULE, *_logs(json_logs)], home, sources, landing)


def _logs(as_json: bool) -> tuple[str, ...]:
    return ("--log-format", "json") if as_json else ()


def _become(words: list[str], home: Path | None, sources: Path | None, landing: Path | None) -> None:
    """Replace this process by a program of Dagster's, in the environment that says where the installation lies."""
    with told():
        settings = settings_at(home, sources, landing)
        dagster_home = prepare_instance(settings)
    environment = {**os.environ, **settings.as_environment(), "DAGSTER_HOME": dagster_home}
    sys.stdout.flush()
    os.execve(sys.executable, [sys.executable, "-m", *words], environment)
