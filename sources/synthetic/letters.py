"""What a name lends to an identifier: its first letter, the first vowel and consonant within, its RFC sum."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np

from sources.synthetic.arrays import Ints
from sources.synthetic.vocabulary import Vocabulary

PARTICLES = frozenset(["DE", "DEL", "LA", "LAS", "LOS", "EL", "Y", "DA", "DAS", "DO", "DOS", "E", "VON", "VAN", "MC"])
ACCENTS = str.maketrans("ÁÀÂÃÄÉÈÊËÍÌÎÏÓÒÔÕÖÚÙÛÜÇ", "AAAAAEEEEIIIIOOOOOUUUUC")
VOWELS = frozenset("AEIOU")
NO_LETTER = ord("X")

RFC_NUMBERS = {
    letter: number
    for row, start in (("&ABCDEFGHI", 10), ("JKLMNOPQR", 21), ("STUVWXYZ", 32), ("Ñ", 40))
    for number, letter in enumerate(row, start)
}
"""The tax office's two-digit number of each letter."""


@dataclass(frozen=True)
class Letters:
    """ASCII codes by word; the last entry, to which `NOBODY` (-1) points, stands for no name."""

    first: Ints
    vowel: Ints
    consonant: Ints
    rfc_sum: Ints


@cache
def letters(vocabulary: Vocabulary) -> Letters:
    """The letters of every word of a vocabulary."""
    cores = [core(word) for word in vocabulary.words]
    columns = zip(*(_told(name) for name in cores), strict=True)
    first, vowel, consonant = (np.array([*column, NO_LETTER], dtype=np.int64) for column in columns)
    sums = np.array([*(rfc_sum(word) for word in vocabulary.words), 0], dtype=np.int64)
    return Letters(first, vowel, consonant, sums)


def core(word: str) -> str:
    """The part of a name that counts: De la Cruz gives CRUZ."""
    parts = word.upper().translate(ACCENTS).split()
    return next((part for part in parts if part not in PARTICLES), parts[-1])


def rfc_sum(word: str) -> int:
    """What the word adds to the sum from which the tax office's two homonym digits are made.

    Words are parted by a blank, whose digits are 00, so the sum over a whole name is the sum over its words.
    """
    digits = [0]
    for letter in word.upper().translate(ACCENTS):
        digits += divmod(RFC_NUMBERS.get(letter, 0), 10)
    return sum((10 * one + two) * two for one, two in pairwise(digits))


def _told(name: str) -> tuple[int, int, int]:
    plain = ["X" if letter == "Ñ" else letter for letter in name]
    inner = [letter for letter in plain[1:] if letter.isalpha()]
    vowel = next((letter for letter in inner if letter in VOWELS), "X")
    consonant = next((letter for letter in inner if letter not in VOWELS), "X")
    return ord(plain[0]), ord(vowel), ord(consonant)
