"""Lines of poverty by country, area and time, as data."""

from __future__ import annotations

from datetime import date
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from warehouse.errors import RuleError
from warehouse.rules.pack import Citation, Name, Strict
from warehouse.rules.reading import read_documents

POVERTY_LINES = Path(__file__).resolve().parents[1] / "poverty_lines"


class PovertyLine(Strict):
    """What a person must have a month in that area from that day on, until the next one, not to be below `line`."""

    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    line: Name
    area: Literal["urban", "rural"]
    valid_from: date
    monthly: float = Field(gt=0)
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    status: Literal["verified", "unverified"]
    citation: Citation


class PovertyLines(Strict):
    """A file of them."""

    poverty_lines: tuple[PovertyLine, ...]


@cache
def read_poverty_lines(folder: Path = POVERTY_LINES) -> tuple[PovertyLine, ...]:
    """Every poverty line of `folder`, by country, line, area and day; raise `RuleError` with every fault."""
    files, faults = read_documents(PovertyLines, folder)
    lines = sorted(chain.from_iterable(file.poverty_lines for file in files), key=_key)
    keys = [_key(line) for line in lines]
    faults += [f"{' '.join(map(str, key))} is there twice" for key in sorted(set(keys)) if keys.count(key) > 1]
    if faults:
        raise RuleError(str(folder), faults)
    return tuple(lines)


def _key(line: PovertyLine) -> tuple[str, str, str, date]:
    return line.country, line.line, line.area, line.valid_from
