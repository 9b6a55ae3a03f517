"""Who lives with whom: couples, their children until they leave, the old with a daughter, the young at his parents'."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sources.synthetic.arrays import NEVER, NOBODY, YEAR, Bools, Floats, Ints
from sources.synthetic.draws import Generator, happens, pick
from sources.synthetic.families import FEMALE, MALE, Kin

AT_HIS_PARENTS_RATE = 0.14
OLD_WITH_DAUGHTER_RATE = 0.35
STAYS_FOR_GOOD_RATE = 0.6
SEPARATED_RETURN_RATE = 0.5
MOVED_RATE = 0.55
OTHER_MUNICIPALITY_RATE = 0.25


@dataclass(frozen=True)
class Households:
    """Where each person lives today. A dead or departed person keeps the household of their last day.

    `household` is a number from 0; `head` the person at its centre. Household h has two addresses:
    number h is today's and number h + `count` the one before. `before` is the address that a person
    had until `moved` (`NOBODY` and `NEVER` where they never moved).
    """

    household: Ints
    head: Ints
    before: Ints
    moved: Ints
    municipality: Ints

    @property
    def count(self) -> int:
        """How many households there are."""
        return len(self.head)


def settle(rng: Generator, kin: Kin, as_of: int, place_weights: Floats) -> Households:
    """Everyone's household and address, past and present; `municipality` is by address number."""
    anchor, left = _anchors(rng, kin, as_of)
    root = _follow(anchor)
    head, household = np.unique(root, return_inverse=True)
    count = len(head)
    moved = _days_ago(rng, count, as_of, happens(rng, MOVED_RATE, count))
    home = kin.home[head]
    elsewhere = happens(rng, OTHER_MUNICIPALITY_RATE, count)
    old_home = np.where(elsewhere, pick(rng, place_weights, count), home)
    before = np.where(moved[household] == NEVER, NOBODY, household + count)
    parent = np.where(kin.mother != NOBODY, kin.mother, kin.father)
    away = (left < as_of) & (parent != NOBODY) & (household != household[parent])
    away &= (moved[household] == NEVER) | (left > moved[household])
    return Households(
        household=household,
        head=head,
        before=np.where(away, household[parent], before),
        moved=np.where(away, left, moved[household]),
        municipality=np.concatenate([home, old_home]),
    )


def _days_ago(rng: Generator, size: int, as_of: int, ever: Bools) -> Ints:
    days = as_of - (rng.exponential(7.0, size) * YEAR).astype(np.int64)
    return np.where(ever, days, NEVER)


def _anchors(rng: Generator, kin: Kin, as_of: int) -> tuple[Ints, Ints]:
    """The person each one lives with (themselves for a head), and the day they left their parents."""
    size = len(kin)
    own = np.arange(size)
    alive = kin.death > as_of
    bound = (kin.partner != NOBODY) & ~kin.separated
    widowed = bound & ~alive[kin.partner]
    leaves = kin.birth + ((19 + rng.gamma(2.0, 4.5, size)) * YEAR).astype(np.int64)
    leaves[happens(rng, STAYS_FOR_GOOD_RATE, size)] = NEVER
    left = np.minimum(np.where(kin.partner != NOBODY, kin.union, leaves), NEVER)
    anchor = own.copy()
    single = (kin.partner == NOBODY) & (left > np.minimum(as_of, kin.death))
    anchor[single] = _guardian(kin, alive, own)[single]
    returned = kin.separated & (kin.sex == MALE) & happens(rng, SEPARATED_RETURN_RATE, size)
    anchor[returned] = _guardian(kin, alive, own)[returned]
    with_daughter = _with_daughter(rng, kin, alive, as_of)
    anchor[with_daughter != NOBODY] = with_daughter[with_daughter != NOBODY]
    led = bound & np.where(kin.sex == FEMALE, ~widowed | ~alive, ~widowed & ~alive)
    anchor[led] = kin.partner[led]
    mother_at_home = (kin.mother != NOBODY) & alive[kin.mother] & (with_daughter[kin.mother] == NOBODY)
    sons = bound & alive & (kin.sex == MALE) & mother_at_home & happens(rng, AT_HIS_PARENTS_RATE, size)
    anchor[sons] = kin.mother[sons]
    left[sons] = NEVER
    return anchor, left


def _guardian(kin: Kin, alive: Bools, own: Ints) -> Ints:
    """The living mother, else the living father, else a living grandmother, else nobody but oneself."""
    guardian = own.copy()
    grandmother = np.where(kin.mother == NOBODY, NOBODY, kin.mother[kin.mother])
    for relative in (grandmother, kin.father, kin.mother):
        present = (relative != NOBODY) & alive[relative]
        guardian[present] = relative[present]
    return guardian


def _with_daughter(rng: Generator, kin: Kin, alive: Bools, as_of: int) -> Ints:
    """The daughter with whom an old person without a partner lives, or `NOBODY`."""
    host = np.full(len(kin), NOBODY)
    daughters = np.flatnonzero((kin.sex == FEMALE) & (kin.partner != NOBODY) & ~kin.separated & alive)
    for parent in (kin.father, kin.mother):
        known = daughters[parent[daughters] != NOBODY]
        host[parent[known]] = known
    partnered = (kin.partner != NOBODY) & ~kin.separated & alive[kin.partner]
    old = alive & ~partnered & (as_of - kin.birth > 70 * YEAR) & happens(rng, OLD_WITH_DAUGHTER_RATE, len(kin))
    return np.where(old, host, NOBODY)


def _follow(anchor: Ints) -> Ints:
    """The head at the end of each chain of people who live with one another; none has 64 links."""
    for _ in range(6):
        anchor = anchor[anchor]
    return anchor
