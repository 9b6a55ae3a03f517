"""The code lists of the Digital Convergence Initiative, and the registry's own values that stand for their codes."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

LISTS = Path(__file__).with_name("code_lists.csv")


@cache
def code_list_rows() -> tuple[dict[str, str | None], ...]:
    """Every code, with the columns of `warehouse.published_reference.CODE_LISTS`; a code has a row a value."""
    with LISTS.open(encoding="utf-8", newline="") as file:
        return tuple({column: value or None for column, value in row.items()} for row in csv.DictReader(file))


def codes_of(code_list: str) -> frozenset[str]:
    """The codes of one list; none where there is no such list."""
    return frozenset(str(row["code"]) for row in code_list_rows() if row["code_list"] == code_list)


def mapped_codes(code_list: str) -> dict[str, str]:
    """The registry's own value → code: the layer between the registry's words and the standard's."""
    rows = [row for row in code_list_rows() if row["code_list"] == code_list and row["registry_value"]]
    return {str(row["registry_value"]): str(row["code"]) for row in rows}
