"""Delivered codes by the contract's own list: exactly as listed, or else in other capitals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from warehouse.session import literal


def coded_sql(text: str, codes: Mapping[str, str], *, others_stay: bool = False) -> str:
    """An SQL expression: what the code `text` stands for, null when it is not listed.

    `others_stay` keeps what is not listed: a date or number column may list only its special values.
    """
    exact = f"{_map_sql(codes)}[{text}]"
    folded = f"{_map_sql(_unambiguous(codes))}[upper({text})]"
    return f"coalesce({exact}, {folded}{f', {text}' if others_stay else ''})"


def _unambiguous(codes: Mapping[str, str]) -> dict[str, str]:
    """The codes in capitals, without those that two spellings claim for different values."""
    claims = Counter(code.upper() for code in codes)
    return {code.upper(): value for code, value in codes.items() if claims[code.upper()] == 1}


def _map_sql(codes: Mapping[str, str]) -> str:
    entries = ", ".join(f"{literal(code)}: {literal(value)}" for code, value in codes.items())
    return f"map {{{entries}}}" if codes else "cast(map {} as map(varchar, varchar))"
