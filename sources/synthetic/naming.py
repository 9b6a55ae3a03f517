"""How people get their names: two surnames, the father's first and the mother's first; given names by fashion."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sources.synthetic.arrays import NOBODY, Bools, Ints, year_of
from sources.synthetic.draws import Generator, happens, pick, rank_within
from sources.synthetic.families import FEMALE, MALE, Kin
from sources.synthetic.given_names import given_names
from sources.synthetic.surnames import POOLS, surnames

SECOND_NAME_RATE = 0.58
JUNIOR_RATE = 0.06
NAMESAKE_DAUGHTER_RATE = 0.02
ONE_SURNAME_RATE = 0.15
"""Of children whose father is unknown; the others bear both of the mother's surnames."""

FASHION_YEARS = 5
LATE_FASHION = 1990
PORTUGUESE = POOLS.index("portuguese")


@dataclass(frozen=True)
class Names:
    """Codes of each person's words in `names.given_names` and `names.surnames`; `NOBODY` for none."""

    given_1: Ints
    given_2: Ints
    surname_1: Ints
    surname_2: Ints


def name_people(rng: Generator, kin: Kin, pool: Ints) -> Names:
    """Names for everyone; founders draw their surnames from their own `pool` (a position in `POOLS`)."""
    portuguese = pool == PORTUGUESE
    given_1, given_2 = _fashionable(rng, kin, portuguese)
    _part_siblings(rng, kin, given_1, portuguese)
    surname_1, surname_2 = _founder_surname(rng, kin, pool), _founder_surname(rng, kin, pool)
    names = Names(given_1, np.where(given_1 == given_2, NOBODY, given_2), surname_1, surname_2)
    for generation in range(1, int(kin.generation.max(initial=0)) + 1):
        children = np.flatnonzero((kin.generation == generation) & (kin.mother != NOBODY))
        _inherit(rng, kin, names, children, portuguese)
    return names


def _inherit(rng: Generator, kin: Kin, names: Names, children: Ints, portuguese: Bools) -> None:
    mother, father = kin.mother[children], kin.father[children]
    known, lusophone = father != NOBODY, portuguese[children]
    names.surname_1[children] = names.surname_1[mother]
    names.surname_2[children] = np.where(happens(rng, ONE_SURNAME_RATE, len(children)), NOBODY, names.surname_2[mother])
    spanish = children[known & ~lusophone]
    names.surname_1[spanish] = names.surname_1[father[known & ~lusophone]]
    names.surname_2[spanish] = names.surname_1[mother[known & ~lusophone]]
    brazilian = children[known & lusophone]
    names.surname_1[brazilian] = _last(names, mother[known & lusophone])
    names.surname_2[brazilian] = _last(names, father[known & lusophone])
    _name_after(rng, names, children[(kin.sex[children] == MALE) & known], kin.father, JUNIOR_RATE)
    _name_after(rng, names, children[kin.sex[children] == FEMALE], kin.mother, NAMESAKE_DAUGHTER_RATE)


def _last(names: Names, people: Ints) -> Ints:
    second = names.surname_2[people]
    return np.where(second == NOBODY, names.surname_1[people], second)


def _name_after(rng: Generator, names: Names, children: Ints, parent: Ints, rate: float) -> None:
    """Some bear their parent's given names: one child of a parent at most."""
    alone = children[rank_within(parent[children]) == 0]
    namesakes = alone[happens(rng, rate, len(alone))]
    names.given_1[namesakes] = names.given_1[parent[namesakes]]
    names.given_2[namesakes] = names.given_2[parent[namesakes]]


def _fashionable(rng: Generator, kin: Kin, portuguese: Bools) -> tuple[Ints, Ints]:
    first, second = np.empty(len(kin), dtype=np.int64), np.full(len(kin), NOBODY)
    known = given_names()
    fashion = year_of(kin.birth) // FASHION_YEARS * FASHION_YEARS
    group = (fashion * 2 + kin.sex) * 2 + portuguese
    for key in np.unique(group):
        members = np.flatnonzero(group == key)
        year, sex, lusophone = int(key) // 4, int(key) // 2 % 2, bool(key % 2)
        as_first, as_second = known.weights(sex, lusophone, year)
        first[members] = pick(rng, as_first, len(members))
        compound = members[happens(rng, SECOND_NAME_RATE, len(members))]
        second[compound] = pick(rng, as_second, len(compound))
    return first, second


def _part_siblings(rng: Generator, kin: Kin, given_1: Ints, portuguese: Bools) -> None:
    """Draw again for a child whose first name an elder of the same mother already bears."""
    for _ in range(3):
        family = np.where(kin.mother == NOBODY, -1 - np.arange(len(kin)), kin.mother)
        again = np.flatnonzero(rank_within(family * 2**20 + given_1) > 0)
        for sex in (MALE, FEMALE):
            some = again[(kin.sex[again] == sex) & ~portuguese[again]]
            given_1[some] = pick(rng, given_names().weights(sex, False, LATE_FASHION)[0], len(some))


def _founder_surname(rng: Generator, kin: Kin, pool: Ints) -> Ints:
    codes = np.full(len(kin), NOBODY)
    for number, name in enumerate(POOLS):
        members = np.flatnonzero((kin.generation == 0) & (pool == number))
        codes[members] = pick(rng, surnames().weights[name], len(members))
    return codes
