"""Delivered numbers by the declared decimal sign; what could be read two ways is not read."""

from __future__ import annotations

from sources.standardise.dates import FIRST_YEAR, last_year
from warehouse.session import literal

MONEY = r"(?:(?:R|US|MX|C|B/)?[$€₡₲₱]|S/\.?|B/\.|Bs\.?)\s?"
SIGNED_MONEY = rf"^([+-]?){MONEY}"


def number_sql(text: str, decimal: str) -> str:
    """An SQL expression: the finite number in `text`, whose decimal sign is `decimal`.

    Thousands may be set off by the other sign, a space or an apostrophe, in groups of three throughout;
    a mark of currency may stand before.
    """
    thousands = "[,. \u00a0\u202f'’]".replace(decimal, "")
    whole = rf"\d{{1,3}}(?:{thousands}\d{{3}})+|\d+"
    pattern = rf"[+-]?(?:(?:{whole})(?:[{decimal}]\d*)?|[{decimal}]\d+)(?:[eE][+-]?\d+)?"
    plain = f"regexp_replace({text}, {literal(SIGNED_MONEY)}, '\\1')"
    value = f"try_cast(replace(regexp_replace({plain}, {literal(thousands)}, '', 'g'), ',', '.') as double)"
    return f"case when regexp_full_match({plain}, {literal(pattern)}) and isfinite({value}) then {value} end"


def whole_number_sql(text: str, decimal: str) -> str:
    """An SQL expression: the number in `text` as an integer, null where it has a fraction."""
    number = number_sql(text, decimal)
    return f"case when {number} = floor({number}) then try_cast({number} as integer) end"


def year_sql(text: str, decimal: str) -> str:
    """An SQL expression: the year in `text`, from 1890 to next year."""
    year = whole_number_sql(text, decimal)
    return f"case when {year} between {FIRST_YEAR} and {last_year()} then {year} end"
