"""What the views share: where an institution's files go, and the account of what it delivered."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sources.synthetic.arrays import Ints
from sources.synthetic.draws import Generator
from sources.synthetic.rates import RATES, Rates
from sources.synthetic.truth import Ledger
from sources.synthetic.world import World


@dataclass(frozen=True)
class Delivered:
    """One file of one dataset (its contract's id): `rows` whole rows, and `cut_rows` that arrived in part too."""

    dataset: str
    file: Path
    rows: int
    cut_rows: int


@dataclass(frozen=True)
class Office:
    """One institution at its desk: `name` is its folder in the landing zone."""

    name: str
    world: World
    landing: Path
    ledger: Ledger

    def draws(self, stage: str) -> Generator:
        """The random numbers of one of its datasets."""
        return self.world.draws(f"{self.name}.{stage}")

    def rates(self, source: str | None = None) -> Rates:
        """The error rates of its source."""
        return RATES[source or self.name]

    def file(self, dataset: str, suffix: str, month: str | None = None) -> Path:
        """Where a dataset's file lands."""
        return self.landing / self.name / f"{dataset}_{month or self.world.month}{suffix}"

    def delivered(self, dataset: str, file: Path, rows: int, cut: Ints) -> Delivered:
        """The account of one written file."""
        return Delivered(f"{self.name}.{dataset}", file, rows, len(cut))


def cut_rows(rng: Generator, rows: int, rate: float) -> Ints:
    """Positions of the rows that arrive in part too: at least one where the rate is not nothing."""
    count = min(rows, max(1, round(rows * rate))) if rate and rows else 0
    return np.asarray(np.sort(rng.choice(rows, count, replace=False)), dtype=np.int64)


def no_rows() -> Ints:
    """No position at all."""
    return np.zeros(0, dtype=np.int64)
