"""Schooling, poverty, disability, papers and telephones: what an office asks beside name and date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from sources.synthetic.arrays import NEVER, NOBODY, YEAR, Bools, Floats, Ints, day_number
from sources.synthetic.draws import Generator, happens, whole
from sources.synthetic.population import Population

POOR_SHARE = 0.36
HAS_CURP_RATE = 0.97
MIGRANT_HAS_CURP_RATE = 0.45
HAS_PHONE_RATE = 0.86
CHANGED_PHONE_RATE = 0.5
DISABILITY_RATE = 0.05
FIRST_CURP = day_number(date(1997, 1, 1))
"""From that day on the living were given a CURP."""

LANGUAGE_RATE = 0.55
"""Of indigenous people, how many speak the language."""


@dataclass(frozen=True)
class Circumstances:
    """One entry a person, but for `score` and `poor`, which are by household.

    `schooling` is the highest ISCED level reached or in hand; `phone` and `old_phone` are ten digits
    (`NOBODY` for none, a child's is a parent's); `phone_changed` the day the old one was given up.
    """

    schooling: Ints
    disability: Bools
    speaks_indigenous: Bools
    has_curp: Bools
    phone: Ints
    old_phone: Ints
    phone_changed: Ints
    score: Floats
    poor: Bools


def circumstances(rng: Generator, people: Population) -> Circumstances:
    """Draw everyone's circumstances."""
    size = len(people)
    score = rng.normal(0, 1, people.homes.count)
    schooling = _schooling(rng, people, score)
    old, phone = _phones(rng, people)
    changed = people.as_of - (rng.exponential(3.0, size) * YEAR).astype(np.int64)
    papers = np.where(people.migrant, MIGRANT_HAS_CURP_RATE, HAS_CURP_RATE)
    age = people.age()
    return Circumstances(
        schooling=schooling,
        disability=happens(rng, DISABILITY_RATE * (0.5 + age / 50), size),
        speaks_indigenous=people.indigenous & happens(rng, LANGUAGE_RATE, size),
        has_curp=happens(rng, papers, size) & (people.kin.death > FIRST_CURP),
        phone=phone,
        old_phone=old,
        phone_changed=np.where(happens(rng, CHANGED_PHONE_RATE, size), changed, NEVER),
        score=score,
        poor=score < np.quantile(score, POOR_SHARE),
    )


def _schooling(rng: Generator, people: Population, score: Floats) -> Ints:
    """ISCED 0 to 7, higher for the young and the well-off, never above what the age allows."""
    born = people.kin.birth / YEAR + 1970
    talent = rng.normal(0, 0.9, len(people)) + 0.7 * score[people.homes.household] + (born - 1970) / 25
    level = np.clip(np.floor(2.3 + talent), 0, 7).astype(np.int64)
    level[level == 4] = 3
    allowed = np.digitize(people.age(), (6, 12, 15, 18, 22, 24))
    return np.asarray(np.minimum(level, np.array([0, 1, 2, 3, 5, 6, 7])[allowed]))


def _phones(rng: Generator, people: Population) -> tuple[Ints, Ints]:
    """The number before and the number now: one's own from 15 on, before that a parent's."""
    size = len(people)
    area = 200 + people.kin.home % 640
    own = happens(rng, HAS_PHONE_RATE, size) & (people.age() >= 15)
    numbers = []
    for _ in range(2):
        number = np.where(own, area * 10**7 + whole(rng, 1_000_000, 9_999_999, size), NOBODY)
        for parent in (people.kin.mother, people.kin.father):
            borrowed = ~own & (people.age() < 15) & (number == NOBODY) & (parent != NOBODY)
            number[borrowed] = number[parent[borrowed]]
        numbers.append(number)
    return numbers[0], numbers[1]
