"""Who goes to which school, and on how many days of each month."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sources.synthetic.arrays import Ints
from sources.synthetic.circumstances import Circumstances
from sources.synthetic.draws import Generator, happens, whole
from sources.synthetic.population import Population

MONTHS_KEPT = 2
PEOPLE_A_SCHOOL = 500
SCHOOL_DAYS = 21
ENROLLED_BY_AGE = (
    0, 0, 0, 0.45, 0.78, 0.90, 0.98, 0.98, 0.98, 0.98, 0.98, 0.97, 0.95, 0.93, 0.90, 0.76, 0.70, 0.62, 0.42, 0.34, 0.30,
    0.26, 0.20,
)  # fmt: skip
TRUANT_RATE = 0.06


@dataclass(frozen=True)
class Pupils:
    """One entry a pupil; `present` and `expected` are days, month by month of the last ones."""

    person: Ints
    school: Ints
    grade: Ints
    present: tuple[Ints, ...]
    expected: tuple[Ints, ...]

    def __len__(self) -> int:
        return len(self.person)


def pupils(rng: Generator, people: Population, life: Circumstances) -> Pupils:
    """Everyone at school today, in order of person."""
    age = people.age()
    rate = np.array([*ENROLLED_BY_AGE, 0.0])[np.clip(age, 0, len(ENROLLED_BY_AGE))]
    poor = life.poor[people.homes.household]
    rate = rate * np.where(poor & (age > 14), 0.75, 1.0)
    person = np.flatnonzero(people.alive & happens(rng, rate, len(people)))
    diligence = np.clip(rng.beta(18, 1.6, len(person)), 0, 1)
    diligence[happens(rng, TRUANT_RATE, len(person))] *= 0.6
    expected = tuple(SCHOOL_DAYS - whole(rng, 0, 1, len(person)) for _ in range(MONTHS_KEPT))
    schools = max(2, len(people) // PEOPLE_A_SCHOOL)
    return Pupils(
        person=person,
        school=people.kin.home[person] * 7 % schools,
        grade=np.clip(age[person] - 5, 0, 17),
        present=tuple(rng.binomial(days, diligence) for days in expected),
        expected=expected,
    )
