"""CURP, RFC and NSS: made of the person's own names, birth date, sex and state, with their check digits.

The rules are those of the population register (CURP), the tax office (RFC) and the social security
institute (NSS), worked out for all people at once on matrices of ASCII codes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from stdnum.mx import curp as curp_rules
from stdnum.mx import rfc as rfc_rules

from sources.synthetic.arrays import NOBODY, YEAR, Ints, Text, calendar_parts
from sources.synthetic.draws import Generator, rank_within, whole
from sources.synthetic.families import FEMALE, Kin
from sources.synthetic.given_names import given_names
from sources.synthetic.letters import letters
from sources.synthetic.naming import Names
from sources.synthetic.places import ABROAD, STATES
from sources.synthetic.surnames import surnames

Bytes = npt.NDArray[np.uint8]

CURP_ALPHABET = "0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ"
RFC_ALPHABET = "0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ Ñ"
HOMONYM_ALPHABET = "123456789ABCDEFGHIJKLMNPQRSTUVWXYZ"
SET_ASIDE = ("María", "José")
"""First given names that lend no letter where a second one follows."""

NSS_SERIES = 89 * 10_000


@dataclass(frozen=True)
class Identifiers:
    """Every person's numbers, whether or not anyone ever told them; offices decide who has which."""

    curp: Text
    rfc: Text
    nss: Text


def identify(rng: Generator, kin: Kin, names: Names, state: Ints) -> Identifiers:
    """Numbers for everyone; `state` is the position of the state of birth in `STATES`, `NOBODY` for abroad."""
    stem, inner = _name_letters(names)
    curp = _curp(kin, stem, inner, state)
    return Identifiers(_text(curp), _text(_rfc(kin, names, stem)), _text(_nss(rng, kin)))


def _name_letters(names: Names) -> tuple[Bytes, Bytes]:
    """The four letters that CURP and RFC begin with, and the three inner consonants that CURP ends with."""
    family, given = letters(surnames().vocabulary), letters(given_names().vocabulary)
    aside = np.array([word in SET_ASIDE for word in given_names().vocabulary.words])
    called = np.where(aside[names.given_1] & (names.given_2 != NOBODY), names.given_2, names.given_1)
    father, mother = names.surname_1, names.surname_2
    stem = np.stack([family.first[father], family.vowel[father], family.first[mother], given.first[called]], axis=1)
    inner = np.stack([family.consonant[father], family.consonant[mother], given.consonant[called]], axis=1)
    return stem.astype(np.uint8), inner.astype(np.uint8)


def _without_bad_words(stem: Bytes, words: frozenset[str], letter: int) -> Bytes:
    """`stem` with an X at position `letter` where its four letters make a word that the office avoids."""
    avoided = np.array([_packed(np.frombuffer(word.encode(), np.uint8)[None, :])[0] for word in sorted(words)])
    clean = stem.copy()
    clean[np.isin(_packed(stem), avoided), letter] = ord("X")
    return clean


def _packed(stem: Bytes) -> Ints:
    return np.asarray(stem.astype(np.int64) @ np.array([1 << 24, 1 << 16, 1 << 8, 1]))


def _curp(kin: Kin, stem: Bytes, inner: Bytes, state: Ints) -> Bytes:
    year = calendar_parts(kin.birth)[0]
    states = np.array([list(code.encode()) for code in (*STATES, ABROAD)], dtype=np.uint8)
    sexes = np.where(kin.sex == FEMALE, ord("M"), ord("H"))[:, None]
    clean = _without_bad_words(stem, frozenset(curp_rules._name_blacklist), 1)
    body = np.hstack([clean, _six_digits(kin.birth), sexes, states[state], inner]).astype(np.uint8)
    namesake = rank_within(np.unique(body.view("S16").ravel(), return_inverse=True)[1])
    homonym = np.where(year < 2000, ord("0") + namesake % 10, ord("A") + namesake % 26)[:, None]
    number = np.hstack([body, homonym]).astype(np.uint8)
    total = _values(number, CURP_ALPHABET) @ np.arange(18, 1, -1)
    return np.hstack([number, (ord("0") + -total % 10)[:, None]]).astype(np.uint8)


def _rfc(kin: Kin, names: Names, stem: Bytes) -> Bytes:
    family, given = letters(surnames().vocabulary).rfc_sum, letters(given_names().vocabulary).rfc_sum
    total = family[names.surname_1] + family[names.surname_2] + given[names.given_1] + given[names.given_2]
    homonym = np.frombuffer(HOMONYM_ALPHABET.encode(), np.uint8)
    pair = np.stack([homonym[total % 1000 // 34], homonym[total % 1000 % 34]], axis=1)
    clean = _without_bad_words(stem, frozenset(rfc_rules._name_blacklist), 3)
    number = np.hstack([clean, _six_digits(kin.birth), pair]).astype(np.uint8)
    remainder = (_values(number, RFC_ALPHABET) @ np.arange(13, 1, -1)) % 11
    check = np.frombuffer(b"0A987654321", np.uint8)[remainder][:, None]
    return np.hstack([number, check]).astype(np.uint8)


def _nss(rng: Generator, kin: Kin) -> Bytes:
    """Office, year of affiliation, year of birth, serial number, Luhn digit; no two people share one."""
    born = calendar_parts(kin.birth)[0]
    joined = calendar_parts(kin.birth + (whole(rng, 17, 26, len(kin)) * YEAR).astype(np.int64))[0]
    place = (rank_within(joined % 100 * 100 + born % 100) * 7_919 + 104_729) % NSS_SERIES
    number = ((10 + place // 10_000) * 100 + joined % 100) * 10**6 + born % 100 * 10**4 + place % 10_000
    digits = number[:, None] // 10 ** np.arange(9, -1, -1) % 10
    doubled = digits * np.tile([1, 2], 5)
    check = -(doubled // 10 + doubled % 10).sum(axis=1) % 10
    return (ord("0") + np.hstack([digits, check[:, None]])).astype(np.uint8)


def _six_digits(birth: Ints) -> Ints:
    year, month, day = calendar_parts(birth)
    number = year % 100 * 10_000 + month * 100 + day
    return ord("0") + number[:, None] // 10 ** np.arange(5, -1, -1) % 10


def _values(number: Bytes, alphabet: str) -> Ints:
    table = np.zeros(256, dtype=np.int64)
    table[list(alphabet.replace("Ñ", "").encode())] = [i for i, letter in enumerate(alphabet) if letter != "Ñ"]
    return table[number]


def _text(number: Bytes) -> Text:
    """The rows of a matrix of ASCII codes as strings."""
    rows, width = number.shape
    offsets = np.arange(0, (rows + 1) * width, width, dtype=np.int32)
    return pa.StringArray.from_buffers(rows, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(number)))
