"""What text needs before a spreadsheet may open it."""

from __future__ import annotations

FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""Spreadsheets run what begins with one of these as a formula."""
LONGEST_CELL = 32_767
"""Excel's own limit, in characters."""


def neutralised(text: str) -> str:
    """`text` as a cell that no spreadsheet runs: an apostrophe before what it would run, cut to what a cell holds."""
    return ("'" + text if text.startswith(FORMULA_MARKS) else text)[:LONGEST_CELL]
