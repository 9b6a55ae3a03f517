"""The whole linkage, stage after stage, from standardised records to the spine."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import duckdb

from linkage.clusters.clustering import ClusterReport
from linkage.model.declaration import Model
from linkage.model.parameters import FrozenModel, Parameters
from linkage.pairs.blocking import BlockingReport
from linkage.places import Places
from linkage.stages import STAGES, FeatureReport
from linkage.task import Task


@dataclass(frozen=True)
class LinkReport:
    """What one linkage did: numbers of rows, the work of each pass, and seconds by stage."""

    counts: FeatureReport
    blocking: BlockingReport
    parameters: Parameters
    edges: int
    clustering: ClusterReport
    events: dict[str, int]
    links: int
    to_review: int
    seconds: dict[str, float]


def link(
    connection: duckdb.DuckDBPyConnection,
    records: str,
    identifiers: str,
    places: Places,
    model: Model,
    *,
    seed: int,
    duplicate_free: Sequence[str] = (),
    judgements: str | None = None,
    frozen: FrozenModel | None = None,
    rebuild: bool = True,
    take_statistics: bool = True,
    progress: Callable[[str], None] = lambda stage: None,
) -> LinkReport:
    """Link `records` (a relation of `RECORDS`) and write every table of `places`.

    `identifiers` is a relation of `RECORD_IDENTIFIERS`, `judgements` one of record_id_l, record_id_r, judgement.
    With a `frozen` model nothing is trained. Without `rebuild` what changed alone is linked, where that
    is possible; with it but without `take_statistics` all is linked under the statistics of the run before. The ids
    of an earlier run at `places` are kept.
    `progress` is called with the name of each stage of `STAGES` as it starts. Raises `LinkageError`, `ModelError`.
    """
    task = Task(records, identifiers, places, model, seed, duplicate_free, judgements, frozen, rebuild, take_statistics)
    clock, done = Clock(progress), dict[str, Any]()
    for name, stage in STAGES.items():
        with clock.stage(name):
            done[name] = stage(connection, task)
    return LinkReport(
        counts=done["features"],
        blocking=done["blocking"],
        parameters=done["training"],
        edges=done["scoring"],
        clustering=done["clustering"],
        events=done["identity"],
        links=done["links"].links,
        to_review=done["links"].to_review,
        seconds=clock.seconds,
    )


class Clock:
    """Tells of each stage as it starts and keeps the seconds that it took."""

    def __init__(self, progress: Callable[[str], None]) -> None:
        self.progress = progress
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time the stage `name`."""
        self.progress(name)
        start = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - start, 3)
