"""Delivered dates by the contract's formats, tried in order; a date that never was is not read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from warehouse.session import literal

FIRST_YEAR = 1890
YEARS_AHEAD = {"start_date": 10, "end_date": 50}
PAST = frozenset({"birth_date", "death_date", "updated_date"})
ISO = r"(\d{4}-\d{1,2}-\d{1,2})(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?)?\s?(?:Z|UTC|[+-]\d{2}(?::?\d{2})?)?"
MIDNIGHT = r"[T ]0?0:00(?::00(?:\.0+)?)?$"
MONTHS = {
    "january": "enero|janeiro|ene|jan", "february": "fevereiro|febrero|fev|feb", "march": "marzo|marco|mar",
    "april": "abril|abr|apr", "may": "mayo|maio|mai|may", "june": "junio|junho|jun", "july": "julio|julho|jul",
    "august": "agosto|ago|aug", "september": "septiembre|setiembre|setembro|sept|sep|set",
    "october": "octubre|outubro|oct|out", "november": "noviembre|novembro|nov",
    "december": "diciembre|dezembro|dic|dez|dec",
}  # fmt: skip


def last_year() -> int:
    """The last year that a date of the past may bear: next year, for clocks and year ends."""
    return date.today().year + 1


def date_sql(text: str, field: str, formats: Sequence[str]) -> str:
    """An SQL expression: the date in `text`, by the first of `formats` that reads it within plausible years.

    ISO dates and timestamps are read as well, since typed cells arrive so, unless a format would
    take their numbers in another order. Two-digit years of past events are never in the future.
    """
    attempts = [_attempt(text, field, pattern) for pattern in formats]
    if all(pattern.startswith("%Y-%m-%d") or not pattern.startswith("%Y") for pattern in formats):
        attempts.append(_within(_iso(text), field))
    return f"coalesce({', '.join(attempts)})" if len(attempts) > 1 else attempts[0]


def _iso(text: str) -> str:
    whole = literal(f"^{ISO}$")
    return f"try_cast(nullif(regexp_extract({text}, {whole}, 1), '') as date)"


def _attempt(text: str, field: str, pattern: str) -> str:
    if "%b" in pattern or "%B" in pattern:
        text = _english(text, "%B" in pattern)
    if "%H" not in pattern:
        text = f"regexp_replace({text}, {literal(MIDNIGHT)}, '')"
    found = f"cast(try_strptime({text}, {literal(pattern)}) as date)"
    if "%y" in pattern and field in PAST:
        today = f"date {literal(date.today().isoformat())}"
        found = f"case when {found} > {today} then cast({found} - interval 100 year as date) else {found} end"
    return _within(found, field)


def _within(found: str, field: str) -> str:
    last = last_year() + YEARS_AHEAD.get(field, 0)
    return f"case when year({found}) between {FIRST_YEAR} and {last} then {found} end"


def _english(text: str, whole: bool) -> str:
    """`text` with its Spanish or Portuguese month in English, whole or by its first three letters."""
    text = f"strip_accents({text})"
    for month, names in MONTHS.items():
        words = literal(rf"\b(?:{month}|{names})\b\.?")
        text = f"regexp_replace({text}, {words}, {literal(month if whole else month[:3])}, 'i')"
    return text


def is_default_sql(day: str) -> str:
    """An SQL expression: `day` is 1 January or 1 July, which clerks enter when they know only the year."""
    return f"(day({day}) = 1 and month({day}) in (1, 7))"
