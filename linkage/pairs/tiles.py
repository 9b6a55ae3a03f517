"""Tiles: the candidate pairs between two slices of the nodes, so that the features of two slices are in memory at once.

Both sides of a pair are joined with all that is compared, some hundreds of bytes a node; a join that has to spill
writes them once a pair.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations_with_replacement

SLICE = 2_000_000
"""Nodes of a slice; two of them take about 3 GB."""


@dataclass(frozen=True)
class Tile:
    """Three relations: pairs, and the features of their left and right nodes."""

    pairs: str
    left: str
    right: str


def tiles(pairs: str, features: str, nodes: int) -> list[Tile]:
    """The relations `pairs` and `features` of so many nodes in tiles; one of the whole where one slice holds all."""
    slices = -(-nodes // SLICE)
    if slices <= 1:
        return [Tile(pairs, features, features)]
    return [
        Tile(
            f"(select * from {pairs} where {_within('node_l', left)} and {_within('node_r', right)})",
            f"(select * from {features} where {_within('node', left)})",
            f"(select * from {features} where {_within('node', right)})",
        )
        for left, right in combinations_with_replacement(range(slices), 2)
    ]


def _within(column: str, number: int) -> str:
    return f"{column} between {number * SLICE} and {(number + 1) * SLICE - 1}"
