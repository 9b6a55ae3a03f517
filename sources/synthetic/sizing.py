"""Families that come to an exact number of people."""

from __future__ import annotations

import itertools
from dataclasses import fields

import numpy as np

from sources.synthetic.arrays import NOBODY, Floats, Ints
from sources.synthetic.draws import Generator
from sources.synthetic.families import Kin, grow

PILOT_FOUNDERS = 3_000
"""With so many founders at first, one sees how far a family grows; then comes the right number."""

SURPLUS = 0.03


def families_of(
    rng: Generator,
    people: int,
    births: tuple[int, int],
    fertility: tuple[float, ...],
    as_of: int,
    place_weights: Floats,
    market: Ints,
) -> Kin:
    """Families of exactly `people` persons: some too many are grown, then childless single ones left out."""
    born = (_new_year(births[0]), _new_year(births[1]))
    founders = min(PILOT_FOUNDERS, -(-people // 4))
    for slack in itertools.count(SURPLUS, SURPLUS):
        kin = grow(rng, founders, born, fertility, as_of, place_weights, market)
        surplus, loose = len(kin) - people, _loose(kin)
        if 0 <= surplus <= min(len(loose), (people + 30) * slack):
            return _without(kin, rng.permutation(loose)[:surplus])
        founders = max(1, round(founders * people / len(kin) * (1 + slack / 2)))
    raise AssertionError("unreachable: the slack grows without end")


def _new_year(year: int) -> int:
    return (year - 1970) * 1461 // 4


def _loose(kin: Kin) -> Ints:
    """People whom nobody refers to."""
    referred = np.zeros(len(kin) + 1, dtype=bool)
    for relation in (kin.mother, kin.father, kin.partner):
        referred[relation] = True
    return np.flatnonzero(~referred[:-1] & (kin.partner == NOBODY))


def _without(kin: Kin, people: Ints) -> Kin:
    stays = np.ones(len(kin), dtype=bool)
    stays[people] = False
    position = np.append(np.cumsum(stays) - 1, NOBODY)
    kept = {field.name: getattr(kin, field.name)[stays] for field in fields(Kin)}
    return Kin(**{**kept, **{name: position[kept[name]] for name in ("mother", "father", "partner")}})
