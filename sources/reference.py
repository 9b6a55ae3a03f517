"""Reference lists beside the contracts: the programmes that institutions run, and the gazetteer of territories.

Both are optional CSV files, `programmes.csv` and `territories.csv`, in any folder of contracts. What no list names
but the data does is published all the same, marked as not listed.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import pyarrow as pa
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationError

from warehouse.code_lists.lists import codes_of
from warehouse.errors import ContractError


def _blank_is_none(value: str | None) -> str | None:
    if value is None:
        raise ValueError("the line ends before this column")
    return value.strip() or None


Optional = Annotated[str | None, BeforeValidator(_blank_is_none)]


def _code(code_list: str) -> AfterValidator:
    def listed(value: str | None) -> str | None:
        if value is not None and value not in codes_of(code_list):
            raise ValueError(f"it is no code of the list {code_list}, whose codes are {sorted(codes_of(code_list))}")
        return value

    return AfterValidator(listed)


class Listed(BaseModel):
    """One line of a reference list; its columns are the fields, no others."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ListedProgramme(Listed):
    """One programme, as the institution that runs it describes it."""

    source: str
    programme: str
    name: Optional
    programme_type: Annotated[Optional, _code("programme_type")]
    social_protection_function: Annotated[Optional, _code("social_protection_function")]
    contribution_type: Annotated[Optional, _code("contribution_type")]
    benefit_type: Annotated[Optional, _code("benefit_type")]


class ListedTerritory(Listed):
    """One territory, as the gazetteer knows it."""

    code: str
    level: Literal["country", "region", "municipality"]
    name: Optional
    parent_code: Optional
    country: Optional


T = TypeVar("T", bound=Listed)


def as_table(kind: type[T], rows: Sequence[T]) -> pa.Table:
    """The rows of a list as an Arrow table of text, one column a field."""
    schema = pa.schema([(name, pa.string()) for name in kind.model_fields])
    return pa.Table.from_pylist([row.model_dump() for row in rows], schema=schema)


def listed_programmes(folder: Path) -> tuple[ListedProgramme, ...]:
    """Every programme listed under `folder`; raise `ContractError` with all faults of all lists."""
    return _read(folder, "programmes.csv", ListedProgramme, ("source", "programme"))


def listed_territories(folder: Path) -> tuple[ListedTerritory, ...]:
    """Every territory listed under `folder`; raise `ContractError` with all faults of all lists."""
    territories = _read(folder, "territories.csv", ListedTerritory, ("code",))
    codes = {territory.code for territory in territories}
    lost = [
        f"the parent_code of {each.code} is not listed."
        for each in territories
        if each.parent_code not in {None, *codes}
    ]
    if lost:
        raise ContractError(str(folder), lost)
    return territories


def _read(folder: Path, name: str, kind: type[T], key: tuple[str, ...]) -> tuple[T, ...]:
    rows: dict[tuple[str, ...], T] = {}
    faults: list[str] = []
    for file in sorted(folder.rglob(name)):
        for line, row in _lines(file, kind, faults):
            where = f"{file.relative_to(folder)}, line {line}"
            if (named := tuple(getattr(row, column) for column in key)) in rows:
                faults.append(f"{where}: {' '.join(named)} is listed twice.")
            rows[named] = row
    if faults:
        raise ContractError(str(folder), faults)
    return tuple(rows[named] for named in sorted(rows))


def _lines(file: Path, kind: type[T], faults: list[str]) -> Iterator[tuple[int, T]]:
    """The lines that can be read, numbered as an editor does; `faults` takes the others."""
    with file.open(encoding="utf-8", newline="") as text:
        reader = csv.DictReader(text, restkey="more than the header")
        for row in reader:
            try:
                yield reader.line_num, kind.model_validate(row)
            except ValidationError as error:
                for fault in error.errors(include_url=False, include_input=False):
                    column = ".".join(str(part) for part in fault["loc"])
                    faults.append(f"{file.name}, line {reader.line_num}, column {column}: {fault['msg']}.")
