"""Names as an office wrote them."""

from __future__ import annotations

import numpy as np

from sources.synthetic.arrays import NOBODY, Bools, Ints, Text, blanked, chosen, joined
from sources.synthetic.given_names import given_names as given_words
from sources.synthetic.rolls import Roll
from sources.synthetic.surnames import surnames as surname_words
from sources.synthetic.typos import misspelt
from sources.synthetic.vocabulary import ABBREVIATED, OF_HUSBAND, PLAIN, PROPER, UNACCENTED, Style

UNNAMED = "RN"
"""Recién nacido: what clinics write for a newborn."""


def given_names(roll: Roll, style: Style = PROPER) -> Text:
    """Given names in one field."""
    names, words = roll.world.people.names, given_words().vocabulary
    first, second = names.given_1[roll.person], names.given_2[roll.person]
    second = np.where(roll.faults["second_given_dropped"], NOBODY, second)
    form = _form(roll)
    written = joined(words.written(first, style, form), words.written(second, style, form), separator=" ")
    written = misspelt(roll.rng, written, roll.faults["given_misspelt"])
    return chosen(roll.faults["newborn_unnamed"], UNNAMED, written)


def surname_1(roll: Roll, style: Style = PROPER) -> Text:
    """The first surname."""
    names, swapped = roll.world.people.names, roll.faults["surnames_swapped"]
    code = np.where(swapped, names.surname_2[roll.person], names.surname_1[roll.person])
    written = surname_words().vocabulary.written(code, style, _form(roll))
    return misspelt(roll.rng, written, roll.faults["surname_misspelt"])


def surname_2(roll: Roll, style: Style = PROPER) -> Text:
    """The second surname, or a wife's de and her husband's."""
    people, faults = roll.world.people, roll.faults
    own = np.where(faults["surnames_swapped"], people.names.surname_1[roll.person], people.names.surname_2[roll.person])
    own = np.where(faults["surname_2_missing"], NOBODY, own)
    husband = people.names.surname_1[people.kin.partner[roll.person]]
    form = np.where(faults["accents_lost"], UNACCENTED, PLAIN)
    return surname_words().vocabulary.written(
        np.where(faults["married_name"], husband, own), style, np.where(faults["married_name"], OF_HUSBAND, form)
    )


def full_name(roll: Roll, surnames_first: Bools, style: Style = PROPER) -> Text:
    """The whole name in one field: Surname Surname, Given where `surnames_first`, else Given Surname Surname."""
    given = given_names(roll, style)
    family = joined(surname_1(roll, style), surname_2(roll, style), separator=" ")
    return chosen(surnames_first, joined(family, given, separator=", "), joined(given, family, separator=" "))


def relative_name(roll: Roll, relative: Ints, style: Style = PROPER) -> Text:
    """The whole name of a relative (a position by person, `NOBODY` for unknown)."""
    names, who = roll.world.people.names, relative[roll.person]
    parts = [
        vocabulary.written(np.where(who == NOBODY, NOBODY, codes[who]), style)
        for vocabulary, codes in (
            (given_words().vocabulary, names.given_1),
            (given_words().vocabulary, names.given_2),
            (surname_words().vocabulary, names.surname_1),
            (surname_words().vocabulary, names.surname_2),
        )
    ]
    return blanked(who == NOBODY, joined(*parts, separator=" "))


def _form(roll: Roll) -> Ints:
    plain = np.where(roll.faults["accents_lost"], UNACCENTED, PLAIN)
    return np.where(roll.faults["abbreviated"], ABBREVIATED, plain)
