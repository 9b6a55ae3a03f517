"""Where the columns of a fixed-width extract stand, from whatever the contract says of their places."""

from __future__ import annotations

import re
from collections.abc import Sequence

from open_data_contract_standard.model import SchemaProperty

from sources.terms import ColumnTerms, ServerTerms

SIZED = re.compile(r"(?i)[a-z ]+\((\d+)\)")


def cut(properties: Sequence[SchemaProperty], terms: Sequence[ColumnTerms], reading: ServerTerms) -> list[ColumnTerms]:
    """The `terms` with `start` (from 1) and `width` filled in; a width that nothing tells stays None.

    A width is said by the column, by the server's `widths`, by the column's `end`, by a physical type
    such as CHAR(11), or by the start of the next column. A column without a start follows the one before.
    Starts count from 0 where one of them is 0.
    """
    base = 0 if any(each.start == 0 for each in terms) else 1
    placed, following = [], 1
    for number, (item, each) in enumerate(zip(properties, terms, strict=True)):
        start = following if each.start is None else each.start + 1 - base
        width = each.width or _width_to_end(each, start) or _told_width(item, number, reading)
        width = width or _width_to_next(terms, number, start, base)
        placed.append(each.model_copy(update={"start": start, "width": width}))
        following = start + (width or 0)
    return placed


def _told_width(item: SchemaProperty, number: int, reading: ServerTerms) -> int | None:
    if number < len(reading.widths):
        return reading.widths[number]
    sized = SIZED.fullmatch(item.physicalType or "")
    if sized:
        return int(sized[1])
    longest = (item.logicalTypeOptions or {}).get("maxLength")
    return longest if isinstance(longest, int) else None


def _width_to_end(terms: ColumnTerms, start: int) -> int | None:
    """The width up to `end`: the last character, from 1, which is the first one after it where starts count from 0."""
    return None if terms.end is None else max(terms.end - start + 1, 0) or None


def _width_to_next(terms: Sequence[ColumnTerms], number: int, start: int, base: int) -> int | None:
    following = terms[number + 1].start if number + 1 < len(terms) else None
    return None if following is None else max(following + 1 - base - start, 0) or None
