"""Pairs of records and what recordlinkage's Compare says of them; an unknown value is never equal or similar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import recordlinkage
from numpy.typing import NDArray
from recordlinkage.base import BaseCompareFeature
from recordlinkage.compare import Exact, String

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Pairs:
    """Pairs of rows of `features`, by place, and the identifier schemes that the features carry."""

    features: pd.DataFrame
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    schemes: Sequence[str]

    def where(self, mask: Mask) -> Pairs:
        """The pairs for which `mask` is true."""
        return Pairs(self.features, self.left[mask], self.right[mask], self.schemes)

    def outcome(self, feature: BaseCompareFeature) -> NDArray[np.float64]:
        """What recordlinkage's Compare gives for each pair."""
        rows = self.features.index
        index = pd.MultiIndex(levels=[rows, rows], codes=[self.left, self.right], verify_integrity=False)  # type: ignore[list-item]
        return np.asarray(recordlinkage.Compare([feature]).compute(index, self.features)[0], dtype=float)

    def sides(self, name: str) -> tuple[pd.Series, pd.Series]:
        """The left and the right values of a feature."""
        values = self.features[name]
        left, right = (values.take(rows).reset_index(drop=True) for rows in (self.left, self.right))
        return left, right

    def known(self, name: str) -> Mask:
        """Whether both sides have the feature."""
        left, right = self.sides(name)
        return np.asarray(left.notna() & right.notna())

    def equal(self, left: str, right: str) -> Mask:
        """Whether the left value of one feature is the right value of another."""
        return np.asarray(self.outcome(Exact(left, right)) == 1)

    def different(self, name: str) -> Mask:
        """Whether both sides have the feature, and not the same."""
        return np.asarray(self.outcome(Exact(name, name, agree_value=0, disagree_value=1)) == 1)

    def similar(self, left: str, right: str, at_least: float) -> Mask:
        """Whether the two values have a Jaro-Winkler similarity of `at_least`."""
        return np.asarray(self.outcome(String(left, right, method="jarowinkler", threshold=at_least)) == 1)

    def within_edits(self, name: str, at_most: int) -> Mask:
        """Whether the values are `at_most` edits apart; recordlinkage gives 1 − edits / the longer length."""
        similarity = self.outcome(String(name, name, method="damerau_levenshtein", missing_value=np.nan))
        left, right = self.lengths(name)
        return np.asarray(np.rint((1 - similarity) * np.fmax(left, right)) <= at_most)

    def lengths(self, name: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The characters of the left and of the right text."""
        left, right = (np.asarray(side.str.len(), dtype=float) for side in self.sides(name))
        return left, right

    def same_start(self, left: str, right: str, characters: int) -> Mask:
        """Whether the left text of one feature starts as the right text of another."""
        return np.asarray(self.sides(left)[0].str[:characters] == self.sides(right)[1].str[:characters])

    def same_end(self, name: str, characters: int) -> Mask:
        """Whether both texts end alike."""
        left, right = self.sides(name)
        return np.asarray(left.str[-characters:] == right.str[-characters:])
