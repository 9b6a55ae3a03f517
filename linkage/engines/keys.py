"""Blocking keys: the values of every key part, taken from the features."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd


def key_rows(features: pd.DataFrame, parts: Sequence[str]) -> pd.DataFrame:
    """`node` and a column for each of `parts`: a row for every combination of values, none where a part is unknown."""
    columns = {part: KEY_PARTS[part](features) if part in KEY_PARTS else features[part] for part in parts}
    rows = pd.DataFrame({"node": features["node"].astype(int), **columns})
    for part in parts:
        rows = rows.explode(part)
    return rows.dropna().drop_duplicates().reset_index(drop=True)


def _both_surnames(features: pd.DataFrame) -> pd.Series:
    """One number for the two sounds, whichever comes first."""
    sounds = features[["surname_1_sound", "surname_2_sound"]]
    base = np.nan_to_num(sounds.max().max()) + 1
    pairs: pd.Series = sounds.min(axis=1, skipna=False) * base + sounds.max(axis=1, skipna=False)
    return pairs.where(features["surname_2"].notna())


def _day_and_month(features: pd.DataFrame) -> pd.Series:
    """One number for day and month, whichever is which; unknown for the days that clerks enter by default."""
    parts = features[["birth_day", "birth_month"]]
    return (parts.min(axis=1) * 32 + parts.max(axis=1)).where(features["birth_is_default"] == 0)


# Parts that are not themselves features.
KEY_PARTS: dict[str, Callable[[pd.DataFrame], pd.Series]] = {
    "identifier": lambda features: features["identifiers"],
    "given_any": lambda features: features["given_sounds"],
    "given_first": lambda features: features["given_sound"],
    "given_initial": lambda features: features["given"].str[:1],
    "surname_any": lambda features: features["surname_sounds"],
    "surname_first": lambda features: features["surname_1_sound"],
    "surname_pair": _both_surnames,
    "name_set": lambda features: features["name_sorted"],
    "birth_day_month": _day_and_month,
    "address": lambda features: features["address_sorted"],
    "mother": lambda features: features["mother_sorted"],
}
