import itertools

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.clusters.agglomeration import average_linkage
from linkage.clusters.components import bounded_components, components


def bonded_blocks(bonded: np.ndarray, vetoed: np.ndarray) -> list[frozenset[int]]:
    blocks = {node: frozenset([node]) for node in range(len(bonded))}
    for one, other in itertools.combinations(range(len(bonded)), 2):
        if bonded[one, other] and not any(vetoed[pair] for pair in itertools.product(blocks[one], blocks[other])):
            whole = blocks[one] | blocks[other]
            blocks |= dict.fromkeys(whole, whole)
    return sorted(set(blocks.values()), key=min)


def brute_force(
    weights: np.ndarray, sizes: np.ndarray, barred: np.ndarray, bonded: np.ndarray, vetoed: np.ndarray
) -> set[frozenset[int]]:
    """Average linkage told plainly: bonded blocks of nodes, sets of blocks, and means taken anew at every step."""
    blocks = bonded_blocks(bonded, vetoed)
    size = {block: sum(sizes[node] for node in block) for block in blocks}

    def between(one: frozenset[int], other: frozenset[int]) -> float:
        known = [weights[pair] for pair in itertools.product(one, other) if not np.isnan(weights[pair])]
        return max(known) if known else np.nan

    def mean(one: frozenset, other: frozenset) -> float:
        pairs = list(itertools.product(one, other))
        if any(barred[pair] for a, b in pairs for pair in itertools.product(a, b)):
            return -np.inf
        votes = [(size[a] * size[b], between(a, b)) for a, b in pairs if not np.isnan(between(a, b))]
        total = sum(vote for vote, _ in votes)
        return sum(vote * weight for vote, weight in votes) / total if total else -np.inf

    def first(group: frozenset) -> int:
        return min(min(block) for block in group)

    groups = [frozenset([block]) for block in blocks]
    while len(groups) > 1:
        best = max(
            itertools.combinations(sorted(groups, key=first), 2),
            key=lambda two: (mean(*two), -first(two[0]), -first(two[1])),
        )
        if not mean(*best) > 0:
            break
        groups = [group for group in groups if group not in best] + [best[0] | best[1]]
    return {frozenset(itertools.chain(*group)) for group in groups}


@st.composite
def puzzles(draw: st.DrawFn) -> tuple[np.ndarray, ...]:
    count = draw(st.integers(2, 7))
    weights = np.full((count, count), np.nan)
    barred = np.zeros((count, count), dtype=bool)
    bonded = np.zeros((count, count), dtype=bool)
    vetoed = np.zeros((count, count), dtype=bool)
    for one, other in itertools.combinations(range(count), 2):
        weight = draw(
            st.one_of(st.floats(-20, 20, allow_nan=False).map(lambda value: round(value, 3)), st.just(np.nan))
        )
        weights[one, other] = weights[other, one] = weight
        barred[one, other] = barred[other, one] = draw(st.integers(0, 9)) == 0
        bonded[one, other] = bonded[other, one] = draw(st.integers(0, 9)) == 0
        vetoed[one, other] = vetoed[other, one] = barred[one, other] and draw(st.booleans())
    sizes = np.array(draw(st.lists(st.integers(1, 3), min_size=count, max_size=count)), float)
    return weights, sizes, barred, bonded, vetoed


def groups(labels: np.ndarray) -> set[frozenset[int]]:
    return {frozenset(np.flatnonzero(labels == label)) for label in np.unique(labels)}


@settings(max_examples=300, deadline=None)
@given(puzzles())
def test_average_linkage_equals_brute_force(puzzle: tuple[np.ndarray, ...]) -> None:
    assert groups(average_linkage(*puzzle)) == brute_force(*puzzle)


@pytest.mark.parametrize(
    ("pairs", "barred", "expected"),
    [
        ({(0, 1): 8, (1, 2): 8, (0, 2): 8}, [], [{0, 1, 2}]),
        ({(0, 1): 8, (1, 2): 3, (0, 2): -9}, [], [{0, 1}, {2}]),
        ({(0, 1): 8, (1, 2): 3, (0, 2): -2}, [], [{0, 1, 2}]),
        ({(0, 1): 8, (1, 2): 8}, [], [{0, 1, 2}]),
        ({(0, 1): 8, (1, 2): 8, (0, 2): 8}, [(0, 2)], [{0, 1}, {2}]),
        ({(0, 1): 9, (2, 3): 9, (1, 2): 7, (0, 2): -9, (0, 3): -9, (1, 3): -9}, [], [{0, 1}, {2, 3}]),
    ],
)
def test_repair(pairs: dict[tuple[int, int], float], barred: list[tuple[int, int]], expected: list[set[int]]) -> None:
    count = 1 + max(itertools.chain(*pairs))
    weights, bars = np.full((count, count), np.nan), np.zeros((count, count), dtype=bool)
    for (one, other), weight in pairs.items():
        weights[one, other] = weights[other, one] = weight
    for one, other in barred:
        bars[one, other] = bars[other, one] = True
    found = groups(average_linkage(weights, np.ones(count), bars, *np.zeros((2, count, count), dtype=bool)))
    assert found == {frozenset(group) for group in expected}


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 30), st.lists(st.tuples(st.integers(0, 29), st.integers(0, 29)), max_size=60))
def test_components_equal_networkx(nodes: int, edges: list[tuple[int, int]]) -> None:
    kept = [(one, other) for one, other in edges if max(one, other) < nodes]
    graph = nx.Graph(kept)
    graph.add_nodes_from(range(nodes))
    left, right = (np.array([edge[side] for edge in kept], dtype=np.int64) for side in (0, 1))
    labels = components(nodes, left, right)
    assert groups(labels) == {frozenset(part) for part in nx.connected_components(graph)}
    assert all(label == min(np.flatnonzero(labels == label)) for label in labels)


def test_a_large_component_is_cut_where_it_is_weakest() -> None:
    left = np.array([0, 1, 2, 3, 4, 2])
    right = np.array([1, 2, 0, 4, 5, 3])
    weights = np.array([9.0, 9, 9, 9, 9, 1])
    assert groups(bounded_components(6, left, right, weights, largest=3)) == {
        frozenset({0, 1, 2}),
        frozenset({3, 4, 5}),
    }
    assert len(groups(bounded_components(6, left, right, weights, largest=6))) == 1


def test_a_component_of_equal_links_stays_whole() -> None:
    left, right = np.arange(9), np.arange(1, 10)
    assert len(groups(bounded_components(10, left, right, np.full(9, np.inf), largest=3))) == 1
