"""Mexico's CURP and RFC: letters of the name, a birth date, and for the CURP sex, state and check digit."""

from __future__ import annotations

import numpy as np
from stdnum.mx import curp as curp_words

from sources.standardise.sign_matrix import (
    Codes,
    Numbers,
    Passed,
    both,
    digit_values,
    every,
    is_digit,
    is_digits,
    is_letter,
    spells,
)

CURP_ALPHABET = "0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ"


def curp(codes: Codes) -> Passed:
    """Mexico's CURP: its letters, a real birth date, sex (X too), state, and the check digit by modulus 10."""
    letters = is_letter(codes)
    in_form = both(
        every(letters[:, [0, 1, 2, 3, *range(10, 16)]]),
        is_digits(codes[:, [*range(4, 10), 17]]),
        letters[:, 16] | is_digits(codes[:, 16:17]),
    )
    sex = np.isin(codes[:, 10], [ord(sex) for sex in "HMX"])
    decent = ~spells(codes[:, :4], curp_words._name_blacklist)
    born = _is_date(codes[:, 4:10], np.where(letters[:, 16], 2000, 1900))
    state = spells(codes[:, 11:13], curp_words._valid_states)
    return both(in_form, sex, decent, born, state, _curp_digit(codes))


def rfc(codes: Codes) -> Passed:
    """Mexico's RFC in form, of a person (13) or a company (12), with a real date.

    Its check digit is not asked for: the tax office itself issued numbers without.
    """
    dated = codes.shape[1] - 9
    letters, digits = is_letter(codes), codes[:, dated : dated + 6]
    in_form = every(letters[:, :dated]) & every(letters[:, dated + 6 :] | is_digit(codes[:, dated + 6 :]))
    return in_form & is_digits(digits) & (_is_date(digits, 1900) | _is_date(digits, 2000))


def _curp_digit(codes: Codes) -> Passed:
    place = np.zeros(256, dtype=np.int64)
    place[np.frombuffer(CURP_ALPHABET.encode(), np.uint8)] = np.arange(len(CURP_ALPHABET))
    last = (10 - (place[codes[:, :17]] @ np.arange(18, 1, -1)) % 10) % 10
    return np.asarray(last == place[codes[:, 17]], dtype=np.bool_)


def _is_date(codes: Codes, century: Numbers | int) -> Passed:
    """YYMMDD that was a day."""
    digits = digit_values(codes)
    year = digits[:, 0] * 10 + digits[:, 1] + century
    month, day = digits[:, 2] * 10 + digits[:, 3], digits[:, 4] * 10 + digits[:, 5]
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    days = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, *[0] * 87])[np.clip(month, 0, 99)]
    return np.asarray((day >= 1) & (day <= days + (leap & (month == 2))), dtype=np.bool_)
