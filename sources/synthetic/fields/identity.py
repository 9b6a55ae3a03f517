"""Birth dates, sex, numbers and country as an office wrote them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from sources.synthetic.arrays import (
    NEVER,
    Ints,
    Text,
    blanked,
    calendar_parts,
    chosen,
    days_from_parts,
    joined,
    numbered,
    written_days,
)  # fmt: skip
from sources.synthetic.population import COUNTRIES
from sources.synthetic.rolls import Roll
from sources.synthetic.typos import miscopied

UNKNOWN_SEX = "9"
HEAP = 5
"""Ages told from memory end in 0 or 5, and so do the years of birth worked out from them."""


def birth_days(roll: Roll) -> Ints:
    """The birth date as a day number, `NEVER` where the field is empty."""
    faults, born = roll.faults, roll.world.people.kin.birth[roll.person]
    year, month, day = calendar_parts(born)
    later = np.where(born % 2 == 0, 1, -1)
    swapped, default = faults["day_month_swapped"], faults["default_date"]
    month, day = np.where(swapped, day, month), np.where(swapped, month, day)
    month = np.where(default, np.where(born % 2 == 0, 1, 7), month)
    day = np.where(default, 1, day)
    year = year + later * (faults["year_off_by_one"] + 10 * faults["year_off_by_ten"])
    year = np.where(faults["age_heaped"], (year + HEAP // 2) // HEAP * HEAP, year)
    return np.where(faults["birth_date_missing"], NEVER, days_from_parts(year, month, day))


def birth_date(roll: Roll, layout: str) -> Text:
    """The birth date in the strftime `layout`; 31 February here and there."""
    impossible = layout.replace("%d", "31").replace("%m", "02").replace("%Y", "1990")
    return chosen(roll.faults["birth_date_impossible"], impossible, written_days(birth_days(roll), layout))


def seen_date(roll: Roll, layout: str) -> Text:
    """The day the row was last changed."""
    return written_days(roll.seen, layout)


def sex(roll: Roll, male: str, female: str) -> Text:
    """The office's code of the sex."""
    codes = pa.array([male, female, UNKNOWN_SEX])
    told = roll.world.people.kin.sex[roll.person] ^ roll.faults["sex_wrong"]
    told = np.where(roll.faults["sex_code_unknown"], 2, told)
    return blanked(roll.faults["sex_missing"], codes.take(pa.array(told)))


def curp(roll: Roll) -> Text:
    """The CURP: the person's, a parent's, one copied wrongly, or none."""
    people, faults = roll.world.people, roll.faults
    holder = np.where(faults["curp_of_parent"], people.kin.mother[roll.person], roll.person)
    written = miscopied(roll.rng, people.numbers.curp.take(pa.array(holder)), faults["curp_miscopied"])
    return blanked(faults["curp_missing"] | ~roll.world.life.has_curp[holder], written)


def foreign_document(roll: Roll) -> Text:
    """The number of a migrant's document: country and eight digits, the same wherever it is shown."""
    people = roll.world.people
    number = numbered("", (people.kin.birth[roll.person] * 7_919 + roll.person * 104_729) % 10**8, 8)
    return blanked(~people.migrant[roll.person], joined(country(roll), number))


def country(roll: Roll) -> Text:
    """The country of birth."""
    return pa.array(COUNTRIES).take(pa.array(roll.world.people.country[roll.person]))
