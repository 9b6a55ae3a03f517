"""Minimum wages by country and time, as data."""

from __future__ import annotations

from datetime import date
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from warehouse.errors import RuleError
from warehouse.rules.pack import Citation, Strict
from warehouse.rules.reading import read_documents

MINIMUM_WAGES = Path(__file__).resolve().parents[1] / "minimum_wages"


class MinimumWage(Strict):
    """What a month of full work must at least earn in `country` from that day on, until the next one."""

    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    valid_from: date
    monthly: float = Field(gt=0)
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    status: Literal["verified", "unverified"]
    citation: Citation


class MinimumWages(Strict):
    """A file of them."""

    minimum_wages: tuple[MinimumWage, ...]


@cache
def read_minimum_wages(folder: Path = MINIMUM_WAGES) -> tuple[MinimumWage, ...]:
    """Every minimum wage of `folder`, by country and day; raise `RuleError` with every fault."""
    files, faults = read_documents(MinimumWages, folder)
    wages = sorted(
        chain.from_iterable(file.minimum_wages for file in files), key=lambda wage: (wage.country, wage.valid_from)
    )
    keys = [(wage.country, wage.valid_from) for wage in wages]
    faults += [
        f"{country} has two minimum wages from {day}" for country, day in set(keys) if keys.count((country, day)) > 1
    ]
    if faults:
        raise RuleError(str(folder), faults)
    return tuple(wages)
