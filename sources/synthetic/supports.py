"""What the regions give beside the national programmes: food baskets, and a supplement for the old."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sources.synthetic.arrays import NEVER, YEAR, Ints
from sources.synthetic.circumstances import Circumstances
from sources.synthetic.draws import Generator, happens
from sources.synthetic.population import Population
from sources.synthetic.programmes import recipients

SUPPORTS = ("canasta_basica", "complemento_vejez")
BASKET_RATE = {True: 0.6, False: 0.15}
"""Of poor households, and of the others: a region asks for no score."""

SUPPLEMENT_AGE = 70
SUPPLEMENT_RATE = 0.3
ENDED_RATE = 0.25
YEARS = 6


@dataclass(frozen=True)
class Supports:
    """One entry a support that a person has or had; `end` is `NEVER` while it goes on."""

    person: Ints
    support: Ints
    start: Ints
    end: Ints

    def __len__(self) -> int:
        return len(self.person)


def supports(rng: Generator, people: Population, life: Circumstances) -> Supports:
    """Every support of the last years, in order of support and person."""
    basket = happens(rng, np.where(life.poor, BASKET_RATE[True], BASKET_RATE[False]), people.homes.count)
    old = people.alive & (people.age() >= SUPPLEMENT_AGE) & happens(rng, SUPPLEMENT_RATE, len(people))
    drawn = (basket[people.homes.household] & recipients(people), old)
    person = np.concatenate([np.flatnonzero(mask) for mask in drawn])
    support = np.repeat(np.arange(len(SUPPORTS)), [int(mask.sum()) for mask in drawn])
    days = (rng.beta(1.1, 2.2, len(person)) * YEARS * YEAR).astype(np.int64)
    lasted = (rng.random(len(person)) * days).astype(np.int64)
    start = np.maximum(people.as_of - days, people.kin.birth[person])
    end = np.where(happens(rng, ENDED_RATE, len(person)), np.minimum(start + lasted, people.as_of), NEVER)
    return Supports(person, support, start, end)
