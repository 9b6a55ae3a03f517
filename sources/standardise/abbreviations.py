"""Abbreviations of the region and what they stand for, word by word."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import Literal

from warehouse.session import literal

Part = Literal["given", "surname", "address", "place"]


def written_out_sql(tokens: str, parts: tuple[Part, ...]) -> str:
    """An SQL expression: the list `tokens` with the abbreviations of `parts` written out."""
    long_forms = abbreviations(parts)
    some = f"list_has_any({tokens}, {sorted(long_forms)})"
    entries = ", ".join(f"{literal(short)}: {literal(long)}" for short, long in long_forms.items())
    written = f"list_transform({tokens}, lambda token: coalesce(map {{{entries}}}[token], token))"
    return f"case when {some} then {written} else {tokens} end"


@cache
def abbreviations(parts: tuple[Part, ...]) -> dict[str, str]:
    """Short forms used in `parts` of a record, each with its long form."""
    with (Path(__file__).parent / "abbreviations.csv").open(encoding="utf-8", newline="") as file:
        return {row["short"]: row["long"] for row in csv.DictReader(file) if row["part"] in parts}
