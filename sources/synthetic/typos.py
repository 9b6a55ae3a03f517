"""Slips of the hand in many strings at once: letters put in, left out, exchanged or taken for others."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sources.synthetic.arrays import Bools, Ints, Text
from sources.synthetic.draws import Generator, pick, whole

Letters = npt.NDArray[np.uint32]

INSERTED, DELETED, SUBSTITUTED, TRANSPOSED = range(4)
KIND_WEIGHTS = (0.2, 0.25, 0.4, 0.15)

HEARD_ALIKE = ("bv", "sz", "cs", "iy", "gj", "nm", "oa", "ei", "lr", "dt", "kc", "uo", "BV", "SZ", "IY", "GJ", "NM")
"""Letters that a clerk who writes by ear takes for one another."""


def misspelt(rng: Generator, values: Text, mask: Bools) -> Text:
    """`values` with one slip in each string where `mask` is true; the first letter always stays."""
    rows = np.flatnonzero(mask & (pc.fill_null(pc.utf8_length(values), 0).to_numpy(zero_copy_only=False) > 2))
    if len(rows) == 0:
        return values
    letters, lengths = _matrix(values.take(pa.array(rows)))
    return _put_back(values, rows, _slipped(rng, letters, lengths))


def miscopied(rng: Generator, values: Text, mask: Bools) -> Text:
    """`values` with one character replaced by another of its kind (digit or capital) where `mask` is true."""
    rows = np.flatnonzero(mask & values.is_valid().to_numpy(zero_copy_only=False))
    if len(rows) == 0:
        return values
    letters, lengths = _matrix(values.take(pa.array(rows)))
    row, at = np.arange(len(rows)), (rng.random(len(rows)) * lengths).astype(np.int64)
    old = letters[row, at].astype(np.int64)
    digit = (old >= ord("0")) & (old <= ord("9"))
    shifted_digit = ord("0") + (old - ord("0") + whole(rng, 1, 9, len(rows))) % 10
    shifted_letter = ord("A") + (old - ord("A") + whole(rng, 1, 25, len(rows))) % 26
    letters[row, at] = np.where(digit, shifted_digit, shifted_letter)
    return _put_back(values, rows, letters)


def _slipped(rng: Generator, letters: Letters, lengths: Ints) -> Letters:
    size, width = letters.shape
    row, column = np.arange(size), np.arange(width)[None, :]
    kind = pick(rng, KIND_WEIGHTS, size)
    at = 1 + (rng.random(size) * (lengths - 2)).astype(np.int64)
    source = column - ((kind == INSERTED)[:, None] & (column > at[:, None]))
    source = source + ((kind == DELETED)[:, None] & (column >= at[:, None]))
    swapped = kind == TRANSPOSED
    source[row[swapped], at[swapped]], source[row[swapped], at[swapped] + 1] = at[swapped] + 1, at[swapped]
    slipped = np.take_along_axis(letters, np.minimum(source, width - 1), axis=1)
    replaced = (kind == INSERTED) | (kind == SUBSTITUTED)
    slipped[row[replaced], at[replaced]] = _other_letter(rng, letters[row, at])[replaced]
    return slipped


def _other_letter(rng: Generator, old: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    heard = np.zeros(256, dtype=np.uint32)
    for pair in HEARD_ALIKE:
        heard[ord(pair[0])], heard[ord(pair[1])] = ord(pair[1]), ord(pair[0])
    alike = heard[np.minimum(old, 255)]
    small = (old >= ord("a")).astype(np.int64) * 32
    return np.where(alike > 0, alike, ord("A") + small + whole(rng, 0, 25, len(old))).astype(np.uint32)


def _matrix(values: Text) -> tuple[Letters, Ints]:
    """The strings as rows of code points, with two columns to spare, and their lengths."""
    words = np.array(values.to_pylist(), dtype=str)
    width = words.dtype.itemsize // 4
    letters = np.zeros((len(words), width + 2), dtype=np.uint32)
    letters[:, :width] = words.view(np.uint32).reshape(len(words), width)
    return letters, (letters != 0).sum(axis=1)


def _put_back(values: Text, rows: Ints, letters: Letters) -> Text:
    words = np.ascontiguousarray(letters).view(f"<U{letters.shape[1]}").ravel()
    mask = np.zeros(len(values), dtype=bool)
    mask[rows] = True
    return pc.replace_with_mask(values, pa.array(mask), pa.array(words.tolist(), pa.string()))
