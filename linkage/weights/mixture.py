"""Expectation maximisation of the mixture of matches, relatives and chance pairs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linkage.model.declaration import Comparison, Model
from linkage.model.parameters import Levels, level_of, log_likelihood, log_likelihood_of

MATCH, FAMILY = 0, 1

Vectors = NDArray[np.uint64]
Floats = NDArray[np.float64]


class Patterns:
    """Distinct comparison vectors, how many record pairs have each, and the levels that they hold."""

    def __init__(self, vectors: Vectors, counts: Floats, comparisons: int) -> None:
        self.vectors = vectors
        self.counts = counts
        self.levels = [level_of(vectors, place) for place in range(comparisons)]

    @property
    def pairs(self) -> float:
        """The record pairs of all patterns."""
        return float(self.counts.sum())

    def level_counts(self, place: int, levels: int, weights: Floats | None = None) -> Floats:
        """The pairs at each level from 1 of the comparison at `place`, each pattern times its weight."""
        weighted = self.counts if weights is None else self.counts * weights
        counted: Floats = np.bincount(self.levels[place], weights=weighted, minlength=levels + 1).astype(float)
        return counted[1:]

    def likelihood(self, levels: Levels) -> Floats:
        """P(vector | class) of each pattern."""
        return np.exp(log_likelihood_of(self.levels, len(self.counts), levels))

    def weighted(self, weights: Floats) -> Patterns:
        """The same patterns, each count times its weight."""
        return Patterns(self.vectors, self.counts * weights, len(self.levels))


@dataclass(frozen=True)
class Fit:
    """A fitted mixture: shares of match, family and each way to meet by chance, in that order."""

    shares: Floats
    match: Levels
    family: Levels
    iterations: int
    log_likelihood: float


def fit_mixture(
    candidates: Patterns, model: Model, unlike: Levels, by_chance: Sequence[Levels], start: Fit | None = None
) -> Fit:
    """Fit the shares of all classes and the levels of match and family to the counts of `candidates`.

    `by_chance` holds the levels of the chance classes, which stay as they are; `unlike` those of random pairs. An
    earlier fit as `start` spares iterations.
    """
    priors = _priors(candidates, model, unlike)
    match, family = (start.match, start.family) if start else priors
    shares = start.shares if start else np.full(len(by_chance) + 2, 1 / (len(by_chance) + 2))
    chance = np.column_stack([candidates.likelihood(levels) for levels in by_chance])
    previous, iteration = -np.inf, 0
    while iteration < model.training.iterations:
        iteration += 1
        matched = shares[MATCH] * candidates.likelihood(match)
        related = shares[FAMILY] * candidates.likelihood(family)
        total = matched + related + np.einsum("pc,c->p", chance, shares[FAMILY + 1 :])
        likelihood = float((np.log(total) * candidates.counts).sum() / max(candidates.pairs, 1))
        match, family = _maximise(candidates, model, matched / total, related / total, priors)
        by_class = (np.stack([matched, related]) * (candidates.counts / total)).sum(axis=1)
        met = np.einsum("pc,p->c", chance, candidates.counts / total) * shares[FAMILY + 1 :]
        shares = _shared(np.concatenate([by_class, met]))
        if likelihood - previous < model.training.tolerance:
            break
        previous = likelihood
    return Fit(shares, match, family, iteration, likelihood)


def random_levels(random: Patterns, model: Model) -> Levels:
    """P(level | random pair) of each comparison, with half a pair added to each level."""
    return tuple(
        normalised(random.level_counts(place, len(each.levels)) + 0.5) for place, each in enumerate(model.comparisons)
    )


def without_matches(random: Patterns, match: Levels, unlike: Levels, prior: float) -> Patterns:
    """The random pairs less those that are matches: each pattern counts by its chance of being none.

    `prior` is the share of matches among all pairs.
    """
    evidence = log_likelihood(random.vectors, match) - log_likelihood(random.vectors, unlike)
    return random.weighted(1 / (1 + prior * np.exp(np.minimum(evidence, 500))))


def normalised(counts: Floats) -> tuple[float, ...]:
    """Counts as probabilities."""
    return tuple(float(value) for value in counts / counts.sum())


def _shared(pairs: Floats) -> Floats:
    """The shares of classes of so many pairs, one pair added to each."""
    shares: Floats = (pairs + 1) / (pairs + 1).sum()
    return shares


def _priors(candidates: Patterns, model: Model, unlike: Levels) -> tuple[Levels, Levels]:
    """Where match and family start, and what they are held near."""
    match = _start(candidates, model, unlike)
    family = tuple(
        m if each.family == "tied" else _mixed(m, u, float(each.family))
        for each, m, u in zip(model.comparisons, match, unlike, strict=True)
    )
    return match, family


def _maximise(
    candidates: Patterns, model: Model, matched: Floats, related: Floats, priors: tuple[Levels, Levels]
) -> tuple[Levels, Levels]:
    """The levels of match and family that fit their responsibilities best, held near the priors by the anchors.

    Relatives of one home share its address and telephone as one person's records do, so there the match class is
    what family is held near.
    """
    match, family = [], []
    for place, each in enumerate(model.comparisons):
        of_match = candidates.level_counts(place, len(each.levels), matched)
        of_family = candidates.level_counts(place, len(each.levels), related)
        match.append(normalised(of_match + model.training.anchor * np.array(priors[MATCH][place])))
        likely = match[-1] if each.family == "tied" else priors[FAMILY][place]
        anchor = model.training.anchor + model.training.family_anchor * of_family.sum()
        family.append(normalised(of_family + anchor * np.array(likely)))
    return tuple(match), tuple(family)


def _start(candidates: Patterns, model: Model, unlike: Levels) -> Levels:
    """The model's own m, without the levels that these records never reach."""
    starts = []
    for place, each in enumerate(model.comparisons):
        reached = candidates.level_counts(place, len(each.levels)) > 0
        starts.append(normalised(_declared(each) * reached + 1e-6 * np.array(unlike[place])))
    return tuple(starts)


def _declared(comparison: Comparison) -> Floats:
    return np.array([level.m for level in reversed(comparison.levels)])


def _mixed(alike: tuple[float, ...], unlike: tuple[float, ...], share: float) -> tuple[float, ...]:
    return tuple(share * m + (1 - share) * u for m, u in zip(alike, unlike, strict=True))
