"""The addresses of all households, today's and the one before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sources.synthetic.arrays import NOBODY, Ints, Text, blanked, joined, numbered
from sources.synthetic.draws import Generator, happens, pick, whole
from sources.synthetic.places import places
from sources.synthetic.population import Population
from sources.synthetic.vocabulary import PLAIN, Style

INNER_NUMBER_RATE = 0.15


@dataclass(frozen=True)
class Addresses:
    """One entry an address, numbered as in `Households`; `inner` is `NOBODY` where the house is not divided."""

    street: Ints
    number: Ints
    inner: Ints
    locality: Ints
    municipality: Ints

    def line(self, address: Ints, style: Style, form: Ints | int = PLAIN) -> Text:
        """Street and number, as in Calle Fresno 12 Int. 3."""
        inner = self.inner[address]
        suffix = numbered(" INT. " if style.upper else " Int. ", inner, 1)
        street = places().streets.written(self.street[address], style, form)
        return joined(street, numbered(" ", self.number[address], 1), blanked(inner == NOBODY, suffix))


def addresses(rng: Generator, people: Population) -> Addresses:
    """An address for every household, and another for where it lived before."""
    size = 2 * people.homes.count
    town = places()
    divided = happens(rng, INNER_NUMBER_RATE, size)
    return Addresses(
        street=pick(rng, town.street_weights, size),
        number=1 + (rng.gamma(1.3, 130, size)).astype(np.int64),
        inner=np.where(divided, whole(rng, 1, 24, size), NOBODY),
        locality=pick(rng, 1 / (np.arange(len(town.localities.words)) + 3.0), size),
        municipality=people.homes.municipality,
    )
