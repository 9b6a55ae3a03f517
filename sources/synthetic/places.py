"""Where people live: states with their real codes, and municipalities, streets and localities made up."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import product

import numpy as np
import pyarrow as pa

from sources.synthetic.arrays import Floats, Ints, Text
from sources.synthetic.lists import column
from sources.synthetic.vocabulary import Vocabulary

STATES = (
    "AS", "BC", "BS", "CC", "CL", "CM", "CS", "CH", "DF", "DG", "GT", "GR", "HG", "JC", "MC", "MN", "MS", "NT", "NL",
    "OC", "PL", "QT", "QR", "SP", "SL", "SR", "TC", "TS", "TL", "VZ", "YN", "ZS",
)  # fmt: skip
"""The letters that a CURP uses, in the order of the two-digit codes of the statistics office (01 to 32)."""

STATE_WEIGHTS = (
    14, 38, 8, 9, 32, 7, 55, 37, 92, 18, 62, 35, 31, 83, 170, 47, 20, 12, 58, 41, 66, 24, 19, 28, 30, 29, 24, 35, 13,
    81, 23, 16,
)  # fmt: skip
"""How many of a thousand or so people live in each state."""

ABROAD = "NE"
MUNICIPALITIES_PER_STATE = 20

STREET_KINDS = ("Calle", "Avenida", "Andador", "Privada", "Callejón")
STREET_KIND_WEIGHTS = (60, 18, 7, 9, 6)


@dataclass(frozen=True)
class Places:
    """Municipalities (five-digit code, state, share of the people) and the words of an address."""

    codes: Text
    state: Ints
    weights: Floats
    streets: Vocabulary
    street_weights: Floats
    localities: Vocabulary


@cache
def places() -> Places:
    """The same places for every population."""
    state = np.repeat(np.arange(len(STATES), dtype=np.int64), MUNICIPALITIES_PER_STATE)
    number = np.tile(np.arange(1, MUNICIPALITIES_PER_STATE + 1, dtype=np.int64), len(STATES))
    weights = np.repeat(np.array(STATE_WEIGHTS, dtype=np.float64), MUNICIPALITIES_PER_STATE) / number
    weights[largest_municipality(weights)] *= 2
    streets = [f"{kind} {name}" for kind, name in product(STREET_KINDS, column("streets.csv", "street"))]
    names = len(streets) // len(STREET_KINDS)
    rank = np.tile(np.arange(1, names + 1, dtype=np.float64), len(STREET_KINDS))
    return Places(
        codes=pa.array([f"{s + 1:02}{n:03}" for s, n in zip(state, number, strict=True)]),
        state=state,
        weights=weights / weights.sum(),
        streets=Vocabulary(tuple(streets)),
        street_weights=np.repeat(np.array(STREET_KIND_WEIGHTS, dtype=np.float64), names) / (rank + 8),
        localities=Vocabulary(tuple(column("localities.csv", "locality"))),
    )


def largest_municipality(weights: Floats) -> int:
    """The municipality that most people live in; its government runs a list of its own."""
    return int(np.argmax(weights))
