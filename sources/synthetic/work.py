"""Jobs, formal and informal, here and abroad, and the contributions paid for them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sources.synthetic.arrays import NEVER, YEAR, Bools, Floats, Ints
from sources.synthetic.circumstances import Circumstances
from sources.synthetic.draws import Generator, happens, ordinals, pick, whole
from sources.synthetic.population import COUNTRIES, HOME_COUNTRY, Population

WINDOW_YEARS = 6
WORKS_RATE = (0.80, 0.52)
"""Of men and of women between 16 and 70."""

PEOPLE_AN_EMPLOYER = 40
RETURNEE_RATE = 0.02
"""Of natives in working age, who once worked abroad."""


@dataclass(frozen=True)
class Jobs:
    """One entry a spell of work. `end` is `NEVER` while it lasts; `wage` is a month's; `country` in `COUNTRIES`."""

    person: Ints
    start: Ints
    end: Ints
    employer: Ints
    formal: Bools
    occupation: Ints
    wage: Floats
    country: Ints

    def __len__(self) -> int:
        return len(self.person)

    def only(self, rows: Bools) -> Jobs:
        """The spells where `rows` is true."""
        return Jobs(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))


def jobs(rng: Generator, people: Population, life: Circumstances) -> Jobs:
    """Everyone's spells of the last years, and migrants' and returnees' spells abroad, in order of person."""
    here, abroad = _here(rng, people, life), _abroad(rng, people, life)
    both = [np.concatenate([getattr(here, name), getattr(abroad, name)]) for name in Jobs.__dataclass_fields__]
    order = np.lexsort((both[1], both[0]))
    return Jobs(*(column[order] for column in both))


def _here(rng: Generator, people: Population, life: Circumstances) -> Jobs:
    age, size = people.age(), len(people)
    works = happens(rng, np.array(WORKS_RATE)[people.kin.sex], size) & (age >= 16) & (age < 70)
    works &= people.kin.death > people.as_of - WINDOW_YEARS * YEAR
    counts = np.where(works, 1 + pick(rng, (0.62, 0.25, 0.09, 0.04), size), 0)
    person, number = np.repeat(np.arange(size), counts), ordinals(counts)
    window = int(WINDOW_YEARS * YEAR)
    share = window // counts[person]
    adult = people.kin.birth[person] + int(16 * YEAR)
    start = people.as_of - window + number * share + (rng.random(len(person)) * share * 0.7).astype(np.int64)
    start = np.maximum(
        np.maximum(start, adult), np.where(people.arrival == NEVER, start.min(initial=0), people.arrival)[person]
    )
    end = start + np.maximum(20, (rng.random(len(person)) * share * 0.9).astype(np.int64))
    last = number == counts[person] - 1
    end[last & happens(rng, 0.78, len(person))] = NEVER
    end = np.where((end < people.as_of) | (end == NEVER), end, NEVER)
    death = people.kin.death[person]
    end = np.where((end == NEVER) & (death <= people.as_of), death, end)
    spells = _spells(rng, people, life, person, start, end, np.zeros(len(person), dtype=np.int64))
    return spells.only((start < people.as_of) & (start < death))


def _abroad(rng: Generator, people: Population, life: Circumstances) -> Jobs:
    """Before their arrival migrants worked at home; some natives worked in one of those countries and came back."""
    age, size = people.age(), len(people)
    came = (people.arrival != NEVER) & (people.arrival - people.kin.birth > 19 * YEAR) & (age < 80)
    went = (people.country == HOME_COUNTRY) & (age > 26) & (age < 80) & happens(rng, RETURNEE_RATE, size)
    person = np.flatnonzero(came | went)
    back = np.where(came, people.arrival, people.as_of - int(WINDOW_YEARS * YEAR))[person] - whole(
        rng, 5, 400, len(person)
    )
    start = np.maximum(back - whole(rng, 120, 3600, len(person)), people.kin.birth[person] + int(17 * YEAR))
    other = whole(rng, 1, len(COUNTRIES) - 1, len(person))
    country = np.where(came[person], people.country[person], other)
    spells = _spells(rng, people, life, person, start, back, country)
    return spells.only((back > start + 30) & (back < people.kin.death[person]))


def _spells(
    rng: Generator, people: Population, life: Circumstances, person: Ints, start: Ints, end: Ints, country: Ints
) -> Jobs:
    size = len(person)
    schooling = life.schooling[person]
    employers = max(3, len(people) // PEOPLE_AN_EMPLOYER)
    formal = happens(rng, np.asarray(0.18 + 0.09 * schooling), size) | (country != HOME_COUNTRY)
    occupation = np.clip(np.round(9 - schooling + rng.normal(0, 1.4, size)), 1, 9).astype(np.int64)
    return Jobs(
        person=person,
        start=start,
        end=end,
        employer=(employers * rng.random(size) ** 2.2).astype(np.int64),
        formal=formal,
        occupation=occupation,
        wage=np.round(np.exp(8.75 + 0.13 * schooling + 0.35 * formal + rng.normal(0, 0.4, size)), 2),
        country=country,
    )
