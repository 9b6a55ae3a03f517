"""The arrays that a population is made of: one entry a person, days as whole numbers since 1970."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Text: TypeAlias = pa.Array
"""Strings; null where there is no value."""

NOBODY = -1
NEVER = 2**31 - 1
YEAR = 365.2425

EPOCH = date(1970, 1, 1)
FIRST_DAY = (date(1900, 1, 1) - EPOCH).days
LAST_DAY = (date(2099, 12, 31) - EPOCH).days


def day_number(day: date) -> int:
    """Days from 1970-01-01 to `day`."""
    return (day - EPOCH).days


def year_of(days: Ints) -> Ints:
    """The calendar year of each day."""
    return days.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970


def calendar_parts(days: Ints) -> tuple[Ints, Ints, Ints]:
    """Year, month (1 to 12) and day of the month of each day."""
    dates = days.astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    month_number = months.astype(np.int64)
    return month_number // 12 + 1970, month_number % 12 + 1, (dates - months).astype(np.int64) + 1


def days_from_parts(year: Ints, month: Ints, day: Ints) -> Ints:
    """The inverse of `calendar_parts`; a day beyond its month's end runs into the next month."""
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    return months.astype("datetime64[D]").astype(np.int64) + day - 1


def written_days(days: Ints, layout: str) -> Text:
    """Each day written in the strftime `layout`; null for `NEVER` and whatever lies outside 1900 to 2099."""
    outside = (days < FIRST_DAY) | (days > LAST_DAY)
    return pc.take(_calendar(layout), pa.array(np.where(outside, 0, days - FIRST_DAY), mask=outside))


@cache
def _calendar(layout: str) -> Text:
    return pa.array([(EPOCH + timedelta(number)).strftime(layout) for number in range(FIRST_DAY, LAST_DAY + 1)])


def optional_dates(days: Ints) -> pa.Array:
    """Each day as an Arrow date; null for `NEVER`."""
    return pa.array(days.astype(np.int32), mask=days >= NEVER).cast(pa.date32())


def numbered(prefix: str, numbers: Ints, width: int) -> Text:
    """`prefix` followed by each number, filled with zeros to `width` digits."""
    digits = pc.utf8_lpad(pa.array(numbers).cast(pa.string()), width, "0")
    return pc.binary_join_element_wise(prefix, digits, "") if prefix else digits


def joined(*parts: Text | str, separator: str = "") -> Text:
    """The parts of each row in one string; null parts are left out, and a row without any is null."""
    columns: list[Text] = [part for part in parts if not isinstance(part, str)]
    empty = np.logical_and.reduce([column.is_null().to_numpy(zero_copy_only=False) for column in columns])
    # pyarrow 26 drops a row all of whose parts are null, so such rows are given an empty part first
    filled = chosen(empty, "", columns[0]) if empty.any() else columns[0]
    given = [filled if part is columns[0] else part for part in parts]
    return blanked(empty, pc.binary_join_element_wise(*given, separator, null_handling="skip"))


def chosen(mask: Bools, then: object, otherwise: object) -> Text:
    """`then` where the mask is true, `otherwise` elsewhere."""
    return pc.if_else(pa.array(mask), then, otherwise)


def blanked(mask: Bools, values: Text) -> Text:
    """`values`, null where the mask is true."""
    return pc.if_else(pa.array(mask), pa.scalar(None, values.type), values)


def recent_months(as_of: int, count: int, step: int = 1) -> tuple[str, ...]:
    """The last `count` months up to that of `as_of`, each `step` apart, as in 2026-10."""
    month = int(np.int64(as_of).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64))
    numbers = range(month - (count - 1) * step, month + 1, step)
    return tuple(str(np.int64(number).astype("datetime64[M]")) for number in numbers)


def first_days(months: tuple[str, ...]) -> Ints:
    """The first day of each month, as a day number."""
    return np.array(months, dtype="datetime64[M]").astype("datetime64[D]").astype(np.int64)
