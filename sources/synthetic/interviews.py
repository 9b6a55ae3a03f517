"""What a questionnaire asks of a household and its members: dwelling, food, income, belongings, school, work sought."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sources.synthetic.arrays import NEVER, Bools, Floats, Ints
from sources.synthetic.circumstances import Circumstances
from sources.synthetic.draws import Generator, happens, pick
from sources.synthetic.population import HOME_COUNTRY, Population
from sources.synthetic.school import Pupils
from sources.synthetic.work import Jobs

RURAL_RATE = 0.24
TRAINED_RATE = 0.12
SEEKS_WORK_RATE = 0.3
"""Of the grown up to 65 who have no job."""

HEALTH_COVER_RATE = 0.7
"""Of households in which nobody has a formal job."""

HOUSEHOLD_QUESTIONS = (
    "residents", "rooms", "poor_materials", "missing_services", "food_insecurity", "assets", "rural",
    "household_income", "poverty_score",
)  # fmt: skip
PERSON_QUESTIONS = {
    "attends_school": (3, 22), "without_health_access": (0, 120), "trained": (15, 70), "seeks_work": (15, 65),
}  # fmt: skip
"""Asked of members from the first age to the day before the second."""


@dataclass(frozen=True)
class Interviews:
    """The true answers by question: one a household (`of_household`), or one a person (`of_person`)."""

    of_household: dict[str, Floats]
    of_person: dict[str, Bools]


def interviews(rng: Generator, people: Population, life: Circumstances, jobs: Jobs, school: Pupils) -> Interviews:
    """What everyone would truly answer today. Want goes with the score, and with living in the country."""
    homes, count = people.homes.household, people.homes.count
    rural = happens(rng, np.clip(RURAL_RATE - 0.1 * life.score, 0.02, 0.8), count)
    want = np.clip(0.30 - 0.18 * life.score + 0.15 * rural, 0.01, 0.95)
    members = np.bincount(homes[people.alive], minlength=count)
    working, formal = _at_work(people, jobs)
    covered = np.bincount(homes[formal & people.alive], minlength=count) > 0
    household = {
        "residents": members,
        "rooms": np.maximum(1, np.round(members / np.clip(rng.normal(1.5 + want, 0.5, count), 0.6, 5))),
        "poor_materials": rng.binomial(3, want * 0.5),
        "missing_services": rng.binomial(4, want * 0.45),
        "food_insecurity": _food(rng, want, np.bincount(homes[people.alive & (people.age() < 18)], minlength=count)),
        "assets": rng.binomial(5, np.clip(0.35 + 0.12 * life.score + 0.15 * rural, 0.02, 0.95)),
        "rural": rural,
        "household_income": np.round(_wages(people, jobs)),
        "poverty_score": np.round(life.score, 3),
    }
    size = len(people)
    at_school = np.zeros(size, dtype=bool)
    at_school[school.person] = True
    return Interviews(
        of_household={name: np.asarray(values, dtype=np.float64) for name, values in household.items()},
        of_person={
            "attends_school": at_school,
            "without_health_access": ~(covered | happens(rng, HEALTH_COVER_RATE, count))[homes],
            "trained": happens(rng, TRAINED_RATE, size),
            "seeks_work": ~working & happens(rng, SEEKS_WORK_RATE, size),
        },
    )


def _at_work(people: Population, jobs: Jobs) -> tuple[Bools, Bools]:
    """Who has a job here today, and who has a formal one."""
    current = _current(jobs)
    working, formal = np.zeros(len(people), dtype=bool), np.zeros(len(people), dtype=bool)
    working[jobs.person[current]] = True
    formal[jobs.person[current & jobs.formal]] = True
    return working, formal


def _current(jobs: Jobs) -> Bools:
    return np.asarray((jobs.end == NEVER) & (jobs.country == HOME_COUNTRY))


def _wages(people: Population, jobs: Jobs) -> Floats:
    """What the jobs of the living members of each household pay in a month."""
    paid = _current(jobs) & people.alive[jobs.person]
    household = people.homes.household[jobs.person[paid]]
    return np.asarray(np.bincount(household, jobs.wage[paid], people.homes.count), dtype=np.float64)


def _food(rng: Generator, want: Floats, minors: Ints) -> Ints:
    """Answers that tell of hunger: of 12 items where minors live, else of 6; most households give none."""
    hungry = happens(rng, want, len(want))
    level = 1 + pick(rng, (3, 3, 2, 2, 1), len(want))
    return np.where(hungry, np.where(minors > 0, 2 * level, level), 0)
