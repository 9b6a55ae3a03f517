"""What the values of one column have in common: counts, dates, numbers, codes, identifiers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa

from sources.standardise.identifiers import is_valid

MOST = 0.9
"""Share of the filled values that must agree before a column is called so: extracts hold faults."""
LEAST = 0.02
"""Share of the values that a further date format must read to be one of the column's."""
DATE_FORMATS = (
    "%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y/%m/%d", "%Y%m%d", "%d%m%Y", "%d/%m/%y",
    "%d-%m-%y", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S",
)  # fmt: skip
MOST_KEYS = 0.96
YEARS = range(1890, 2100)
SCHEMES = (
    "mx.curp", "mx.rfc", "br.cns", "ar.cuit", "br.cpf", "do.cedula", "br.nis", "mx.nss", "gt.cui", "cl.rut", "ec.ci",
    "uy.ci", "sv.dui",
)  # fmt: skip
"""Schemes with a check digit, longer ones first: only those can be told by their numbers."""
NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")
DIGITS = re.compile(r".*\d.*")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[a-zA-Z]{2,}")
JUDGED = 2_000
"""How many of the values are held against every date format and scheme."""
FEWEST = 5
"""A value that fewer rows than this hold may be one person's, and is no code."""
LONGEST_CODE = 12
MOST_CODES = 12


@dataclass(frozen=True)
class Profile:
    """One column. `codes` are the values of a closed list, each held by five rows or more; () where there is none."""

    name: str
    rows: int
    filled: int
    distinct: int
    date_formats: tuple[str, ...]
    date_rivals: tuple[str, ...]
    scheme: str | None
    is_number: bool
    is_whole: bool
    is_email: bool
    has_digits: bool
    codes: tuple[str, ...]
    decimal: str | None

    @property
    def is_key(self) -> bool:
        """Nearly every row has a value of its own; a few repeat where the extract is at fault."""
        return self.distinct >= MOST_KEYS * self.rows and self.filled >= MOST_KEYS * self.rows


def profiled(name: str, values: Sequence[str | None]) -> Profile:
    """The profile of the column `name`."""
    filled = [value for value in values if value is not None]
    counts = Counter(filled)
    numbers = _share(filled, NUMBER)
    formats, rivals = _date_formats(filled[:JUDGED])
    return Profile(
        name=name,
        rows=len(values),
        filled=len(filled),
        distinct=len(counts),
        date_formats=formats,
        date_rivals=rivals,
        scheme=_scheme(filled[:JUDGED]),
        is_number=numbers >= MOST,
        is_whole=numbers >= MOST and not any("," in value or "." in value for value in filled),
        is_email=_share(filled, EMAIL) >= MOST,
        has_digits=_share(filled, DIGITS) > 1 - MOST,
        codes=_codes(counts, len(filled)),
        decimal="," if numbers >= MOST and any("," in value for value in filled) else None,
    )


def _share(values: Sequence[str], pattern: re.Pattern[str]) -> float:
    return sum(bool(pattern.fullmatch(value)) for value in values) / len(values) if values else 0.0


def _date_formats(values: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The formats that together read most values, best first, and those that read as many as the best.

    Of equals the one usual in the region stands first.
    """
    read = {form: {place for place, value in enumerate(values) if _reads(value, form)} for form in DATE_FORMATS}
    best = max(DATE_FORMATS, key=lambda form: len(read[form]))
    if not read[best]:
        return (), ()
    rivals = tuple(form for form in DATE_FORMATS if form != best and len(read[form]) == len(read[best]))
    chosen, covered = [best], set(read[best])
    while len(covered) < MOST * len(values):
        further = max(DATE_FORMATS, key=lambda form: len(read[form] - covered))
        if len(read[further] - covered) < LEAST * len(values):
            return (), ()
        chosen.append(further)
        covered |= read[further]
    return tuple(chosen), rivals


def _reads(value: str, form: str) -> bool:
    if len(value) < 6:
        return False
    try:
        return datetime.strptime(value, form).year in YEARS
    except ValueError:
        return False


def _scheme(values: Sequence[str]) -> str | None:
    """The scheme whose check digits most of the numbers pass."""
    bare = [number for number in (re.sub("[^0-9A-ZÑ]", "", value.upper()) for value in values) if len(number) >= 8]
    if len(bare) < max(1, MOST * len(values) / 2):
        return None
    numbers = pa.chunked_array([bare], pa.string())
    return next((scheme for scheme in SCHEMES if is_valid(scheme, numbers).mean() >= MOST), None)


def _codes(counts: Counter[str], filled: int) -> tuple[str, ...]:
    """The values, where they are a short closed list that many rows share and none is one person's."""
    if not 1 < len(counts) <= MOST_CODES or len(counts) * FEWEST > filled:
        return ()
    if any(times < FEWEST or len(value) > LONGEST_CODE for value, times in counts.items()):
        return ()
    return tuple(sorted(counts))
