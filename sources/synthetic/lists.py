"""The lists that come with the project and with Faker, and how often the entries of a bare list are used."""

from __future__ import annotations

import csv
import zlib
from collections.abc import Iterable
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from sources.synthetic.arrays import Floats

FOLDER = Path(__file__).with_name("lists")


@cache
def rows(file: str) -> list[dict[str, Any]]:
    """The rows of one of the project's own lists, by column name."""
    with (FOLDER / file).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def column(file: str, name: str, **conditions: str) -> list[str]:
    """One column of the rows in which other columns have the given values."""
    return [row[name] for row in rows(file) if all(row[other] == value for other, value in conditions.items())]


def faker(locale: str) -> Any:
    """Faker's lists of names of a locale; es_CO and es_CL come with frequencies, the others without."""
    return import_module(f"faker.providers.person.{locale}").Provider


def scattered(names: Iterable[str]) -> list[str]:
    """The names in an order of their own that is always the same and has nothing to do with the alphabet."""
    return sorted(set(names), key=lambda name: (zlib.crc32(name.encode()), name))


def zipf(size: int) -> Floats:
    """Weights by rank as Zipf and Mandelbrot found them; of 11,000 the first has 3.6 %."""
    return np.asarray(1 / (np.arange(1, size + 1) + 3.2) ** 1.05)
