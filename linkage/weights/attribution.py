"""How much each comparison adds to a pair's match weight.

With more than two kinds of pair the weight is no sum over the comparisons: a shared surname says less once a shared
home has shown the two to be relatives. So each comparison is credited with what it adds on average over all orders in
which the comparisons could be read: its Shapley value (Shapley 1953). The credits add up to the weight.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from linkage.weights.mixture import FAMILY, MATCH

Floats = NDArray[np.float64]


def attributed(shares: Floats, likelihoods: Floats, rarities: Floats) -> Floats:
    """The bits that each of n comparisons adds to the weight of the shares alone.

    `shares` is ln π of the classes, match and family first; `likelihoods` (n × classes) is ln P(level | class) of
    the level reached; `rarities` (n) is ln T of the values that agree, which makes up for chance alone.
    """
    count = len(likelihoods)
    if not count:
        return np.empty(0)
    weights = match_weight(*_every_subset(shares, likelihoods, rarities))
    orders = _orders(count)
    credits = np.empty(count)
    for place in range(count):
        without, added = np.moveaxis(weights.reshape(-1, 2, 1 << place), 1, 0)
        credits[place] = ((added - without).ravel() * orders).sum()
    return credits


def match_weight(joint: Floats, rarity: Floats) -> Floats:
    """The match weight in bits: `joint` is ln(share · P(vector | class)), a column a class; `rarity` is ln T."""
    weights: Floats = (joint[..., MATCH] - np.logaddexp.reduce(_others(joint, rarity), axis=-1)) / math.log(2)
    return weights


def posterior(joint: Floats, rarity: float) -> Floats:
    """How likely each class is to have made the pair; the classes add up to 1."""
    corrected = np.concatenate([joint[: FAMILY + 1], joint[FAMILY + 1 :] + rarity])
    said: Floats = np.exp(corrected - np.logaddexp.reduce(corrected))
    return said


def _others(joint: Floats, rarity: Floats) -> Floats:
    """The classes other than match, those of chance corrected for rarity."""
    family, chance = joint[..., FAMILY : FAMILY + 1], joint[..., FAMILY + 1 :]
    return np.concatenate([family, chance + np.expand_dims(rarity, -1)], axis=-1)


def _every_subset(shares: Floats, likelihoods: Floats, rarities: Floats) -> tuple[Floats, Floats]:
    """The classes and the rarity as each subset of the comparisons tells them, bit k standing for comparison k."""
    joint, rarity = shares[None, :], np.zeros(1)
    for likelihood, rare in zip(likelihoods, rarities, strict=True):
        joint = np.concatenate([joint, joint + likelihood])
        rarity = np.concatenate([rarity, rarity + rare])
    return joint, rarity


def _orders(count: int) -> Floats:
    """For each subset of the other comparisons, the share of orders in which exactly those come first."""
    read = np.array([subset.bit_count() for subset in range(1 << (count - 1))])
    share = np.array([1 / (count * math.comb(count - 1, before)) for before in range(count)])
    shares: Floats = share[read]
    return shares
