"""The roll of one institution: which people it lists, when it last saw them, and what it got wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sources.synthetic.arrays import NEVER, NOBODY, YEAR, Bools, Ints, Text, calendar_parts
from sources.synthetic.draws import Generator, happens
from sources.synthetic.families import FEMALE
from sources.synthetic.population import Population
from sources.synthetic.rates import Rates
from sources.synthetic.world import World

CHILDHOOD = 18
NOT_OF_A_FIELD = ("lag_years", "least_age", "duplicated", "cut_rows", "dead_kept")
NEWBORN_YEARS = 2


@dataclass(frozen=True)
class Roll:
    """One entry a row. `seen` is the day whose state of affairs the row tells; `faults` are by name of `Rates`."""

    world: World
    rates: Rates
    rng: Generator
    person: Ints
    seen: Ints
    keys: Text
    faults: Mapping[str, Bools]

    def __len__(self) -> int:
        return len(self.person)

    def row_of_person(self) -> Ints:
        """For each person of the world one row that is theirs, or `NOBODY`."""
        rows = np.full(len(self.world.people), NOBODY)
        rows[self.person[::-1]] = np.arange(len(self) - 1, -1, -1)
        return rows


def still_listed(rng: Generator, people: Population, rates: Rates) -> Bools:
    """The living, and those dead of the last ten years whose death the office never heard of."""
    recent = ~people.alive & (people.kin.death > people.as_of - 10 * YEAR)
    return people.alive | (recent & happens(rng, rates.dead_kept, len(people)))


def listed(rng: Generator, members: Ints, rates: Rates) -> Ints:
    """`members` in an order of their own; some of them come a second time, as a row of its own."""
    twice = members[happens(rng, rates.duplicated, len(members))]
    return np.asarray(rng.permutation(np.concatenate([members, twice])))


def roll(world: World, rng: Generator, person: Ints, keys: Text, rates: Rates, seen: Ints | None = None) -> Roll:
    """The roll of the rows `person`, with the faults drawn; `seen` is drawn too where it is not given."""
    when = _seen(rng, world.people, person, rates) if seen is None else seen
    return Roll(world, rates, rng, person, when, keys, _faults(rng, world, person, when, rates))


def _seen(rng: Generator, people: Population, person: Ints, rates: Rates) -> Ints:
    """A day in the lag before today, but not before the least age nor after death."""
    day = people.as_of - (rng.exponential(rates.lag_years, len(person)) * YEAR).astype(np.int64)
    day = np.maximum(day, people.kin.birth[person] + int(rates.least_age * YEAR))
    return np.minimum(day, np.minimum(people.kin.death[person], people.as_of))


def _faults(rng: Generator, world: World, person: Ints, seen: Ints, rates: Rates) -> dict[str, Bools]:
    """Each fault where it can befall a row at all, at its declared rate."""
    people, size = world.people, len(person)
    can = {**_name_conditions(people, person, seen), **_date_conditions(people, person, seen)}
    everywhere = np.ones(size, dtype=bool)
    faults = {
        name: can.get(name, everywhere) & happens(rng, getattr(rates, name), size)
        for name in Rates.__dataclass_fields__
        if name not in NOT_OF_A_FIELD
    }
    return _one_at_a_time(faults)


def _name_conditions(people: Population, person: Ints, seen: Ints) -> dict[str, Bools]:
    kin, names = people.kin, people.names
    wife = (kin.sex[person] == FEMALE) & (kin.partner[person] != NOBODY) & (kin.union[person] <= seen)
    two_surnames = names.surname_2[person] != NOBODY
    child = (seen - kin.birth[person] < CHILDHOOD * YEAR) & (kin.mother[person] != NOBODY)
    return {
        "second_given_dropped": names.given_2[person] != NOBODY,
        "surnames_swapped": two_surnames,
        "surname_2_missing": two_surnames,
        "married_name": wife & two_surnames,
        "newborn_unnamed": people.age()[person] < NEWBORN_YEARS,
        "curp_of_parent": child,
    }


def _date_conditions(people: Population, person: Ints, seen: Ints) -> dict[str, Bools]:
    _, month, day = calendar_parts(people.kin.birth[person])
    return {
        "day_month_swapped": (day <= 12) & (day != month),
        "age_heaped": seen - people.kin.birth[person] > 20 * YEAR,
        "year_off_by_ten": seen - people.kin.birth[person] > 11 * YEAR,
    }


EXCLUSIVE = (
    ("newborn_unnamed", "second_given_dropped", "given_misspelt"),
    ("married_name", "surname_2_missing", "surnames_swapped"),
    ("birth_date_missing", "birth_date_impossible", "default_date", "age_heaped", "day_month_swapped",
     "year_off_by_ten", "year_off_by_one"),
    ("sex_missing", "sex_code_unknown", "sex_wrong"),
    ("curp_of_parent", "curp_missing", "curp_miscopied"),
    ("phone_missing", "phone_of_officer"),
    ("address_missing", "address_misspelt"),
)  # fmt: skip
"""Faults of one field; where two would befall a row, the first named does."""


def _one_at_a_time(faults: dict[str, Bools]) -> dict[str, Bools]:
    for group in EXCLUSIVE:
        taken = faults[group[0]]
        for name in group[1:]:
            faults[name] = faults[name] & ~taken
            taken = taken | faults[name]
    return faults


def out_of_date(roll: Roll, changed: Ints) -> Bools:
    """Where something changed for the person (day by person, `NEVER` for not) after the row was written."""
    day: Ints = changed[roll.person]
    return np.asarray((day != NEVER) & (day > roll.seen))
