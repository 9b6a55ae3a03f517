"""The code lists: the Digital Convergence Initiative's with the registry's own values, ISCO-08 and ISCED 2011.

ISCO-08 is the International Labour Organization's (2012): its major, sub-major, minor and unit groups of one to four
digits. ISCED 2011 is the UNESCO Institute for Statistics': educational attainment by level, category and sub-category
of one to three digits. The first digits of a code are the code of the group that it lies in. Titles in Spanish are
there for the coarser groups.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
LISTS = FOLDER / "code_lists.csv"
ISCO_08, ISCED_2011 = "isco_08", "isced_2011"
CLASSIFICATIONS = {ISCO_08: FOLDER / "isco_08.csv", ISCED_2011: FOLDER / "isced_2011.csv"}
"""Each with its file: code, title, and title_es where one is known."""


@cache
def code_list_rows() -> tuple[dict[str, str | None], ...]:
    """Every code, with the columns of `warehouse.published.reference.CODE_LISTS`; a code has a row a value."""
    with LISTS.open(encoding="utf-8", newline="") as file:
        listed = [{column: value or None for column, value in row.items()} for row in csv.DictReader(file)]
    return (*listed, *_classified())


def _classified() -> Iterator[dict[str, str | None]]:
    for name, path in CLASSIFICATIONS.items():
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                yield {"code_list": name, "code": row["code"], "label": row["title"], "registry_value": row["code"]}


@cache
def codes_of(code_list: str) -> frozenset[str]:
    """The codes of one list; none where there is no such list."""
    return frozenset(str(row["code"]) for row in code_list_rows() if row["code_list"] == code_list)


@cache
def mapped_codes(code_list: str) -> dict[str, str]:
    """The registry's own value → code: the layer between the registry's words and the standard's."""
    rows = [row for row in code_list_rows() if row["code_list"] == code_list and row["registry_value"]]
    return {str(row["registry_value"]): str(row["code"]) for row in rows}
