"""What every asset needs: the installation's settings, given to Dagster as a resource.

Belongs here: Dagster resources. Does not: any work done with them.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb

from pipelines.beginning import told_first
from pipelines.courtesy import give_way
from pipelines.event_log import make_connections_last
from pipelines.killed import report_killed
from pipelines.scrubbing import scrubbed
from pipelines.stamp import begin_run
from pipelines.steps import step
from warehouse.layout import Layout
from warehouse.lock import only_run
from warehouse.session import open_session
from warehouse.settings import Settings
from warehouse.state_version import upgrade_state

FILES = ("model", "key_file", "parameters", "truth")
"""Settings that may name no file; a resource has an empty text for them."""


class Installation(dg.ConfigurableResource):
    """One installation of Padrón: its folders and its limits.

    A run that uses it holds it alone, from its first step to its last; it waits `patience_seconds` for another one. It
    gives way to whoever queries meanwhile.
    """

    home: str
    sources: str
    landing: str
    memory_limit: str
    threads: int
    seed: int
    keep_releases: int
    model: str = ""
    key_file: str = ""
    small_cell: int
    birth_band: int
    parameters: str = ""
    truth: str = ""
    reports_url: str
    watch_seconds: int = 30
    patience_seconds: float = 0.0

    @classmethod
    def of(cls, settings: Settings, patience_seconds: float = 0.0) -> "Installation":
        """The resource that carries `settings`."""
        paths = {name: str(getattr(settings, name)) for name in ("home", "sources", "landing")}
        counts = ("memory_limit", "threads", "seed", "keep_releases", "small_cell", "birth_band", "watch_seconds")
        bounds = {name: getattr(settings, name) for name in counts}
        files = {name: str(getattr(settings, name) or "") for name in FILES}
        rest = {"reports_url": settings.reports_url, "patience_seconds": patience_seconds}
        return cls.model_validate(paths | bounds | files | rest)

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["Installation"]:
        """The installation, held by this run where there is one: sensors and schedules only look at it."""
        run = context.run
        if run is None:
            yield self
            return
        give_way()
        make_connections_last()
        with ExitStack() as held:
            with told_first(), scrubbed("beginning of the run"):
                killed = held.enter_context(only_run(self.settings, self.patience_seconds, run.run_id))
                report_killed(context.instance, killed)
                upgrade_state(self.settings)
                begin_run(self.settings, run.run_id, run.job_name)
            yield self

    @property
    def settings(self) -> Settings:
        """The settings as the other packages take them."""
        files: dict[str, Any] = {name: Path(path) for name in FILES if (path := getattr(self, name))}
        return Settings(
            home=Path(self.home),
            sources=Path(self.sources),
            landing=Path(self.landing),
            memory_limit=self.memory_limit,
            threads=self.threads,
            seed=self.seed,
            keep_releases=self.keep_releases,
            small_cell=self.small_cell,
            birth_band=self.birth_band,
            reports_url=self.reports_url,
            watch_seconds=self.watch_seconds,
            **files,
        )

    @property
    def layout(self) -> Layout:
        """Where this installation's files lie."""
        return Layout(Path(self.home))

    @contextmanager
    def session(self, name: str) -> Iterator[duckdb.DuckDBPyConnection]:
        """A DuckDB session for what is called `name`, whose unexpected errors are told without any person's value."""
        with scrubbed(name), open_session(self.settings) as connection:
            yield connection

    @contextmanager
    def step(self, name: str) -> Iterator[duckdb.DuckDBPyConnection]:
        """A session for one step of a run, whose failure the UI tells by its reason."""
        with step(name), open_session(self.settings) as connection:
            yield connection
