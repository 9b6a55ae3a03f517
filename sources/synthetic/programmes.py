"""The social programmes: who is in which, since when, and what was paid in the last twelve months."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sources.synthetic.arrays import YEAR, Bools, Ints
from sources.synthetic.circumstances import Circumstances
from sources.synthetic.draws import Generator, happens
from sources.synthetic.families import FEMALE
from sources.synthetic.population import Population

PROGRAMMES = ("familias", "pension_mayores", "discapacidad", "alimentos")
AMOUNTS = (1_650.0, 6_000.0, 3_100.0, 0.0)
"""A two-month payment in pesos; the last gives food parcels."""

PAYMENTS_A_YEAR = 6
TAKE_UP_RATE = 0.8
KEPT_RATE = 0.03
"""Of the other households, those that draw the transfer still, because they were poorer when they were enrolled."""

FOOD_RATE = 0.25
PENSION_AGE = 65


@dataclass(frozen=True)
class Enrolments:
    """One entry a person in a programme; `recipient` draws the benefit for the household."""

    person: Ints
    programme: Ints
    start: Ints
    recipient: Bools

    def __len__(self) -> int:
        return len(self.person)


def kept_on(rng: Generator, people: Population, life: Circumstances) -> Bools:
    """The households that draw the families' transfer and are not poor any more."""
    return ~life.poor & happens(rng, KEPT_RATE, people.homes.count)


def enrolments(rng: Generator, people: Population, life: Circumstances, kept: Bools) -> Enrolments:
    """Every enrolment in force, those of the households `kept` too, in order of programme and person."""
    household = people.homes.household
    families = kept | (happens(rng, TAKE_UP_RATE, people.homes.count) & life.poor)
    food = families & happens(rng, FOOD_RATE, people.homes.count)
    draws = recipients(people)
    members = (
        families[household] & people.alive,
        people.alive & (people.age() >= PENSION_AGE) & happens(rng, TAKE_UP_RATE, len(people)),
        people.alive & life.disability & (people.age() < PENSION_AGE) & happens(rng, 0.5, len(people)),
        food[household] & draws & people.alive,
    )
    person = np.concatenate([np.flatnonzero(mask) for mask in members])
    programme = np.repeat(np.arange(len(PROGRAMMES)), [int(mask.sum()) for mask in members])
    since = people.as_of - (rng.beta(1.1, 2.2, len(person)) * 8 * YEAR).astype(np.int64)
    return Enrolments(
        person=person,
        programme=programme,
        start=np.maximum(since, people.kin.birth[person]),
        recipient=draws[person] | (programme == 1) | (programme == 2),
    )


def recipients(people: Population) -> Bools:
    """Who draws what a household is given: one grown member of each household, a woman where there is one."""
    adult = people.alive & (people.age() >= 18)
    order = np.lexsort((people.kin.birth, people.kin.sex != FEMALE, ~adult, people.homes.household))
    first = np.r_[True, np.diff(people.homes.household[order]) != 0]
    chosen = np.zeros(len(people), dtype=bool)
    chosen[order[first]] = True
    return chosen & people.alive
