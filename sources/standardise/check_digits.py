"""Check digits and forms of the region's national identifiers, for many numbers at once.

Each check takes a matrix of ASCII codes, one row a number of the scheme's length, and tells which rows pass.
Rules as published by the issuers; where python-stdnum has a scheme the tests hold these against it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np
from stdnum.do import cedula

from sources.standardise.mexico import curp, rfc
from sources.standardise.sign_matrix import (
    Codes,
    Passed,
    both,
    complement,
    digit_values,
    is_digits,
    luhn,
    spells,
    weighted,
)

RUT_WEIGHTS = (3, 2, 7, 6, 5, 4, 3, 2)
CUIT_KINDS = (20, 23, 24, 27, 30, 33, 34, 50, 51, 55)


class Form(NamedTuple):
    """The lengths that a scheme's numbers have, and the check of numbers of one of these lengths."""

    lengths: tuple[int, ...]
    check: Callable[[Codes], Passed]


def cpf(codes: Codes) -> Passed:
    """Brazil's CPF: two digits, each by modulus 11."""
    digits = digit_values(codes)
    first = (11 - weighted(codes, range(10, 1, -1), 11)) % 11 % 10
    second = (11 - (digits[:, :9] @ np.arange(11, 2, -1) + 2 * first) % 11) % 11 % 10
    return both(is_digits(codes), first == digits[:, 9], second == digits[:, 10], digits.sum(axis=1) > 0)


def cns(codes: Codes) -> Passed:
    """Brazil's health card: modulus 11 over all digits; 1 and 2 are final numbers, 7, 8 and 9 provisional."""
    known = np.isin(codes[:, 0], [ord(first) for first in "12789"])
    return both(is_digits(codes), known, weighted(codes, range(15, 0, -1), 11) == 0)


def rut(codes: Codes) -> Passed:
    """Chile's RUN and RUT: modulus 11, with K for 10."""
    body = codes[:, :-1]
    last = (11 - weighted(body, RUT_WEIGHTS[-body.shape[1] :], 11)) % 11
    return both(is_digits(body), np.frombuffer(b"0123456789K", np.uint8)[last] == codes[:, -1])


def cuit(codes: Codes) -> Passed:
    """Argentina's CUIT and CUIL: a known prefix, and modulus 11 with 9 for 10."""
    digits = digit_values(codes)
    last = np.array([0, 9, 9, 8, 7, 6, 5, 4, 3, 2, 1])[weighted(codes, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2), 11)]
    known = np.isin(digits[:, 0] * 10 + digits[:, 1], CUIT_KINDS)
    return both(is_digits(codes), known, last == digits[:, -1])


def dominican(codes: Codes) -> Passed:
    """The Dominican Republic's cédula: a Luhn sum, or one of those that were issued without."""
    issued = {number for number in cedula.whitelist if len(number) == codes.shape[1]}
    return luhn(codes) | spells(codes, issued)


def ecuador(codes: Codes) -> Passed:
    """Ecuador's cédula: a province, a third digit up to 6, and a Luhn sum."""
    digits = digit_values(codes)
    province = digits[:, 0] * 10 + digits[:, 1]
    placed = ((province >= 1) & (province <= 24)) | np.isin(province, (30, 50))
    return both(luhn(codes), placed, digits[:, 2] <= 6)


def peru(codes: Codes) -> Passed:
    """Peru's DNI: eight digits, and where a ninth character stands its check digit or letter."""
    passed = is_digits(codes[:, :8])
    if codes.shape[1] == 8:
        return passed
    total = weighted(codes, RUT_WEIGHTS, 11)
    digit, letter = (np.frombuffer(signs, np.uint8)[total] for signs in (b"65432110987", b"KJIHGFEDCBA"))
    return both(passed, (codes[:, 8] == digit) | (codes[:, 8] == letter))


def guatemala(codes: Codes) -> Passed:
    """Guatemala's CUI: the ninth digit by modulus 11, then a department and a municipality."""
    digits = digit_values(codes)
    department = digits[:, 9] * 10 + digits[:, 10]
    placed = (department >= 1) & (department <= 22)
    return both(is_digits(codes), placed, weighted(codes, range(2, 10), 11) == digits[:, 8])


FORMS: dict[str, Form] = {
    "ar.cuil": Form((11,), cuit),
    "ar.cuit": Form((11,), cuit),
    "ar.dni": Form((6, 7, 8), is_digits),
    "br.cns": Form((15,), cns),
    "br.cpf": Form((11,), cpf),
    "br.nis": Form((11,), partial(complement, weights=(3, 2, 9, 8, 7, 6, 5, 4, 3, 2), modulus=11)),
    "cl.rut": Form((6, 7, 8, 9), rut),
    "co.cc": Form(tuple(range(4, 11)), is_digits),
    "cr.cpf": Form((9,), is_digits),
    "do.cedula": Form((11,), dominican),
    "ec.ci": Form((10,), ecuador),
    "gt.cui": Form((13,), guatemala),
    "mx.curp": Form((18,), curp),
    "mx.nss": Form((11,), luhn),
    "mx.rfc": Form((12, 13), rfc),
    "pe.cui": Form((8, 9), peru),
    "pe.dni": Form((8, 9), peru),
    "sv.dui": Form((9,), partial(complement, weights=(9, 8, 7, 6, 5, 4, 3, 2), modulus=10)),
    "uy.ci": Form((8,), partial(complement, weights=(2, 9, 8, 7, 6, 3, 4), modulus=10)),
}
"""The schemes checked here. Others are left to python-stdnum, or pass where it does not know them."""
