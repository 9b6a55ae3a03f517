"""Who is born of whom: generations of couples and their children, grown forward in time."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from sources.synthetic.arrays import NEVER, NOBODY, YEAR, Bools, Floats, Ints
from sources.synthetic.draws import Generator, happens, ordinals, pick, rank_within, whole

MALE, FEMALE = 0, 1
TWIN_RATE = 0.011
SINGLE_MOTHER_RATE = 0.40
SEPARATION_RATE = 0.16
UNION_RATE = 0.85


@dataclass(frozen=True)
class Kin:
    """One entry a person. `mother`, `father` and `partner` are positions, or `NOBODY`; days may be `NEVER`."""

    sex: Ints
    birth: Ints
    death: Ints
    mother: Ints
    father: Ints
    partner: Ints
    union: Ints
    separated: Bools
    home: Ints
    generation: Ints

    def __len__(self) -> int:
        return len(self.sex)

    def followed_by(self, other: Kin) -> Kin:
        """`other` appended, whose relations already count from the first person of `self`."""
        return Kin(*(np.concatenate([getattr(self, f.name), getattr(other, f.name)]) for f in fields(self)))


def grow(
    rng: Generator,
    size: int,
    born: tuple[int, int],
    fertility: tuple[float, ...],
    as_of: int,
    place_weights: Floats,
    market: Ints,
) -> Kin:
    """`size` founders born between two days, and their descendants until `as_of`.

    `fertility` is the mean number of children a couple, generation by generation. Founders and movers
    choose a place by `place_weights`; couples form among the places of one `market`, and live in hers.
    """
    unknown = np.full(size, NOBODY)
    birth, home = whole(rng, born[0], born[1], size), pick(rng, place_weights, size)
    kin = _people(rng, birth, unknown, unknown, home, 0, least_age=45)
    for generation, mean_children in enumerate(fertility):
        kin = _move(rng, kin, generation, place_weights)
        kin = _unite(rng, kin, generation, as_of, market)
        kin = kin.followed_by(_children(rng, kin, generation, mean_children, as_of))
    return _unite(rng, kin, len(fertility), as_of, market)


def _people(
    rng: Generator, birth: Ints, mother: Ints, father: Ints, home: Ints, generation: int, least_age: int = 0
) -> Kin:
    size = len(birth)
    return Kin(
        sex=happens(rng, 0.49, size).astype(np.int64),
        birth=birth,
        death=birth + np.maximum(_lifetimes(rng, size), least_age * YEAR).astype(np.int64),
        mother=mother,
        father=father,
        partner=np.full(size, NOBODY),
        union=np.full(size, NEVER),
        separated=np.zeros(size, dtype=bool),
        home=home,
        generation=np.full(size, generation),
    )


def _lifetimes(rng: Generator, size: int) -> Floats:
    """Days lived: Gompertz with its mode at 82 years, and one death in seventy in the first year."""
    slope, mode = 0.085, 82.0
    years = np.log1p(-np.log(rng.random(size)) / np.exp(-slope * mode)) / slope
    infant = happens(rng, 1 / 70, size)
    return np.where(infant, rng.random(size), years) * YEAR


def _move(rng: Generator, kin: Kin, generation: int, place_weights: Floats) -> Kin:
    """One in eleven goes to live in another place before founding a family."""
    movers = np.flatnonzero((kin.generation == generation) & happens(rng, 1 / 11, len(kin)))
    kin.home[movers] = pick(rng, place_weights, len(movers))
    return kin


def _unite(rng: Generator, kin: Kin, generation: int, as_of: int, market: Ints) -> Kin:
    """Couples of like age in one market, never siblings, from the age of 16."""
    eligible = (kin.generation == generation) & (kin.death - kin.birth > 22 * YEAR) & happens(rng, UNION_RATE, len(kin))
    older = np.where(kin.sex == MALE, 2.5, 0.0) + rng.normal(0, 2.0, len(kin))
    here = market[kin.home]
    queue = np.lexsort((kin.birth + older * YEAR, here))
    men = queue[eligible[queue] & (kin.sex[queue] == MALE)]
    women = queue[eligible[queue] & (kin.sex[queue] == FEMALE)]
    _, his, hers = np.intersect1d(_seats(here[men]), _seats(here[women]), assume_unique=True, return_indices=True)
    man, woman = men[his], women[hers]
    age = 16 + rng.gamma(3.0, 2.6, len(man))
    union = (np.maximum(kin.birth[man], kin.birth[woman]) + age * YEAR).astype(np.int64)
    siblings = (kin.mother[man] == kin.mother[woman]) & (kin.mother[man] != NOBODY)
    alike = np.abs(kin.birth[man] - kin.birth[woman]) < 15 * YEAR
    formed = (union < np.minimum(as_of, np.minimum(kin.death[man], kin.death[woman]))) & alike & ~siblings
    man, woman, union = man[formed], woman[formed], union[formed]
    kin.home[man] = kin.home[woman]
    apart = happens(rng, SEPARATION_RATE, len(man))
    for one, other in ((man, woman), (woman, man)):
        kin.partner[one], kin.union[one], kin.separated[one] = other, union, apart
    return kin


def _seats(market: Ints) -> Ints:
    """A number for each place in line, the same for the nth man and the nth woman of one market."""
    return market * 2**32 + rank_within(market)


def _children(rng: Generator, kin: Kin, generation: int, mean_children: float, as_of: int) -> Kin:
    mothers, fathers, first, counts = _parents(rng, kin, generation, mean_children)
    mother, father = np.repeat(mothers, counts), np.repeat(fathers, counts)
    position = ordinals(counts)
    gaps = np.where(position == 0, rng.gamma(1.5, 1.0, len(mother)), 1.0 + rng.gamma(1.6, 1.3, len(mother))) * YEAR
    elapsed = np.cumsum(gaps)
    before = np.repeat((elapsed - gaps)[position == 0], counts[counts > 0])
    birth = (np.repeat(first, counts) + 270 + elapsed - before).astype(np.int64)
    begotten = np.where(father == NOBODY, birth, birth - 270)
    alive = (birth < kin.death[mother]) & ((father == NOBODY) | (begotten < kin.death[father]))
    born = alive & (birth <= as_of) & (birth - kin.birth[mother] < 46 * YEAR)
    birth, mother, father = birth[born], mother[born], father[born]
    copies = 1 + happens(rng, TWIN_RATE, len(birth)).astype(np.int64)
    birth, mother, father = np.repeat(birth, copies), np.repeat(mother, copies), np.repeat(father, copies)
    return _people(rng, birth, mother, father, kin.home[mother], generation + 1)


def _parents(rng: Generator, kin: Kin, generation: int, mean_children: float) -> tuple[Ints, Ints, Ints, Ints]:
    """Mothers, fathers (`NOBODY` where unknown), the day children may come from, and how many to try for."""
    women = (kin.generation == generation) & (kin.sex == FEMALE)
    wives = np.flatnonzero(women & (kin.partner != NOBODY))
    lone = np.flatnonzero(women & (kin.partner == NOBODY) & happens(rng, SINGLE_MOTHER_RATE, len(kin)))
    wishes = np.concatenate([rng.poisson(mean_children, len(wives)), 1 + rng.poisson(0.6, len(lone))]).astype(np.int64)
    wishes[: len(wives)][kin.separated[wives]] = np.minimum(wishes[: len(wives)][kin.separated[wives]], 2)
    start = np.concatenate([kin.union[wives], (kin.birth[lone] + (17 + rng.gamma(2.5, 2.5, len(lone))) * YEAR)])
    fathers = np.concatenate([kin.partner[wives], np.full(len(lone), NOBODY)])
    return np.concatenate([wives, lone]), fathers, start.astype(np.int64), wishes
