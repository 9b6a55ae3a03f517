"""Benefits that may not stand side by side, as data."""

from __future__ import annotations

from functools import cache
from itertools import chain
from pathlib import Path
from typing import Literal

from pydantic import Field

from warehouse.errors import RuleError
from warehouse.rules.pack import Citation, Strict
from warehouse.rules.reading import read_documents

INCOMPATIBILITIES = Path(__file__).resolve().parents[1] / "incompatibilities"


class Incompatibility(Strict):
    """Two programmes, by the codes of the sources, that one person, or one household, may not draw at once."""

    one: str = Field(min_length=1)
    other: str = Field(min_length=1)
    unit: Literal["person", "household"] = "person"
    status: Literal["verified", "unverified"]
    citation: Citation


class Incompatibilities(Strict):
    """A file of them."""

    incompatibilities: tuple[Incompatibility, ...]


@cache
def read_incompatibilities(folder: Path = INCOMPATIBILITIES) -> tuple[Incompatibility, ...]:
    """Every pair of `folder`; raise `RuleError` with every fault."""
    files, faults = read_documents(Incompatibilities, folder)
    pairs = sorted(
        chain.from_iterable(file.incompatibilities for file in files), key=lambda pair: (pair.one, pair.other)
    )
    named = [tuple(sorted((pair.one, pair.other))) for pair in pairs]
    faults += [
        f"{one} and {other} are there twice" for one, other in sorted(set(named)) if named.count((one, other)) > 1
    ]
    faults += [f"{pair.one} cannot exclude itself" for pair in pairs if pair.one == pair.other]
    if faults:
        raise RuleError(str(folder), faults)
    return tuple(sorted(pairs, key=lambda pair: (pair.one, pair.other)))
