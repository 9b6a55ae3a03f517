"""Precision and recall without truth, with intervals, from numbers held out of the model and from the model itself.

The pairs within persons are of two kinds. Those that share a trusted number are known, and so are those that share one
and were not joined. The others, the *bare* pairs, are judged by what `hold_out` saw where numbers were hidden: of the
pairs then claimed a share φ was false, of the true ones a share μ was missed. With S numbered pairs joined, A numbered
pairs apart and C bare pairs claimed,

    precision = (S + C (1 − φ)) / (S + C)
    recall = (S + C (1 − φ)) / (S + A + C (1 − φ) / (1 − μ))

A source pair that numbers say little of borrows the rates that the mixture expects there, calibrated by what the
experiment saw for each error that the mixture expected (after Belin and Rubin 1995).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linkage.evaluation.strata import Strata

Floats = NDArray[np.float64]

CONFIDENCE = 0.95
DRAWS = 4000
BORROWED = 25.0
"""Pairs' worth of the mixture's rate in each stratum."""
STEADY = 3.0
"""Errors' worth of faith in the mixture, before the experiment says how far it is off."""
DOUBT = 3.0
"""How many times greater, or less, the odds of an error may be among bare pairs than where numbers were hidden: two
standard deviations of a lognormal factor. Records without a number are often worse in other fields too."""
UNTESTED = 4.0
"""How many times greater that doubt is where all is borrowed from the mixture, which sees only what a pass proposed."""


@dataclass(frozen=True)
class Estimate:
    """A share, its interval, and how many pairs of the experiment it rests on."""

    value: float
    lower: float
    upper: float
    basis: int


@dataclass(frozen=True)
class Estimated:
    """The estimated quality of the pairs of one part of the registry; `pairs` are those within persons."""

    pairs: int
    precision: Estimate
    recall: Estimate


def estimate(strata: Strata, seed: int) -> Estimated:
    """Precision and recall of the pairs of all strata together; the same seed gives the same interval."""
    rng = np.random.default_rng(seed)
    joined, apart, bare = strata.numbered_joined.sum(), strata.numbered_apart.sum(), strata.claimed_bare.sum()
    clump = strata.pairs_a_person
    false: Floats = np.minimum(_errors(rng, bare, _false_rates(rng, strata), clump), bare)
    missed_rate = _missed_rates(rng, strata)
    missed = _errors(rng, bare - false, missed_rate / (1 - missed_rate), clump)
    missed = missed + apart * rng.random(DRAWS)  # two persons may share a number by a clerk's error
    right = joined + bare - false
    return Estimated(
        round(joined + bare),
        _interval(right / max(joined + bare, 1), strata.claimed_again),
        _interval(right / np.maximum(right + missed, 1), strata.true_again),
    )


def _false_rates(rng: np.random.Generator, strata: Strata) -> Floats:
    likely = _calibrated(strata.expected_false, strata.expected_false_again, strata.false_again, strata.claimed_again)
    return _drawn_rate(rng, strata.false_again, strata.claimed_again, likely, strata)


def _missed_rates(rng: np.random.Generator, strata: Strata) -> Floats:
    likely = _calibrated(strata.expected_missed, strata.expected_missed_again, strata.missed_again, strata.true_again)
    return _drawn_rate(rng, strata.missed_again, strata.true_again, likely, strata)


def _calibrated(expected: Floats, expected_again: Floats, errors: Floats, pairs: Floats) -> Floats:
    """The mixture's own error rates, times what the experiment saw for each error that the mixture expected."""
    factor = (errors.sum() + STEADY) / ((expected_again * pairs).sum() + STEADY)
    rates: Floats = np.minimum(expected * factor, 0.9)
    return rates


def _drawn_rate(rng: np.random.Generator, errors: Floats, pairs: Floats, likely: Floats, strata: Strata) -> Floats:
    """Draws of the error rate of bare pairs: post-stratified, a beta posterior, its odds in doubt."""
    rates = (errors + BORROWED * likely) / (pairs + BORROWED)
    shares = strata.claimed_bare / max(strata.claimed_bare.sum(), 1)
    mean = float((shares * rates).sum())
    independent = 1 / max(float((shares**2 / (pairs + BORROWED)).sum()), 1e-9) / strata.pairs_a_person
    drawn = rng.beta(mean * independent + 0.5, (1 - mean) * independent + 0.5, DRAWS)
    borrowed = float((shares * BORROWED / (pairs + BORROWED)).sum())
    doubt = np.exp(rng.normal(0, np.log(DOUBT * UNTESTED**borrowed) / 2, DRAWS))
    odds = drawn / (1 - drawn) * doubt
    rate: Floats = odds / (1 + odds)
    return rate


def _errors(rng: np.random.Generator, pairs: float | Floats, rate: Floats, clump: float) -> Floats:
    """Draws of how many pairs err at such a rate, several of one person at once."""
    drawn: Floats = np.asarray(rng.poisson(pairs * rate / clump) * clump, dtype=np.float64)
    return drawn


def _interval(drawn: Floats, basis: Floats) -> Estimate:
    lower, middle, upper = np.quantile(drawn, [(1 - CONFIDENCE) / 2, 0.5, (1 + CONFIDENCE) / 2])
    return Estimate(float(middle), float(lower), float(upper), round(basis.sum()))
