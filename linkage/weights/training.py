"""Training: what the records themselves tell of each kind of pair, without labels.

A candidate pair is a match, a pair of relatives, or a pair that met by chance: anywhere, or in one blocking pass.
How often chance pairs agree is measured on samples and held fixed; how often matches and relatives agree, and how
many pairs are of each kind, is fitted to the counts of comparison vectors. After Fellegi and Sunter (1969) and
Winkler (1993), who fitted a third class for pairs of one household.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np

from linkage.features.building import schemes
from linkage.model.declaration import Comparison, Model
from linkage.model.parameters import LatentClass, Levels, Parameters, TrainedOn, fingerprint
from linkage.model.vocabulary import KEY_PARTS
from linkage.weights.mixture import (
    MATCH,
    Fit,
    Floats,
    Patterns,
    fit_mixture,
    normalised,
    random_levels,
    without_matches,
)
from linkage.weights.sampling import agreeing_levels, draw_sample, pattern_counts, random_patterns
from warehouse.session import scan
from warehouse.storage import row_count


def train(
    connection: duckdb.DuckDBPyConnection, features_path: Path, vectors_path: Path, model: Model, seed: int
) -> Parameters:
    """Fit `model` to the vectors of the candidate pairs and return its parameters; the same inputs give the same.

    It is fitted twice: random pairs hold a few matches, which the first fit tells and the second goes without.
    """
    known_schemes = schemes(features_path)
    counted = pattern_counts(connection, f"select vector, record_pairs from {scan(vectors_path)}")
    candidates = Patterns(*counted, len(model.comparisons))
    drawn = random_patterns(connection, features_path, model, known_schemes, seed)
    random = Patterns(*drawn, len(model.comparisons))
    chance = _chance_levels(connection, features_path, model, known_schemes, seed)
    nodes = row_count(features_path)
    unlike = random_levels(random, model)
    first = fit_mixture(candidates, model, unlike, _by_chance(unlike, chance))
    prior = first.shares[MATCH] * candidates.pairs / max(nodes * (nodes - 1) / 2, 1)
    unlike = random_levels(without_matches(random, first.match, unlike, prior), model)
    by_chance = _by_chance(unlike, chance)
    fit = fit_mixture(candidates, model, unlike, by_chance, first)
    trained_on = TrainedOn(
        nodes=nodes,
        candidate_pairs=int(candidates.pairs),
        patterns=len(candidates.counts),
        random_pairs=int(random.pairs),
        iterations=fit.iterations,
        log_likelihood=fit.log_likelihood,
    )
    return replace(_parameters(model, fit, by_chance, unlike, trained_on), schemes=tuple(known_schemes))


def chance_keys(model: Model) -> dict[str, tuple[str, ...]]:
    """The ways to meet by chance: the key of each pass, and each key refined."""
    whole = {f"chance: {each.name}": each.key for each in model.blocking.passes}
    finer = {f"chance: {each.name}, refined": each.key + each.refine for each in model.blocking.passes if each.refine}
    return whole | finer


def informing_parts(key: Sequence[str], comparison: Comparison) -> tuple[str, ...]:
    """The parts of a key whose agreement shows in `comparison`."""
    return tuple(part for part in key if not set(KEY_PARTS[part].informs).isdisjoint(comparison.known))


def _chance_levels(
    connection: duckdb.DuckDBPyConnection, features_path: Path, model: Model, known_schemes: Sequence[str], seed: int
) -> list[dict[int, Floats]]:
    """For each way to meet by chance, the levels of the comparisons that its key informs, as counts of a sample."""
    asked = [_informed(key, model) for key in chance_keys(model).values()]
    informed: dict[tuple[str, ...], dict[int, Comparison]] = {}
    for each in asked:
        for place, parts in each.items():
            informed.setdefault(parts, {})[place] = model.comparisons[place]
    draw_sample(connection, features_path, seed)
    sampled = {
        parts: agreeing_levels(connection, parts, comparisons, known_schemes, seed)
        for parts, comparisons in informed.items()
    }
    connection.execute("drop table sampled_features")
    return [{place: sampled[parts][place] for place, parts in each.items()} for each in asked]


def _informed(key: Sequence[str], model: Model) -> dict[int, tuple[str, ...]]:
    """The places of the comparisons that `key` informs, each with the parts that do."""
    found = {place: informing_parts(key, comparison) for place, comparison in enumerate(model.comparisons)}
    return {place: parts for place, parts in found.items() if parts}


def _by_chance(unlike: Levels, chance: Sequence[dict[int, Floats]]) -> list[Levels]:
    """The levels of the chance classes: pairs of any kind, then those that each key brings together."""
    return [unlike, *(_given_key(unlike, sampled) for sampled in chance)]


def _given_key(unlike: Levels, sampled: dict[int, Floats]) -> Levels:
    """P(level | met by chance by a key): measured where the key informs, else as of random pairs."""
    return tuple(
        normalised(sampled[place] + np.array(levels)) if place in sampled else levels
        for place, levels in enumerate(unlike)
    )


def _parameters(
    model: Model, fit: Fit, by_chance: Sequence[Levels], unlike: Levels, trained_on: TrainedOn
) -> Parameters:
    names = ["match", "family", "chance", *chance_keys(model)]
    classes = tuple(
        LatentClass(name, float(share), levels)
        for name, share, levels in zip(names, fit.shares, [fit.match, fit.family, *by_chance], strict=True)
    )
    return Parameters(fingerprint(model), tuple(each.name for each in model.comparisons), classes, unlike, trained_on)
