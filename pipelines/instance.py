"""Dagster's own storage, inside the home folder, with nothing reported to anyone."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from pipelines.event_log import make_connections_last
from warehouse.layout import PRIVATE_FILE, Layout, private_folder
from warehouse.settings import Settings

DAGSTER_YAML = """\
# Written by Padrón when the home folder was made; yours to change.
telemetry:
  enabled: false
nux:
  enabled: false
concurrency:
  pools:
    default_limit: 1
    granularity: run
  runs:
    max_concurrent_runs: 1
run_monitoring:
  enabled: true
"""


FOR_THE_OWNER_ALONE = 0o077


def prepare_instance(settings: Settings) -> str:
    """Make Dagster's home if it is not there yet; return its path.

    From then on whatever this process writes, and those that it starts, is for its owner alone: Dagster gives its logs
    and databases no rights of their own.
    """
    os.umask(FOR_THE_OWNER_ALONE)
    folder = private_folder(Layout(settings.home).dagster)
    configuration = folder / "dagster.yaml"
    if not configuration.exists():
        configuration.write_text(DAGSTER_YAML, encoding="utf-8")
        configuration.chmod(PRIVATE_FILE)
    return str(folder)


@contextmanager
def open_instance(settings: Settings) -> Iterator[dg.DagsterInstance]:
    """The Dagster instance of this installation."""
    make_connections_last()
    with dg.DagsterInstance.from_config(prepare_instance(settings)) as instance:
        yield instance
