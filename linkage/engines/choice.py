"""Which functions carry out a model: DuckDB's SQL, or recordlinkage as the reference."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from linkage.pairs.blocking import BlockingReport

# What proposes, compares and scores pairs.
MODULES = {
    "sql": ("linkage.pairs.blocking", "linkage.pairs.comparison", "linkage.weights.scoring"),
    "recordlinkage": ("linkage.engines.candidates", "linkage.engines.vectors", "linkage.engines.classifier"),
}


@dataclass(frozen=True)
class Engine:
    """The three stages that an engine brings; they take and write the same files whichever it is."""

    propose_pairs: Callable[..., BlockingReport]
    compare_pairs: Callable[..., int]
    score_pairs: Callable[..., int]


def engine(name: str) -> Engine:
    """The engine of that name; recordlinkage is imported only where it is chosen, for it takes a second."""
    blocking, comparison, scoring = (import_module(module) for module in MODULES[name])
    return Engine(blocking.propose_pairs, comparison.compare_pairs, scoring.score_pairs)
