"""One month's deliveries of the sample institutions, and the truth behind them, apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa

from sources.synthetic.arrays import NEVER, day_number, optional_dates
from sources.synthetic.office import Delivered, Office
from sources.synthetic.population import COUNTRIES
from sources.synthetic.truth import Ledger, open_ledger
from sources.synthetic.views import (
    civil_registry,
    education,
    finance,
    health,
    labour,
    municipality,
    regional_welfare,
    social_development,
    social_security,
)
from sources.synthetic.world import build_world

AS_OF = date(2026, 10, 31)
VIEWS: dict[str, Callable[[Office], Iterator[Delivered]]] = {
    "civil_registry": civil_registry.deliver,
    "education": education.deliver,
    "finance": finance.deliver,
    "health": health.deliver,
    "labour": labour.deliver,
    "municipality": municipality.deliver,
    "regional_welfare": regional_welfare.deliver,
    "social_development": social_development.deliver,
    "social_security": social_security.deliver,
}
STAGES = ("population", "lives", "truth", *VIEWS)


@dataclass(frozen=True)
class SampleSummary:
    """What was written: how many people there are and were, households lived in today, and every file."""

    people: int
    households: int
    deliveries: tuple[Delivered, ...]

    @property
    def rows(self) -> dict[str, int]:
        """Rows by dataset, those that arrived in part included, as the lines of its files."""
        rows: Counter[str] = Counter()
        for delivered in self.deliveries:
            rows[delivered.dataset] += delivered.rows + delivered.cut_rows
        return dict(rows)


def write_sample(
    landing: Path,
    truth: Path,
    people: int,
    seed: int,
    as_of: date = AS_OF,
    progress: Callable[[str, float], None] | None = None,
) -> SampleSummary:
    """Write every institution's extracts of `people` made-up persons to `landing`, and who they are to `truth`.

    The same arguments give the same bytes of every file. `progress` is told each stage as it begins and the
    share of the stages already done. Raises `StorageError` where a folder cannot be written.
    """

    def begin(stage: str) -> None:
        if progress is not None:
            progress(stage, STAGES.index(stage) / len(STAGES))

    world = build_world(people, seed, day_number(as_of), begin)
    begin("truth")
    deliveries: list[Delivered] = []
    with open_ledger(truth, world) as ledger:
        _enter_moves(ledger)
        for name, deliver in VIEWS.items():
            begin(name)
            deliveries += deliver(Office(name, world, landing, ledger))
    lived_in = len(np.unique(world.people.homes.household[world.people.alive]))
    return SampleSummary(people, lived_in, tuple(deliveries))


def _enter_moves(ledger: Ledger) -> None:
    """Moves within the country, and arrivals from abroad."""
    people = ledger.world.people
    for kind, day in (("move", people.homes.moved), ("arrival", people.arrival)):
        person = np.flatnonzero(day != NEVER)
        country = pa.array(COUNTRIES).take(pa.array(people.country[person]))
        ledger.happened(kind, person, start_date=optional_dates(day[person]), country=country)
