import numpy as np
import pytest

from linkage.model.declaration import Model
from linkage.model.file import load_model
from linkage.model.parameters import Levels
from linkage.weights.mixture import Patterns, fit_mixture, random_levels, without_matches

PAIRS = 200_000


def model(tied: bool = False) -> Model:
    levels = [
        {"name": "equal", "when": {"equal": ["given"]}, "m": 0.7},
        {"name": "near", "when": {"crossed": ["given_1", "given_2"]}, "m": 0.2},
        {"name": "different", "m": 0.1},
    ]
    names = ["one", "two", "three", "four"]
    return load_model().model_validate(
        {
            "name": "simulated",
            "version": "1",
            "comparisons": [
                {
                    "name": name,
                    "known": ["given"],
                    "levels": levels,
                    "family": "tied" if name == "four" else 0.9 if name == "three" else 0.02,
                }
                for name in names
            ],
            "blocking": {"passes": [{"name": "all", "key": ["sex"]}]},
        }
    )


MATCH: Levels = ((0.05, 0.15, 0.80), (0.10, 0.10, 0.80), (0.02, 0.08, 0.90), (0.30, 0.10, 0.60))
FAMILY: Levels = ((0.95, 0.03, 0.02), (0.93, 0.05, 0.02), (0.15, 0.10, 0.75), (0.30, 0.10, 0.60))
CHANCE: Levels = ((0.97, 0.02, 0.01), (0.95, 0.04, 0.01), (0.97, 0.02, 0.01), (0.96, 0.03, 0.01))
SHARES = (0.10, 0.15, 0.75)


def simulated(seed: int) -> tuple[Patterns, Patterns]:
    """Candidate pairs and random pairs of known parameters."""
    rng = np.random.default_rng(seed)
    kinds = rng.choice(3, size=PAIRS, p=SHARES)

    def draw(kinds: np.ndarray) -> Patterns:
        vectors = np.zeros(len(kinds), dtype=np.uint64)
        for place in range(4):
            for kind, levels in enumerate((MATCH, FAMILY, CHANCE)):
                chosen = kinds == kind
                drawn = rng.choice(3, size=chosen.sum(), p=levels[place]).astype(np.uint64) + np.uint64(1)
                vectors[chosen] |= drawn << np.uint64(4 * place)
        distinct, counts = np.unique(vectors, return_counts=True)
        return Patterns(distinct, counts.astype(float), 4)

    return draw(kinds), draw(np.full(PAIRS, 2))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_known_parameters_are_recovered(seed: int) -> None:
    candidates, random = simulated(seed)
    unlike = random_levels(random, model())
    fit = fit_mixture(candidates, model(), unlike, [unlike])
    assert fit.shares == pytest.approx(SHARES, abs=0.01)
    assert np.array(fit.match) == pytest.approx(np.array(MATCH), abs=0.02)
    assert np.array(fit.family) == pytest.approx(np.array(FAMILY), abs=0.06)  # anchored to its start by half


def test_without_matches_there_are_none() -> None:
    _, random = simulated(4)
    unlike = random_levels(random, model())
    fit = fit_mixture(random, model(), unlike, [unlike])
    assert fit.shares[0] < 0.002


def test_matches_are_taken_out_of_random_pairs() -> None:
    candidates, random = simulated(5)
    both = Patterns(
        np.concatenate([random.vectors, candidates.vectors]),
        np.concatenate([random.counts, candidates.counts * 0.02]),
        4,
    )
    cleaned = random_levels(without_matches(both, MATCH, CHANCE, 0.002), model())
    dirty = random_levels(both, model())
    clean = random_levels(random, model())
    for place in range(4):
        assert abs(cleaned[place][2] - clean[place][2]) < abs(dirty[place][2] - clean[place][2])


def test_no_pairs_leave_the_start() -> None:
    nothing = Patterns(np.array([], dtype=np.uint64), np.array([]), 4)
    fit = fit_mixture(nothing, model(), random_levels(nothing, model()), [random_levels(nothing, model())])
    assert all(sum(levels) == pytest.approx(1) for levels in fit.match + fit.family)
