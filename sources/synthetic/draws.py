"""Random draws: one generator a stage, so that a change in one stage leaves the others as they were."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np

from sources.synthetic.arrays import Bools, Floats, Ints

Generator = np.random.Generator


def generator(seed: int, stage: str) -> Generator:
    """The generator of one stage."""
    return np.random.default_rng([seed, zlib.crc32(stage.encode())])


def happens(rng: Generator, rate: float | Floats, size: int) -> Bools:
    """True with probability `rate` (one for all, or one for each)."""
    return np.asarray(rng.random(size) < rate)


def pick(rng: Generator, weights: Floats | Sequence[float], size: int) -> Ints:
    """`size` positions in `weights`, each drawn in proportion to its weight."""
    steps = np.cumsum(np.asarray(weights, dtype=np.float64))
    drawn = np.searchsorted(steps, rng.random(size) * steps[-1], side="right")
    return np.asarray(np.minimum(drawn, len(steps) - 1))


def whole(rng: Generator, low: int, high: int, size: int) -> Ints:
    """Whole numbers from `low` to `high`, both included."""
    return np.asarray(rng.integers(low, high + 1, size=size), dtype=np.int64)


def ordinals(counts: Ints) -> Ints:
    """0, 1, … within each of consecutive groups of the given sizes."""
    starts = np.cumsum(counts) - counts
    return np.arange(int(counts.sum()), dtype=np.int64) - np.repeat(starts, counts)


def rank_within(group: Ints) -> Ints:
    """The position of each entry among the entries of the same group, in order of appearance."""
    order = np.argsort(group, kind="stable")
    sorted_group = group[order]
    new = np.flatnonzero(np.r_[True, sorted_group[1:] != sorted_group[:-1]])
    ranks = np.empty(len(group), dtype=np.int64)
    ranks[order] = ordinals(np.diff(np.r_[new, len(group)]))
    return ranks
