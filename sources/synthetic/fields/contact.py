"""Telephones and addresses as they were when the office last saw the person."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sources.synthetic.arrays import NOBODY, Ints, Text, blanked, joined, numbered
from sources.synthetic.places import places
from sources.synthetic.rolls import Roll, out_of_date
from sources.synthetic.typos import misspelt
from sources.synthetic.vocabulary import PLAIN, PROPER, Style

OFFICERS = 12
"""How many programme officers write down their own telephone number for those they visit."""


def phone(roll: Roll, prefix: str = "", spaced: bool = False) -> Text:
    """The telephone number known when the row was written, or the officer's who wrote it."""
    life = roll.world.life
    number = np.where(out_of_date(roll, life.phone_changed), life.old_phone[roll.person], life.phone[roll.person])
    town = roll.world.addresses.municipality[_address(roll)]
    officer = 2_009_000_000 + town * 13 % OFFICERS * 7_177
    digits = numbered("", np.maximum(np.where(roll.faults["phone_of_officer"], officer, number), 0), 10)
    if spaced:
        digits = pc.replace_substring_regex(digits, r"^(\d\d)(\d{4})(\d{4})$", r"\1 \2 \3")
    absent = (number == NOBODY) & ~roll.faults["phone_of_officer"]
    return blanked(absent | roll.faults["phone_missing"], joined(prefix, digits) if prefix else digits)


def address_line(roll: Roll, style: Style = PROPER, form: int = PLAIN) -> Text:
    """Street and number where the person lived when the row was written."""
    written = roll.world.addresses.line(_address(roll), style, form)
    return blanked(roll.faults["address_missing"], misspelt(roll.rng, written, roll.faults["address_misspelt"]))


def locality(roll: Roll, style: Style = PROPER) -> Text:
    """The locality of that address."""
    return places().localities.written(roll.world.addresses.locality[_address(roll)], style)


def municipality(roll: Roll) -> Text:
    """The five-digit code of that address's municipality."""
    return places().codes.take(pa.array(roll.world.addresses.municipality[_address(roll)]))


def postal_code(roll: Roll) -> Text:
    """Five digits: two of the municipality, three of the locality."""
    address = _address(roll)
    town, quarter = roll.world.addresses.municipality[address], roll.world.addresses.locality[address]
    return numbered("", (town % 97 + 1) * 1000 + quarter * 10, 5)


def household(roll: Roll) -> Ints:
    """The number of the household that lives at that address."""
    return _address(roll) % roll.world.people.homes.count


def _address(roll: Roll) -> Ints:
    homes = roll.world.people.homes
    before = out_of_date(roll, homes.moved) & (homes.before[roll.person] != NOBODY)
    return np.where(before, homes.before[roll.person], homes.household[roll.person])
