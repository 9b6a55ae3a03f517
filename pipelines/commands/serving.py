"""`padron webserver` and `padron daemon`: the lasting processes of an installation, as a service manager starts them.

Each verb becomes Dagster's own program, so that the service manager's signals reach that program itself. `padron ui`
has both at once, and the reports that the UI leads to, for as long as somebody looks.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from pipelines.commands.terminal import Home, JsonLogs, Landing, Sources, console, errors, settings_at, tell, told
from pipelines.instance import prepare_instance
from warehouse.errors import RegistryError, StorageError
from warehouse.settings import Settings

LOOPBACK = "127.0.0.1"
MODULE = ("-m", "pipelines.definitions")

MEND_CONTRACTS = (
    "Nothing runs before that is mended. Then load the contracts again: in the UI under Deployment, Reload; the daemon "
    "sees it within a minute."
)
OCCUPIED = (
    "another program answers there. If it is not `padron serve-metrics` of this home, set PADRON_REPORTS_URL to an "
    "address with a free port."
)


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


def ui(
    port: Annotated[int, typer.Option(help="The port on this machine's loopback address.")] = 3000,
    home: Home = None,
    sources: Sources = None,
    landing: Landing = None,
) -> None:
    """Start the Dagster UI and the daemon that runs schedules and sensors; end with Ctrl-C."""
    with told():
        settings = settings_at(home, sources, landing)
        environment = _environment(settings)
    _tell_of_contracts(settings)
    command = [sys.executable, "-m", "dagster", "dev", *MODULE, "-h", LOOPBACK, "-p", str(port)]
    with _reports(settings):
        console.print(f"The UI answers at http://{LOOPBACK}:{port}")
        status = subprocess.run(command, env=environment, check=False).returncode
    raise typer.Exit(status)


@contextmanager
def _reports(settings: Settings) -> Iterator[None]:
    """Answer where the UI's links to reports lead, if that is this machine; where another answers there, say so."""
    from pipelines.metrics_server import answering  # noqa: PLC0415 - what it needs takes a second to load

    address = urlsplit(settings.reports_url)
    with ExitStack() as stack:
        if address.hostname == LOOPBACK:
            try:
                server = stack.enter_context(answering(settings, address.port or 80))
                threading.Thread(target=server.serve_forever, daemon=True).start()
                stack.callback(server.shutdown)
            except StorageError:
                errors.print(f"{settings.reports_url}: {OCCUPIED}", soft_wrap=True)
        yield


def _logs(as_json: bool) -> tuple[str, ...]:
    return ("--log-format", "json") if as_json else ()


def _become(words: list[str], home: Path | None, sources: Path | None, landing: Path | None) -> None:
    """Replace this process by a program of Dagster's, in the environment that says where the installation lies."""
    with told():
        settings = settings_at(home, sources, landing)
        environment = _environment(settings)
    _tell_of_contracts(settings)
    sys.stdout.flush()
    os.execve(sys.executable, [sys.executable, "-m", "pipelines.program", *words], environment)


def _tell_of_contracts(settings: Settings) -> None:
    """Say which contracts cannot be used, and what to do, before Dagster says it among its traces."""
    from pipelines.checked_contracts import checked_catalogue  # noqa: PLC0415 - what it needs takes a second to load

    try:
        checked_catalogue(settings.sources)
    except RegistryError as error:
        tell(error)
        errors.print(MEND_CONTRACTS, soft_wrap=True)


def _environment(settings: Settings) -> dict[str, str]:
    return {**os.environ, **settings.as_environment(), "DAGSTER_HOME": prepare_instance(settings)}
