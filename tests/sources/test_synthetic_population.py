from datetime import date
from functools import cache

import numpy as np
import pytest

from sources.synthetic.arrays import NEVER, NOBODY, YEAR, day_number
from sources.synthetic.draws import ordinals, rank_within
from sources.synthetic.families import FEMALE, MALE
from sources.synthetic.population import COUNTRIES, HOME_COUNTRY, Population, populate
from sources.synthetic.surnames import surnames

AS_OF = day_number(date(2026, 10, 31))


@cache
def population() -> Population:
    return populate(40_000, 11, AS_OF)


def children(known_father: bool, *origins: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    people = population()
    codes = [COUNTRIES.index(origin) for origin in origins]
    chosen = (people.kin.mother != NOBODY) & ((people.kin.father != NOBODY) == known_father)
    rows = np.flatnonzero(chosen & np.isin(people.origin, codes))
    return rows, people.kin.mother[rows], people.kin.father[rows]


@pytest.mark.parametrize("size", [1, 2, 7, 300, 5_000])
def test_there_are_exactly_as_many_people_as_asked_for(size: int) -> None:
    people = populate(size, 3, AS_OF)
    assert len(people) == size
    assert len(people.numbers.curp) == size


def test_children_bear_the_fathers_first_surname_and_the_mothers_first() -> None:
    child, mother, father = children(True, *(code for code in COUNTRIES if code != "BR"))
    names = population().names
    assert len(child) > 10_000
    assert (names.surname_1[child] == names.surname_1[father]).all()
    assert (names.surname_2[child] == names.surname_1[mother]).all()


def test_brazilians_bear_the_mothers_last_surname_before_the_fathers() -> None:
    child, mother, father = children(True, "BR")
    names = population().names
    assert len(child) > 5
    single = names.surname_2[mother] == NOBODY
    assert (names.surname_1[child] == np.where(single, names.surname_1[mother], names.surname_2[mother])).all()
    assert (names.surname_2[child] == names.surname_2[father])[names.surname_2[father] != NOBODY].all()


def test_children_of_unknown_fathers_bear_both_of_the_mothers_surnames_or_the_first_alone() -> None:
    child, mother, _ = children(False, "MX")
    names = population().names
    both = names.surname_2[child] == names.surname_2[mother]
    alone = names.surname_2[child] == NOBODY
    assert (names.surname_1[child] == names.surname_1[mother]).all()
    assert (both | alone).all()
    assert 0.08 < (alone & (names.surname_2[mother] != NOBODY)).mean() < 0.22


def test_parents_are_old_enough_and_alive() -> None:
    kin = population().kin
    child = np.flatnonzero(kin.mother != NOBODY)
    age = (kin.birth[child] - kin.birth[kin.mother[child]]) / YEAR
    assert age.min() > 15 > 12
    assert age.max() < 47
    assert (kin.birth[child] <= kin.death[kin.mother[child]]).all()
    fathered = np.flatnonzero(kin.father != NOBODY)
    assert (kin.birth[fathered] - kin.death[kin.father[fathered]] <= 271).all()
    assert (kin.birth <= AS_OF).all()


def test_mothers_are_women_fathers_men_and_couples_mutual_and_no_siblings() -> None:
    kin = population().kin
    assert (kin.sex[kin.mother[kin.mother != NOBODY]] == FEMALE).all()
    assert (kin.sex[kin.father[kin.father != NOBODY]] == MALE).all()
    one = np.flatnonzero(kin.partner != NOBODY)
    other = kin.partner[one]
    assert (kin.partner[other] == one).all()
    assert (kin.sex[one] != kin.sex[other]).all()
    assert not ((kin.mother[one] == kin.mother[other]) & (kin.mother[one] != NOBODY)).any()


def test_twins_share_mother_and_day_and_siblings_are_named_differently() -> None:
    kin, names = population().kin, population().names
    child = np.flatnonzero(kin.mother != NOBODY)
    birthday = kin.mother[child] * 10**6 + kin.birth[child]
    twins = child[np.isin(birthday, birthday[rank_within(birthday) > 0])]
    assert 0.012 < len(twins) / len(child) < 0.032
    named = (kin.mother[twins] * 10**6 + kin.birth[twins]) * 10**4 + names.given_1[twins]
    assert len(np.unique(named)) / len(named) > 0.995


def test_some_sons_are_named_after_their_father() -> None:
    kin, names = population().kin, population().names
    sons = np.flatnonzero((kin.father != NOBODY) & (kin.sex == MALE))
    junior = names.given_1[sons] == names.given_1[kin.father[sons]]
    junior &= names.given_2[sons] == names.given_2[kin.father[sons]]
    assert 0.02 < junior.mean() < 0.08


def test_surnames_have_a_head_and_a_long_tail() -> None:
    people = population()
    native = people.origin == HOME_COUNTRY
    counts = np.sort(np.bincount(people.names.surname_1[native]))[::-1]
    assert 0.025 < counts[0] / native.sum() < 0.045
    assert (counts > 0).sum() > 2_500
    assert counts[counts <= 3].sum() / native.sum() > 0.03
    words = surnames().vocabulary.words
    assert words[int(np.bincount(people.names.surname_1[native]).argmax())] in ("Hernández", "García")


def test_all_origins_of_surnames_occur() -> None:
    people = population()
    borne = np.bincount(people.names.surname_1, minlength=len(surnames().vocabulary.words)) > 0
    general = surnames().weights["general"] > 0
    for pool, weights in surnames().weights.items():
        assert borne[(weights > 0) & ~general].any() or pool == "general", pool


def test_the_living_live_with_living_heads_in_households_of_a_likely_size() -> None:
    people = population()
    living = np.flatnonzero(people.alive)
    sizes = np.bincount(people.homes.household[living])
    assert 2.0 < sizes[sizes > 0].mean() < 4.5
    head = people.homes.head[people.homes.household]
    assert people.alive[head[living]].mean() > 0.99
    minors = living[people.age()[living] < 15]
    mother = people.kin.mother[minors]
    raised = people.alive[mother] & (mother != NOBODY)
    assert (people.homes.household[minors] == people.homes.household[mother])[raised].all()


def test_addresses_before_a_move_differ_from_todays() -> None:
    homes = population().homes
    moved = homes.before != NOBODY
    assert ((homes.moved < NEVER) == moved).all()
    assert (homes.before != homes.household)[moved].all()


def test_age_structure_is_that_of_a_young_country() -> None:
    people = population()
    age = people.age()[people.alive]
    assert 0.18 < (age < 15).mean() < 0.32
    assert 0.07 < (age >= 65).mean() < 0.22
    assert age.max() < 112


@pytest.mark.parametrize(
    ("groups", "ranks"),
    [([], []), ([5], [0]), ([1, 2, 1, 1, 2], [0, 0, 1, 2, 1]), ([3, 3, 3], [0, 1, 2])],
)
def test_rank_within(groups: list[int], ranks: list[int]) -> None:
    assert rank_within(np.array(groups, dtype=np.int64)).tolist() == ranks


def test_ordinals_count_from_nought_in_each_group() -> None:
    assert ordinals(np.array([2, 0, 3])).tolist() == [0, 1, 0, 1, 2]
