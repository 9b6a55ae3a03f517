"""Connected components of the links, those too large cut at rising thresholds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Nodes = NDArray[np.int64]
Floats = NDArray[np.float64]

THRESHOLD_STEP = 2.0  # bits


def components(nodes: int, left: Nodes, right: Nodes) -> Nodes:
    """The component of each of `nodes` nodes, by the lowest node in it."""
    from scipy.sparse import coo_array  # noqa: PLC0415 - so that definitions load at once
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

    graph = coo_array((np.ones(len(left), dtype=np.int8), (left, right)), shape=(nodes, nodes))
    labels = connected_components(graph, directed=False)[1]
    lowest = np.full(int(labels.max(initial=-1)) + 1, nodes, dtype=np.int64)
    np.minimum.at(lowest, labels, np.arange(nodes))
    found: Nodes = lowest[labels]
    return found


def bounded_components(nodes: int, left: Nodes, right: Nodes, weights: Floats, largest: int) -> Nodes:
    """Components of at most `largest` nodes: in one that is larger, the weakest links fall first, step by step.

    Links of infinite weight (judgements) never fall.
    """
    labels = components(nodes, left, right)
    threshold = THRESHOLD_STEP
    while True:
        large = np.bincount(labels, minlength=nodes)[labels] > largest
        inside = large[left] & np.isfinite(weights)
        if threshold > weights[inside].max(initial=-np.inf):
            return labels
        kept = ~inside | (weights >= threshold)
        left, right, weights = left[kept], right[kept], weights[kept]
        labels = components(nodes, left, right)
        threshold += THRESHOLD_STEP
