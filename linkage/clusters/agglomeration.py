"""Average linkage with constraints: who stays together when a component's pairs do not all agree."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Labels = NDArray[np.int64]


def average_linkage(weights: Floats, sizes: Floats, barred: Bools, bonded: Bools, vetoed: Bools) -> Labels:
    """Merge the two groups of greatest mean weight while that mean is above 0; return a label for each node.

    `weights` is a symmetric matrix in bits, NaN where a pair has nothing to compare; such a pair has no voice.
    `sizes` are the records of each node: a pair of nodes has as many votes as it stands for pairs of records.
    `bonded` nodes are one from the start, whatever a constraint says, and what is like one of them is like them all;
    only a pair that is `vetoed`, and therefore `barred` too, stands against them. Groups with a `barred` pair between
    them never merge. Ties go to the lower nodes, so that equal inputs give equal labels.
    """
    weights, sizes, barred = weights.copy(), sizes.copy(), barred.copy()
    labels = np.arange(len(sizes))
    for left, right in np.argwhere(np.triu(bonded, 1)):
        one, other = labels[left], labels[right]
        if one != other and not vetoed[np.ix_(labels == one, labels == other)].any():
            _bond(labels, weights, sizes, barred, one, other)
    votes = np.where(np.isnan(weights), 0.0, np.outer(sizes, sizes))
    totals = np.where(np.isnan(weights), 0.0, weights) * votes
    while True:
        means = _means(totals, votes, barred, labels)
        left, right = divmod(int(np.argmax(means)), len(sizes))
        if not means[left, right] > 0:
            return labels
        for matrix in (totals, votes):
            matrix[left] += matrix[right]
            matrix[:, left] = matrix[left]
        _join(labels, barred, left, right)


def _bond(labels: Labels, weights: Floats, sizes: Floats, barred: Bools, one: int, other: int) -> None:
    into, gone = min(one, other), max(one, other)
    weights[into] = np.fmax(weights[into], weights[gone])
    weights[:, into] = weights[into]
    sizes[into] += sizes[gone]
    _join(labels, barred, into, gone)


def _join(labels: Labels, barred: Bools, into: int, gone: int) -> None:
    """Give the group `gone` the label of `into`, and what bars it too."""
    barred[into] |= barred[gone]
    barred[:, into] = barred[into]
    labels[labels == gone] = into


def _means(totals: Floats, votes: Floats, barred: Bools, labels: Labels) -> Floats:
    """The mean weight between each two groups, held by their first nodes; -inf where they may not merge."""
    first = labels == np.arange(len(labels))
    allowed = np.triu(np.outer(first, first), 1) & ~barred & (votes > 0)
    return np.where(allowed, totals / np.maximum(votes, 1e-300), -np.inf)
