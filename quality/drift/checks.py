"""The drift of one delivery against those before it, as four outcomes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise

from quality.drift.change import (
    EARLIER_NEEDED,
    chance_of_distance,
    chance_of_share,
    distance,
    share_change,
    usual,
    volume_change,
)
from quality.drift.profile import Profile, Shares
from quality.expectation import Expectation
from quality.outcome import SAMPLE_ROWS, Outcome, not_evaluated

DESCRIPTIONS = {
    "volume": "The number of rows changes no more than it has from delivery to delivery.",
    "nulls": "In no column does the share of missing values change more than it has from delivery to delivery.",
    "categories": "In no column do the shares of the categories change more than they have from delivery to delivery.",
    "distributions": "In no column do decades, sizes or lengths of values change more than they have.",
}
DRIFT = tuple(
    Expectation(f"drift_{name}", "drift", {}, "warning", description) for name, description in DESCRIPTIONS.items()
)
"""The four checks; each judges a column, the first the whole delivery."""

Told = tuple[str, float, float]
"""What was judged, how far it changed, and how far is usual."""


def drift(latest: Profile, before: Sequence[Profile]) -> tuple[Outcome, ...]:
    """The outcomes of `DRIFT` for the `latest` delivery, given those `before` it, oldest first.

    With fewer than three before it nothing is known of what is usual, and nothing is evaluated.
    """
    if len(before) < EARLIER_NEEDED:
        why = f"{len(before)} earlier deliveries are known, and {EARLIER_NEEDED} are needed to learn what is usual."
        return tuple(not_evaluated(expectation, why) for expectation in DRIFT)
    return tuple(_outcome(expectation, list(judged(expectation.name, latest, before))) for expectation in DRIFT)


def judged(name: str, latest: Profile, before: Sequence[Profile]) -> Iterator[Told]:
    """Every change that the check of that name judges."""
    yield from _JUDGES[name.removeprefix("drift_")](latest, before)


def _volume(latest: Profile, before: Sequence[Profile]) -> Iterator[Told]:
    changes = [volume_change(one, next_one) for one, next_one in pairwise(before)]
    yield "rows", volume_change(before[-1], latest), usual(changes)


def _nulls(latest: Profile, before: Sequence[Profile]) -> Iterator[Told]:
    for column, share in latest.nulls.items():
        history = [each.nulls[column] for each in before if column in each.nulls]
        if len(history) >= EARLIER_NEEDED:
            changes = [share_change(one, next_one) for one, next_one in pairwise(history)]
            yield column, share_change(history[-1], share), usual(changes, chance_of_share(before[-1], latest))


def _categories(latest: Profile, before: Sequence[Profile]) -> Iterator[Told]:
    yield from _distances(latest, before, lambda each: each.categories)


def _distributions(latest: Profile, before: Sequence[Profile]) -> Iterator[Told]:
    yield from _distances(latest, before, lambda each: each.distributions)


def _distances(
    latest: Profile, before: Sequence[Profile], shares_of: Callable[[Profile], Mapping[str, Shares]]
) -> Iterator[Told]:
    for column, shares in shares_of(latest).items():
        history = [shares_of(each)[column] for each in before if column in shares_of(each)]
        if len(history) >= EARLIER_NEEDED:
            changes = [distance(one, next_one) for one, next_one in pairwise(history)]
            parts = len(shares.keys() | history[-1].keys())
            chance = chance_of_distance(parts, before[-1], latest)
            yield column, distance(history[-1], shares), usual(changes, chance)


_JUDGES: Mapping[str, Callable[[Profile, Sequence[Profile]], Iterator[Told]]] = {
    "volume": _volume,
    "nulls": _nulls,
    "categories": _categories,
    "distributions": _distributions,
}


def _outcome(expectation: Expectation, told: Sequence[Told]) -> Outcome:
    if not told:
        return not_evaluated(expectation, "no column of this kind was in three earlier deliveries.")
    off = sorted(((what, change, most) for what, change, most in told if change > most), key=lambda each: -each[1])
    return Outcome(
        name=expectation.name,
        success=not off,
        severity=expectation.severity,
        evaluated=len(told),
        unexpected=len(off),
        sample=tuple(f"{what}: {change:.3f}, usual up to {most:.3f}" for what, change, most in off[:SAMPLE_ROWS]),
    )
