"""Signs, digits and weighted sums of many identifiers at once: what check digits are worked out with.

Identifiers of one length stand as a matrix of ASCII codes, one row a number.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.int64]
Passed = npt.NDArray[np.bool_]

ZERO, NINE = ord("0"), ord("9")


def is_digits(codes: Codes) -> Passed:
    """Nothing but digits."""
    return every(is_digit(codes))


def luhn(codes: Codes) -> Passed:
    """Digits whose Luhn sum is a multiple of ten."""
    doubled = digit_values(codes)
    doubled[:, -2::-2] *= 2
    return both(is_digits(codes), np.where(doubled > 9, doubled - 9, doubled).sum(axis=1) % 10 == 0)


def weighted(codes: Codes, weights: Sequence[int], modulus: int) -> Numbers:
    """The weighted sum of the first digits, by `modulus`."""
    total: Numbers = digit_values(codes)[:, : len(weights)] @ np.array(weights)
    return total % modulus


def complement(codes: Codes, weights: Sequence[int], modulus: int) -> Passed:
    """Digits whose last one completes the weighted sum of the others to a multiple of `modulus`, 10 as 0."""
    last = (modulus - weighted(codes, weights, modulus)) % modulus % 10
    return both(is_digits(codes), last == digit_values(codes)[:, -1])


def spells(codes: Codes, words: set[str]) -> Passed:
    """Rows that are one of `words`, all as long as the row."""
    width = codes.shape[1]
    packed = np.dtype({2: "u2", 4: "u4"}.get(width, f"S{width}"))  # numpy looks numbers up many times faster
    listed = np.array(sorted(words), dtype=f"S{width}").view(packed)
    return np.isin(np.ascontiguousarray(codes).view(packed)[:, 0], listed)


def digit_values(codes: Codes) -> Numbers:
    """The values of the digits; other signs give numbers outside 0 to 9."""
    return codes.astype(np.int64) - ZERO


def is_digit(codes: Codes) -> Passed:
    """Cell by cell: a digit."""
    return (codes >= ZERO) & (codes <= NINE)


def is_letter(codes: Codes) -> Passed:
    """Cell by cell: a capital letter of the Latin alphabet."""
    return (codes >= ord("A")) & (codes <= ord("Z"))


def both(*conditions: Passed) -> Passed:
    """Rows that meet every one of the conditions."""
    return np.asarray(np.logical_and.reduce(conditions), dtype=np.bool_)


def every(cells: Passed) -> Passed:
    """Rows of which every cell passes."""
    return np.asarray(cells.all(axis=1), dtype=np.bool_)
