"""Agreements on social security and the pension laws under them, as data."""

from __future__ import annotations

from datetime import date
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from warehouse.errors import RuleError
from warehouse.rules.pack import Citation, Name, Strict
from warehouse.rules.reading import read_documents

AGREEMENTS = Path(__file__).resolve().parents[1] / "agreements"
LAWS = Path(__file__).resolve().parents[1] / "pension_laws"

Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]


class Agreement(Strict):
    """One agreement. Its `parties` stand in the order that settles a day claimed by two of them alike.

    `kinds` says which schemes are voluntary or equivalent; all others are compulsory, and a compulsory day goes
    before a voluntary one, that before an equivalent one. A State with fewer days than `short_period_days` may refuse.
    `past_periods` that end before `in_force` count `always`, or only `if_later` ones follow. With `third_countries`,
    days in States with which a party has another agreement count where those of the parties are not enough.
    `unit_days` are the days of one unit of a period that is delivered as so many weeks, months or years.
    """

    agreement: Name
    name: str = Field(min_length=3)
    parties: tuple[Country, ...] = Field(min_length=2)
    in_force: date | None = None
    short_period_days: int = Field(default=0, ge=0)
    past_periods: Literal["always", "if_later"] = "always"
    third_countries: bool = False
    kinds: dict[str, Literal["voluntary", "equivalent"]] = Field(default={})
    unit_days: dict[Literal["day", "week", "month", "year"], float] = Field(
        default={"day": 1, "week": 7, "month": 30, "year": 360}
    )
    status: Literal["verified", "unverified"]
    citation: Citation


class PensionLaw(Strict):
    """What one State's law asks for an old-age pension; `counted_days` caps the days that raise it."""

    country: Country
    minimum_days: int = Field(ge=1)
    counted_days: int | None = Field(default=None, ge=1)
    pension_age: int = Field(ge=40, le=80)
    status: Literal["verified", "unverified"]
    citation: Citation


class PensionLaws(Strict):
    """A file of laws."""

    laws: tuple[PensionLaw, ...]


@cache
def read_agreements(folder: Path = AGREEMENTS) -> tuple[Agreement, ...]:
    """Every agreement of `folder`, by name; raise `RuleError` with every fault."""
    agreements, faults = read_documents(Agreement, folder)
    names = [each.agreement for each in agreements]
    faults += [f"the agreement {name} is there twice" for name in sorted(set(names)) if names.count(name) > 1]
    if faults:
        raise RuleError(str(folder), faults)
    return tuple(sorted(agreements, key=lambda each: each.agreement))


@cache
def read_pension_laws(folder: Path = LAWS) -> tuple[PensionLaw, ...]:
    """Every pension law of `folder`, by country; raise `RuleError` with every fault."""
    files, faults = read_documents(PensionLaws, folder)
    laws = sorted(chain.from_iterable(file.laws for file in files), key=lambda law: law.country)
    countries = [law.country for law in laws]
    faults += [f"the law of {name} is there twice" for name in sorted(set(countries)) if countries.count(name) > 1]
    if faults:
        raise RuleError(str(folder), faults)
    return tuple(laws)
