"""Which surnames there are and how often: a list of our own, Faker's lists, and a long tail of rare ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import product

import numpy as np
from unidecode import unidecode

from sources.synthetic.arrays import Floats
from sources.synthetic.lists import column, faker, scattered, zipf
from sources.synthetic.vocabulary import Vocabulary

POOLS = ("general", "maya", "nahuatl", "quechua", "aymara", "portuguese")
RARE_SURNAMES = 9_000


@dataclass(frozen=True)
class Surnames:
    """Surnames, and each pool's weight for each of them (0 where the pool lacks it)."""

    vocabulary: Vocabulary
    weights: dict[str, Floats]


@cache
def surnames() -> Surnames:
    """Every surname. In the general pool the most common is borne by one in thirty, most by hardly anyone."""
    ranked = {pool: column("surnames.csv", "surname", origin=pool) for pool in POOLS}
    ranked["general"] = _without_repeats([*ranked["general"], *_listed(), *_rare()])
    ranked["portuguese"] = _without_repeats([*ranked["portuguese"], *scattered(faker("pt_BR").last_names)])
    words = tuple(dict.fromkeys(word for pool in POOLS for word in ranked[pool]))
    position = {word: number for number, word in enumerate(words)}
    weights = {}
    for pool in POOLS:
        weights[pool] = np.zeros(len(words))
        weights[pool][[position[word] for word in ranked[pool]]] = zipf(len(ranked[pool]))
    return Surnames(Vocabulary(words), weights)


def _listed() -> list[str]:
    """Faker's surnames: those with a frequency by it, then the others."""
    frequent = [*faker("es_CO").last_names.items(), *faker("es_CL").last_names.items()]
    by_frequency = [name for name, _ in sorted(frequent, key=lambda item: -item[1])]
    return [*by_frequency, *scattered([*faker("es_MX").last_names, *faker("es_ES").last_names])]


def _rare() -> list[str]:
    """Surnames put together of syllables; they sound of the region and are nobody's."""
    places = ("onset", "middle", "ending")
    syllables = (column("syllables.csv", "syllable", place=place) for place in places)
    return scattered("".join(parts) for parts in product(*syllables))[:RARE_SURNAMES]


def _without_repeats(names: Iterable[str]) -> list[str]:
    """Each name once, Álvarez and Alvarez being one; the first spelling stays."""
    spellings: dict[str, str] = {}
    for name in names:
        spellings.setdefault(unidecode(name).upper(), name)
    return list(spellings.values())
