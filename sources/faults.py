"""What can be wrong with a contract beyond its form: each check lists the faults it finds."""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sources import fields
from sources.date_formats import is_date_format
from sources.spellings import likely

if TYPE_CHECKING:
    from sources.contract import ContractColumn, SourceContract

FORMATS = ("csv", "fixed_width", "xlsx", "parquet", "jsonl")
QUERIED = ("postgresql", "postgres")
SERVER_TYPES = ("local", *QUERIED)
RESERVED = frozenset({"_file", "_line", "_raw", "_fault"})
"""Columns that reading a delivery adds."""


def contract_faults(contract: SourceContract) -> list[str]:
    """Every fault of one contract, in the order of the document."""
    return [
        *_identity_faults(contract),
        *_server_faults(contract),
        *_delta_faults(contract),
        *_mapping_faults(contract),
        *_role_faults(contract),
        *(fault for column in contract.columns for fault in _column_faults(contract, column)),
    ]


def _identity_faults(contract: SourceContract) -> Iterator[str]:
    if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]*", contract.id):
        yield "id: may hold letters, digits, dot, hyphen and underscore only; files are named by it."
    if not contract.columns:
        yield "schema: there is no property; name every column of the extract."
    tables = contract.odcs.schema_ or []
    if len(tables) > 1:
        yield f"schema: {len(tables)} tables; a contract describes one extract. Write a contract for each."


def _server_faults(contract: SourceContract) -> Iterator[str]:
    server = contract.server
    if server.type not in SERVER_TYPES:
        yield (
            f"servers: the type is {server.type or 'missing'}; give one server of type local, with path and format, "
            "or of type postgresql, with a query."
        )
        return
    if contract.is_queried:
        yield from _query_faults(contract)
        return
    yield from _path_faults("path", server.path or "")
    if contract.format not in FORMATS:
        yield f"servers: unknown format {server.format or '(none)'}; known are {', '.join(FORMATS)}."
    if not _is_text_encoding(contract.reading.encoding):
        yield f"servers: unknown encoding {contract.reading.encoding}; known are utf-8, latin-1, cp1252 and the like."
    if contract.reading.delimiter in (contract.reading.quote, "\n", "\r"):
        yield "servers: the delimiter must be another character than the quote or the end of a line."


def _query_faults(contract: SourceContract) -> Iterator[str]:
    reading = contract.reading
    if not (reading.query or "").strip():
        yield "servers: a database needs a query, whose columns are those of the schema."
    if reading.connection and not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", reading.connection):
        yield (
            "servers: connection names the environment variable that holds the connection string; "
            "the string itself never stands in a contract."
        )
    if reading.connection and reading.connection_file:
        yield "servers: connection and connectionFile are both given; choose one."
    if contract.delivers == "delta":
        yield "servers: a query tells all its rows, so its source delivers snapshot, or append."


def _path_faults(name: str, path: str) -> Iterator[str]:
    if not path or path.startswith("/") or ".." in path.split("/"):
        yield f"servers: {name} must be a file pattern inside the landing zone, such as health/checkups_*.jsonl."
    if any("**" in part and part != "**" for part in path.split("/")):
        yield f"servers: in {name}, ** may only stand for whole folders, as in health/**/*.jsonl."


def _delta_faults(contract: SourceContract) -> Iterator[str]:
    """Deltas follow on snapshots, whose files are told apart by their names, and say what was deleted."""
    reading = contract.reading
    if contract.delivers != "delta":
        given = [
            name for name, value in (("snapshotPath", reading.snapshot_path), ("operation", reading.operation)) if value
        ]
        yield from (
            f"servers: {name} belongs to a source that delivers delta; say so, or leave it out." for name in given
        )
        return
    if reading.snapshot_path is None:
        yield "servers: a source that delivers delta needs a snapshotPath, the pattern of its snapshots' names."
    else:
        yield from _path_faults("snapshotPath", reading.snapshot_path)
    if reading.operation is None:
        return
    if reading.operation.column not in {column.name for column in contract.columns}:
        yield f"servers: the operation's column {reading.operation.column} is no column of the schema."
    both = sorted(set(reading.operation.upsert) & set(reading.operation.delete))
    if both:
        yield f"servers: the operation's codes {', '.join(both)} stand for upsert and for delete; choose one."


def _mapping_faults(contract: SourceContract) -> Iterator[str]:
    names = Counter(column.name for column in contract.columns)
    yield from (f"column {name}: named {times} times." for name, times in names.items() if times > 1)
    yield from _alike_faults(list(names))
    mapped = [column for column in contract.columns if column.field]
    yield from (
        f"column {column.name}: no mapsTo; name a field, or ignore." for column in contract.columns if not column.field
    )
    known = fields.allowed(contract.terms.role)
    for column in mapped:
        if column.field not in known:
            yield (
                f"column {column.name}: mapsTo {column.field} is no field of role {contract.terms.role}"
                f"{likely(column.field, known)}; known are {', '.join(sorted(known))}."
            )
    uses = Counter(_use(column) for column in mapped if column.field != "ignore")
    for (field, scheme), times in uses.items():
        if times > 1:
            what = f"identifier of scheme {scheme}" if scheme else field
            yield f"mapsTo {what}: {times} columns map to it; map one and ignore the others by name."


def _alike_faults(names: list[str]) -> Iterator[str]:
    yield from (f"column {name}: the name is reserved; rename it in the extract." for name in names if name in RESERVED)
    folded = Counter(name.casefold() for name in names)
    alike = sorted(name for name in names if folded[name.casefold()] > 1)
    if alike:
        yield f"columns {', '.join(alike)}: differ in capitals alone; rename one in the extract."


def _use(column: ContractColumn) -> tuple[str, str]:
    return column.field, (column.terms.scheme or "") if column.field == "identifier" else ""


def _role_faults(contract: SourceContract) -> Iterator[str]:
    terms = contract.terms
    if terms.role is None:
        yield "contract: no role; give the custom property role, persons or events."
        return
    if contract.column("record_key") is None:
        yield "mapsTo record_key: no column has it; name the column that identifies a row."
    if terms.role == "events" and terms.kind not in fields.KINDS:
        yield f"contract: an events contract needs a kind, one of {', '.join(fields.KINDS)}."
    if terms.role == "persons" and terms.kind is not None:
        yield "contract: kind belongs to events contracts; this one's role is persons."
    if contract.has_persons and not any(contract.columns_for(fields.LINKABLE)):
        wanted = "a name, a birth date, an identifier, a phone or an e-mail"
        remedy = "" if terms.role == "persons" else ", or a person_key that refers to a persons contract"
        yield f"contract: nothing tells its people apart; map at least {wanted}{remedy}."


def _column_faults(contract: SourceContract, column: ContractColumn) -> Iterator[str]:
    where = f"column {column.name}"
    if column.field == "identifier" and not column.terms.scheme:
        yield f"{where}: an identifier needs a scheme, such as mx.curp, or local."
    for text in column.terms.format:
        if column.field in fields.DATES and not is_date_format(text):
            yield f"{where}: the format {text} is no date format; write it as in %d/%m/%Y."
    if contract.format == "fixed_width" and column.terms.width is None:
        yield f"{where}: a fixed-width column needs its width, and its start where columns do not follow each other."
    if column.field == "sex":
        strange = sorted(set(column.terms.codes.values()) - set(fields.SEXES))
        if strange:
            yield f"{where}: codes lead to {', '.join(strange)}; sex is one of {', '.join(fields.SEXES)}."


def _is_text_encoding(name: str) -> bool:
    try:
        return "a".encode(name).decode(name) == "a" and codecs.getincrementaldecoder(name) is not None
    except (LookupError, UnicodeError):
        return False
