"""Check-ups and vaccinations of the last twelve months, as often as age asks and as people come."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sources.synthetic.arrays import NEVER, YEAR, Bools, Ints
from sources.synthetic.draws import Generator, happens, ordinals, pick, whole
from sources.synthetic.population import Population

VISITS_A_YEAR = ((1, 6.0), (2, 4.5), (5, 2.4), (17, 0.9), (60, 0.5), (200, 1.4))
"""Up to which age, how many check-ups in a year on average."""

SERVICES = ("control_nino_sano", "consulta_general", "control_prenatal", "control_cronico")
PRENATAL = SERVICES.index("control_prenatal")
PREGNANCY_DAYS = 280
VACCINES = (("BCG", 0), ("hepatitis_b", 0), ("hexavalente_1", 60), ("hexavalente_2", 120), ("hexavalente_3", 180),
            ("triple_viral_1", 365), ("hexavalente_4", 548), ("dpt", 1460), ("triple_viral_2", 2190))  # fmt: skip
"""Each dose of the calendar, and the day of life on which it is due."""

VACCINATED_RATE = 0.88


@dataclass(frozen=True)
class Visits:
    """One entry a visit; `service` is a position in `SERVICES`, or in `VACCINES` for a vaccination."""

    person: Ints
    day: Ints
    service: Ints

    def __len__(self) -> int:
        return len(self.person)

    def only(self, rows: Bools) -> Visits:
        """The visits where `rows` is true."""
        return Visits(self.person[rows], self.day[rows], self.service[rows])


def checkups(rng: Generator, people: Population) -> Visits:
    """The check-ups of the last twelve months."""
    age = people.age()
    until, mean = zip(*VISITS_A_YEAR, strict=True)
    rate = np.array([*mean, 0.0])[np.digitize(age, until)]
    counts = rng.poisson(np.where(people.kin.death > people.as_of - YEAR, rate, 0)).astype(np.int64)
    person = np.repeat(np.arange(len(people)), counts)
    step = int(YEAR) // np.maximum(counts[person], 1)
    day = people.as_of - ordinals(counts) * step - (rng.random(len(person)) * step).astype(np.int64)
    pregnant = (people.kin.sex[person] == 1) & (age[person] > 16) & (age[person] < 42) & happens(rng, 0.15, len(person))
    service = np.where(age[person] < 6, 0, np.where(pregnant, 2, np.where(age[person] > 55, 3, 1)))
    visits = Visits(person, day, service)
    return visits.only((day > people.kin.birth[person]) & (day < people.kin.death[person]))


def expected_births(rng: Generator, people: Population, visits: Visits) -> Ints:
    """The day on which a birth is expected, one a visit; `NEVER` but for those in the last pregnancy."""
    prenatal = visits.service == PRENATAL
    last = np.full(len(people), -1)
    np.maximum.at(last, visits.person[prenatal], visits.day[prenatal])
    expected = last + whole(rng, 15, 200, len(people))
    return np.where(prenatal & (visits.day > expected[visits.person] - PREGNANCY_DAYS), expected[visits.person], NEVER)


def vaccinations(rng: Generator, people: Population) -> Visits:
    """The doses given in the last twelve months, about the day they were due."""
    children = np.flatnonzero(people.age() < 8)
    due = np.array([day for _, day in VACCINES])
    person, service = np.repeat(children, len(due)), np.tile(np.arange(len(due)), len(children))
    late = np.where(due[service] == 0, pick(rng, (0.8, 0.2), len(person)), whole(rng, 0, 45, len(person)))
    day = people.kin.birth[person] + due[service] + late
    given = happens(rng, VACCINATED_RATE, len(person)) & (day < people.kin.death[person])
    return Visits(person, day, service).only(given & (day <= people.as_of) & (day > people.as_of - YEAR))
