"""Which given names there are, how often, and when each was in fashion: a list of our own and Faker's."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Any

import numpy as np

from sources.synthetic.arrays import Bools, Floats
from sources.synthetic.lists import column, faker, rows, scattered, zipf
from sources.synthetic.vocabulary import Vocabulary

LIST = "given_names.csv"
SEXES = ("male", "female")
LANGUAGES = ("general", "portuguese")

FAKER_SHARE = 0.35
"""The weight of Faker's names, which know no fashion, by that of our own."""

FAKER_SPREAD = 28
OUT_OF_FASHION = 0.02
"""How often, by its height, a name is still given long before or after."""


@dataclass(frozen=True)
class GivenNames:
    """Given names: weights as `first` and as `second` name, the year of the fashion, and who bears them."""

    vocabulary: Vocabulary
    is_female: Bools
    is_portuguese: Bools
    peak: Floats
    spread: Floats
    first: Floats
    second: Floats

    def weights(self, sex: int, portuguese: bool, year: int) -> tuple[Floats, Floats]:
        """How likely each name is as first and as second name of a child of `sex` born in `year`."""
        fashion = OUT_OF_FASHION + np.exp(-0.5 * ((year - self.peak) / self.spread) ** 2)
        likely = fashion * ((self.is_female == bool(sex)) & (self.is_portuguese == portuguese))
        return self.first * likely, self.second * likely


@cache
def given_names() -> GivenNames:
    """Every given name, by sex and language."""
    listed = [*rows(LIST), *_fakers()]

    def numbers(name: str) -> Floats:
        return np.array([float(row[name]) for row in listed])

    return GivenNames(
        vocabulary=Vocabulary(tuple(row["given_name"] for row in listed)),
        is_female=np.array([row["sex"] == "female" for row in listed]),
        is_portuguese=np.array([row["origin"] == "portuguese" for row in listed]),
        peak=numbers("peak_year"),
        spread=numbers("spread"),
        first=numbers("first_weight"),
        second=numbers("second_weight"),
    )


def _fakers() -> Iterator[dict[str, Any]]:
    """Faker's names beside our own, each with a fashion of its own, in the columns of our list."""
    for sex, language in product(SEXES, LANGUAGES):
        ours = column(LIST, "given_name", sex=sex)
        own_weight = sum(map(float, column(LIST, "first_weight", sex=sex, origin=language)))
        names = _weighted(sex, language)
        scale = own_weight * FAKER_SHARE / sum(names.values())
        for name in (name for name in names if name not in ours):
            yield {
                "given_name": name,
                "sex": sex,
                "origin": language,
                "peak_year": 1945 + zlib.crc32(name.encode()) % 75,
                "spread": FAKER_SPREAD,
                "first_weight": names[name] * scale,
                "second_weight": names[name] * scale / 3,
            }


def _weighted(sex: str, language: str) -> dict[str, float]:
    if language == "portuguese":
        return _by_rank(getattr(faker("pt_BR"), f"first_names_{sex}"))
    weights = _by_rank(name for name in getattr(faker("es_MX"), f"first_names_{sex}") if " " not in name)
    total = sum(weights.values())
    weights = {name: weight / total for name, weight in weights.items()}
    for locale in ("es_CO", "es_CL"):
        for name, weight in getattr(faker(locale), f"first_names_{sex}").items():
            weights[name] = weights.get(name, 0.0) + weight
    return weights


def _by_rank(names: Iterable[str]) -> dict[str, float]:
    ordered = scattered(names)
    return dict(zip(ordered, zipf(len(ordered)).tolist(), strict=True))
