"""Every setting of an installation, read from the environment in this one place."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path

from warehouse.errors import SettingsError

SAMPLE_SOURCES = Path(__file__).resolve().parents[1] / "sources" / "institutions"
MEMORY_PATTERN = re.compile(r"\d+(\.\d+)?\s*(KB|MB|GB|TB|KiB|MiB|GiB|TiB)")


@dataclass(frozen=True)
class Settings:
    """Where an installation lies and what it may use.

    `home` holds all that the pipeline writes; `sources` the folders of contracts; `landing` what
    institutions deliver. `memory_limit` and `threads` bound each DuckDB session. `seed` fixes every
    random choice. `keep_releases` is how many published releases stay. `model` is a linkage model file that is
    laid over the default one; `parameters` those of an earlier run, which freeze it; `truth` a file that says which
    person each record is, which the linkage is measured by and never sees. `key_file` holds the keys, where that is not
    the home. In what is published a count of fewer people than `small_cell` is withheld from aggregates, and birth
    years are told in bands of `birth_band` years by their first year. `reports_url` is where a browser finds the
    reports that the Dagster UI leads to: where `padron serve-metrics` answers, or the proxy before it. The daemon looks
    every `watch_seconds` for deliveries and for runs that were killed.
    """

    home: Path
    sources: Path
    landing: Path
    memory_limit: str = "6GB"
    threads: int = 2
    seed: int = 20141210
    keep_releases: int = 5
    model: Path | None = None
    key_file: Path | None = None
    small_cell: int = 10
    birth_band: int = 1
    parameters: Path | None = None
    truth: Path | None = None
    reports_url: str = "http://127.0.0.1:9464/reports"
    watch_seconds: int = 30

    def __post_init__(self) -> None:
        if any(mark in str(self.home) for mark in "*?["):
            raise SettingsError(f"{self.home}: a home may not hold *, ? or [, which DuckDB reads as patterns.")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Read `PADRON_HOME`, `PADRON_SOURCES`, `PADRON_LANDING` and the like; raise `SettingsError`."""
        home = Path(environment.get("PADRON_HOME", "var")).absolute()
        return cls(
            home=home,
            sources=Path(environment.get("PADRON_SOURCES", SAMPLE_SOURCES)).absolute(),
            landing=Path(environment.get("PADRON_LANDING", home / "landing")).absolute(),
            memory_limit=_memory(environment.get("PADRON_MEMORY_LIMIT", cls.memory_limit)),
            threads=_count("PADRON_THREADS", environment, cls.threads),
            seed=_count("PADRON_SEED", environment, cls.seed),
            keep_releases=_count("PADRON_KEEP_RELEASES", environment, cls.keep_releases),
            model=_file("PADRON_MODEL", environment),
            parameters=_file("PADRON_PARAMETERS", environment),
            truth=_file("PADRON_TRUTH", environment),
            key_file=_file("PADRON_KEY_FILE", environment),
            small_cell=_count("PADRON_SMALL_CELL", environment, cls.small_cell),
            birth_band=_count("PADRON_BIRTH_BAND", environment, cls.birth_band),
            watch_seconds=_count("PADRON_WATCH_SECONDS", environment, cls.watch_seconds),
            reports_url=_address(environment.get("PADRON_REPORTS_URL") or cls.reports_url),
        )

    def with_paths(self, *, home: Path | None, sources: Path | None, landing: Path | None) -> Settings:
        """The same settings at other places; a new home brings its own landing zone with it."""
        moved = self if home is None else replace(self, home=home.absolute(), landing=home.absolute() / "landing")
        return replace(
            moved,
            sources=moved.sources if sources is None else sources.absolute(),
            landing=moved.landing if landing is None else landing.absolute(),
        )

    def with_files(
        self, *, model: Path | None = None, parameters: Path | None = None, truth: Path | None = None
    ) -> Settings:
        """The same settings with other files; those that are None stay."""
        return replace(
            self,
            model=self.model if model is None else model.absolute(),
            parameters=self.parameters if parameters is None else parameters.absolute(),
            truth=self.truth if truth is None else truth.absolute(),
        )

    def as_environment(self) -> dict[str, str]:
        """The environment variables that make another process read the same settings."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {f"PADRON_{name.upper()}": "" if value is None else str(value) for name, value in values.items()}


def _memory(text: str) -> str:
    if not MEMORY_PATTERN.fullmatch(text.strip()):
        raise SettingsError("PADRON_MEMORY_LIMIT must be a number and a unit, such as 6GB or 512MiB.")
    return text.strip()


def _address(text: str) -> str:
    if not re.match(r"https?://[^/]", text):
        raise SettingsError("PADRON_REPORTS_URL must be an address such as https://registry.example/reports.")
    return text.rstrip("/")


def _file(name: str, environment: Mapping[str, str]) -> Path | None:
    text = environment.get(name, "")
    return Path(text).absolute() if text else None


def _count(name: str, environment: Mapping[str, str], default: int) -> int:
    text = environment.get(name, str(default))
    if not text.isdecimal() or int(text) < 1:
        raise SettingsError(f"{name} must be a whole number of at least 1.")
    return int(text)
