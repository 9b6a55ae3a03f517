"""Delimited text (CSV and its kin): records by Python's own parser, each with the number of its first line."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import duckdb

from sources.contract import SourceContract
from sources.reading.header import check_columns
from sources.reading.rereadable import RereadableLines
from sources.reading.staging import Row, Rows, batched, stage_rows
from sources.reading.text import BLANK, DAMAGE, DAMAGED_ROW, decode
from sources.terms import ServerTerms
from sources.unpacking import Part
from warehouse.errors import DeliveryError
from warehouse.session import identifier, scan

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}

QUOTES = {'"': "double quotes", "'": "single quotes"}
LINES_LOOKED_AT = 20

Fields = list[str] | None
"""The fields of a record, or None where its quotes cannot be read."""


def read(connection: duckdb.DuckDBPyConnection, contract: SourceContract, part: Part, scratch: Path) -> str:
    """A query over the rows of `part`: `_line`, `_raw`, `_fault` and the contract's columns as text."""
    columns = [column.name for column in contract.columns]
    text = decode(part, contract.reading.encoding, scratch / "text")
    with text.open(encoding="utf-8", newline="\n") as file:
        first = next((line for line in file if line.strip(BLANK)), "")
        _check_delimiter(contract, part, first)
        _check_quote(contract, part, [first, *islice(file, LINES_LOOKED_AT)])
    with text.open(encoding="utf-8", newline="\n") as file:
        lines, dialect = RereadableLines(file), _dialect(contract.reading)
        found = _header(contract, part, lines, dialect) if contract.reading.header else columns
        staged = stage_rows(_rows(lines, dialect, len(columns)), found, scratch / "rows.parquet")
    listed = ", ".join(identifier(name) for name in columns)
    return f"select _line, _raw, nullif(_fault, '') as _fault, {listed} from {scan(staged)}"


def _dialect(reading: ServerTerms) -> type[csv.Dialect]:
    class Declared(csv.Dialect):
        delimiter = reading.delimiter
        quotechar = reading.quote or None
        quoting = csv.QUOTE_MINIMAL if reading.quote else csv.QUOTE_NONE
        doublequote = True
        lineterminator = "\n"
        strict = True

    return Declared


def _check_delimiter(contract: SourceContract, part: Part, line: str) -> None:
    """Raise where another delimiter would part the first line and the declared one does not."""
    declared, wanted = contract.reading.delimiter, len(contract.columns)
    likely = max(DELIMITERS, key=line.count)
    if wanted > 1 and declared not in line and line.count(likely) >= max(1, (wanted - 1) // 2):
        raise DeliveryError(
            f"{part.name}: line 1 looks delimited by {likely!r} ({DELIMITERS[likely]}), but the contract declares "
            f"{declared!r}. Declare the delimiter {likely!r}, or have the file written with {declared!r}."
        )


def _check_quote(contract: SourceContract, part: Part, lines: list[str]) -> None:
    """Raise where most of the first lines' fields stand in quotes of another kind than the declared one."""
    declared = contract.reading.quote
    fields = [field.strip() for line in lines for field in line.split(contract.reading.delimiter)]
    filled = [field for field in fields if field]
    within = {sign: sum(len(field) > 1 and field[0] == field[-1] == sign for field in filled) for sign in QUOTES}
    likely = max(QUOTES, key=lambda sign: within[sign])
    if likely != declared and within[likely] > len(filled) / 2 and not within.get(declared, 0):
        raise DeliveryError(
            f"{part.name}: line 1 and those after it stand in {QUOTES[likely]}, but the contract declares "
            f"{QUOTES.get(declared, 'no quotes' if not declared else repr(declared))}. "
            f"Declare the quote {likely!r}, or have the file written otherwise."
        )


def _header(contract: SourceContract, part: Part, lines: RereadableLines, dialect: type[csv.Dialect]) -> list[str]:
    """The names in the first record, which must be the contract's in whatever order."""
    fields = next(_records(lines, dialect), None)
    names = [name.strip() for name in fields or ()]
    check_columns(contract, names, f"{part.name}: line {lines.number}")
    return names


def _rows(lines: RereadableLines, dialect: type[csv.Dialect], width: int) -> Iterator[Rows]:
    """Every record, a chunk at a time where each line is a sound record, else one by one."""
    while chunk := lines.take_chunk():
        records = _one_a_line(chunk, dialect, width)
        if records is None:
            lines.give_back(chunk)
            yield from batched(_one_by_one(lines, dialect, width))
        else:
            numbers = range(lines.number, lines.number + len(chunk))
            yield Rows(numbers, [line.removesuffix("\n") for line in chunk], [""] * len(chunk), records)
            lines.pass_over(chunk)


def _one_a_line(chunk: list[str], dialect: type[csv.Dialect], width: int) -> list[list[str]] | None:
    """The records of the chunk, or None where one spans lines, is blank, broken or damaged."""
    try:
        records = list(csv.reader(chunk, dialect))
    except csv.Error:
        return None
    sound = len(records) == len(chunk) and set(map(len, records)) == {width} and DAMAGE not in "".join(chunk)
    return records if sound else None


def _one_by_one(lines: RereadableLines, dialect: type[csv.Dialect], width: int) -> Iterator[Row]:
    """The records of the lines given back; of a broken one only its first line, lest it swallow sound ones."""
    nothing = [""] * width
    for fields in _records(lines, dialect):
        if fields is None or len(fields) != width:
            lines.keep_first()
            yield Row(lines.number, lines.raw, _broken(fields, width), nothing)
        elif DAMAGE in lines.raw:
            yield Row(lines.number, lines.raw, DAMAGED_ROW, nothing)
        else:
            yield Row(lines.number, lines.raw, "", fields)
        if not lines.has_again:
            return


def _records(lines: RereadableLines, dialect: type[csv.Dialect]) -> Iterator[Fields]:
    """The records that are not blank; `lines` tells the number and text of each while it is at hand."""
    reader = csv.reader(lines, dialect)
    while True:
        lines.begin_record()
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield None
        else:
            if len(fields) > 1 or lines.raw.strip(BLANK):
                yield fields


def _broken(fields: Fields, width: int) -> str:
    if fields is None:
        return "a quote is not closed, or text follows a closing quote; write quotes inside a value twice"
    too = "too few" if len(fields) < width else "too many"
    return f"{too} fields, {len(fields)} instead of {width}; quote values that hold the delimiter"
