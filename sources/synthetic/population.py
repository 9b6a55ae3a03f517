"""The population: natives and migrants, their names, homes, numbers and circumstances."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from sources.synthetic.arrays import NEVER, NOBODY, YEAR, Bools, Ints
from sources.synthetic.draws import Generator, generator, happens, pick
from sources.synthetic.families import Kin
from sources.synthetic.households import Households, settle
from sources.synthetic.identifiers import Identifiers, identify
from sources.synthetic.naming import Names, name_people
from sources.synthetic.places import STATES, places
from sources.synthetic.sizing import families_of
from sources.synthetic.surnames import POOLS

HOME_COUNTRY = 0
COUNTRIES = ("MX", "GT", "HN", "VE", "CO", "BR", "PE", "BO")
MIGRANT_WEIGHTS = np.array([30.0, 26.0, 16.0, 10.0, 7.0, 7.0, 4.0])
MIGRANT_POOLS = ("general", "general", "general", "general", "portuguese", "quechua", "aymara")
MIGRANT_SHARE = 0.03

NATIVE_BIRTHS = (1922, 1952)
NATIVE_FERTILITY = (4.6, 3.4, 2.3, 1.7)

MIGRANT_BIRTHS = (1955, 2001)
MIGRANT_FERTILITY = (2.4,)


INDIGENOUS_SHARE = {
    "YN": ("maya", 0.45), "CC": ("maya", 0.3), "QR": ("maya", 0.3), "CS": ("maya", 0.12), "TL": ("nahuatl", 0.1),
    "PL": ("nahuatl", 0.1), "VZ": ("nahuatl", 0.06), "HG": ("nahuatl", 0.06), "GR": ("nahuatl", 0.06),
}  # fmt: skip


@dataclass(frozen=True)
class Population:
    """Everyone, one position a person.

    `country` is the country of birth and `origin` that of the family (positions in `COUNTRIES`); `arrival`
    the day a migrant came (`NEVER` for those born here). `indigenous` follows the founders' surnames.
    """

    as_of: int
    kin: Kin
    names: Names
    homes: Households
    numbers: Identifiers
    country: Ints
    origin: Ints
    arrival: Ints
    birthplace: Ints
    indigenous: Bools

    def __len__(self) -> int:
        return len(self.kin)

    @property
    def alive(self) -> Bools:
        """Who lives today."""
        later: Bools = self.kin.death > self.as_of
        return later

    @property
    def migrant(self) -> Bools:
        """Who was born abroad."""
        foreign: Bools = self.country != HOME_COUNTRY
        return foreign

    def age(self) -> Ints:
        """Whole years since birth, for the dead as well."""
        return ((self.as_of - self.kin.birth) // YEAR).astype(np.int64)


def populate(people: int, seed: int, as_of: int) -> Population:
    """A population of exactly `people`, the dead and the departed included."""
    abroad = round(people * MIGRANT_SHARE)
    rng = generator(seed, "families")
    natives = _natives(rng, people - abroad, as_of)
    own = np.arange(len(MIGRANT_WEIGHTS))
    migrants = families_of(rng, abroad, MIGRANT_BIRTHS, MIGRANT_FERTILITY, as_of, MIGRANT_WEIGHTS, own)
    origin = np.concatenate([np.zeros(len(natives), dtype=np.int64), migrants.home + 1])
    root = _family(migrants)
    arrival = (as_of - rng.beta(1.2, 2.0, len(migrants)) * 25 * YEAR).astype(np.int64)[root]
    home = pick(rng, places().weights, len(migrants))[root]
    kin = natives.followed_by(_shifted(migrants, len(natives), home))
    return _with_lives(kin, origin, np.concatenate([np.full(len(natives), NEVER), arrival]), seed, as_of)


def _natives(rng: Generator, people: int, as_of: int) -> Kin:
    return families_of(rng, people, NATIVE_BIRTHS, NATIVE_FERTILITY, as_of, places().weights, places().state)


def _with_lives(kin: Kin, origin: Ints, arrival: Ints, seed: int, as_of: int) -> Population:
    native = (arrival == NEVER) | (kin.birth > arrival)
    country = np.where(native, HOME_COUNTRY, origin)
    rng = generator(seed, "names")
    pool, indigenous = _pools(rng, kin, origin)
    names = name_people(rng, kin, pool)
    birthplace = np.where(native, _birthplaces(kin), NOBODY)
    state = np.where(native, places().state[birthplace], len(STATES))
    return Population(
        as_of=as_of,
        kin=kin,
        names=names,
        homes=settle(generator(seed, "households"), kin, as_of, places().weights),
        numbers=identify(generator(seed, "identifiers"), kin, names, state),
        country=country,
        origin=origin,
        arrival=np.where(native, NEVER, arrival),
        birthplace=birthplace,
        indigenous=indigenous,
    )


def _birthplaces(kin: Kin) -> Ints:
    """Where the mother lives; founders were born where they live."""
    return np.where(kin.mother == NOBODY, kin.home, kin.home[kin.mother])


def _shifted(kin: Kin, offset: int, home: Ints) -> Kin:
    columns = {field.name: getattr(kin, field.name) for field in fields(Kin)}
    for name in ("mother", "father", "partner"):
        columns[name] = np.where(columns[name] == NOBODY, NOBODY, columns[name] + offset)
    return Kin(**{**columns, "home": home})


def _family(kin: Kin) -> Ints:
    """One position for each family: a founder couple's is shared by their children."""
    own = np.arange(len(kin))
    couple = np.where(kin.partner == NOBODY, own, np.minimum(own, kin.partner))
    root = np.where(kin.generation == 0, couple, own)
    return np.where(kin.mother == NOBODY, root, root[kin.mother])


def _pools(rng: Generator, kin: Kin, origin: Ints) -> tuple[Ints, Bools]:
    """The pool of surnames of each person's family, handed down by mothers; and who is indigenous."""
    pool = np.zeros(len(kin), dtype=np.int64)
    for state, (name, share) in INDIGENOUS_SHARE.items():
        people = (places().state[kin.home] == STATES.index(state)) & happens(rng, share, len(kin))
        pool[people] = POOLS.index(name)
    foreign = np.array([0, *(POOLS.index(name) for name in MIGRANT_POOLS)])
    pool = np.where(origin == HOME_COUNTRY, pool, foreign[origin])
    for generation in range(1, int(kin.generation.max(initial=0)) + 1):
        children = kin.generation == generation
        pool[children] = pool[kin.mother[children]]
    return pool, (pool != POOLS.index("general")) & (pool != POOLS.index("portuguese"))
