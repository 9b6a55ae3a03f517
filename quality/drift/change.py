"""How far two deliveries lie apart, and how far is usual.

A change is measured from one delivery to the next. What is usual is learnt from the changes before: their median and
three robust standard deviations (1.4826 times the median absolute deviation), wider while few are known, and never
less than what chance alone brings to samples of this size.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median

from quality.drift.profile import Profile, Shares

EARLIER_NEEDED = 3
DEVIATIONS = 3.0
ROBUST = 1.4826
LEAST_CHANGE = 0.05
"""A change in a share, or in the logarithm of the number of rows, that is never worth a word."""


def usual(changes: Sequence[float], chance: float = 0.0) -> float:
    """The greatest change that is still usual after `changes`; `chance` is what samples of this size bring."""
    middle = median(changes)
    spread = ROBUST * median(abs(change - middle) for change in changes)
    few = 1 + 2 / len(changes)
    return max(LEAST_CHANGE + 2 * chance, middle + DEVIATIONS * few * spread + 2 * chance)


def volume_change(before: Profile, after: Profile) -> float:
    """The logarithm of the ratio of rows, without its sign; 0.69 is twice or half as many."""
    return abs(math.log((after.rows + 1) / (before.rows + 1)))


def share_change(before: float, after: float) -> float:
    """The difference of two shares."""
    return abs(after - before)


def distance(before: Shares, after: Shares) -> float:
    """The total variation distance, from 0 (the same shares) to 1 (nothing in common)."""
    return sum(abs(after.get(part, 0.0) - before.get(part, 0.0)) for part in before.keys() | after.keys()) / 2


def chance_of_share(before: Profile, after: Profile) -> float:
    """The greatest standard error of a difference of shares."""
    return math.sqrt(0.25 / max(before.rows, 1) + 0.25 / max(after.rows, 1))


def chance_of_distance(parts: int, before: Profile, after: Profile) -> float:
    """About the distance that two samples of one population of `parts` equal parts show."""
    return math.sqrt(parts / (2 * math.pi) * (1 / max(before.rows, 1) + 1 / max(after.rows, 1)))
