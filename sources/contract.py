"""The contract of one extract: an ODCS 3.1 document with this project's custom properties, read strictly."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema_rs import Draft201909Validator
from open_data_contract_standard.model import OpenDataContractStandard, SchemaProperty, Server
from pydantic import ValidationError

from sources import fields
from sources.cutting import cut
from sources.date_formats import as_strptime
from sources.faults import QUERIED, SERVER_TYPES, contract_faults
from sources.spellings import delimiter_sign, folded, format_name
from sources.terms import ColumnTerms, ServerTerms, SourceTerms, read_terms
from warehouse.errors import ContractError


@dataclass(frozen=True)
class ContractColumn:
    """One column of an extract, and the field it maps to (`ignore` for none)."""

    name: str
    required: bool
    terms: ColumnTerms
    odcs: SchemaProperty

    @property
    def field(self) -> str:
        """The field of `sources.fields` that the column fills."""
        return self.terms.maps_to


@dataclass(frozen=True)
class SourceContract:
    """What one extract of an institution looks like and promises.

    `id` is unique among all contracts; `source` (the document's name) among those that carry persons.
    """

    id: str
    source: str
    terms: SourceTerms
    server: Server
    reading: ServerTerms
    columns: tuple[ContractColumn, ...]
    odcs: OpenDataContractStandard
    file: Path

    @property
    def institution(self) -> str:
        """The part of the id before the first dot."""
        return self.id.partition(".")[0]

    @property
    def format(self) -> str:
        """The format of its files, by the name that `sources.reading` knows, or `postgresql`."""
        return "postgresql" if self.is_queried else format_name(self.server.format or "")

    @property
    def is_queried(self) -> bool:
        """Its rows are asked of a database and not delivered as files."""
        return self.server.type in QUERIED

    @property
    def path(self) -> str:
        """The pattern of its files' names within the landing zone, or within the folder of what was queried."""
        return f"{self.id}/{self.id}_*.parquet" if self.is_queried else str(self.server.path)

    @property
    def meaning(self) -> str:
        """All that the contract says, as one text: what was read of its file, which may have changed since."""
        return str(self.odcs.model_dump_json())

    @property
    def has_persons(self) -> bool:
        """Its rows carry a person's own fields, so each row is a record to link."""
        return self.terms.role == "persons" or self.column("person_key") is None

    @property
    def delivers(self) -> str:
        """`snapshot` (each delivery tells all), `delta` (what changed since) or `append` (each adds to the others)."""
        adds = self.terms.role == "events" and not self.is_queried
        return self.reading.delivers or ("append" if adds else "snapshot")

    def column(self, field: str) -> ContractColumn | None:
        """The column that maps to `field`, if there is one."""
        return next((column for column in self.columns if column.field == field), None)

    def columns_for(self, names: frozenset[str]) -> Iterator[ContractColumn]:
        """The columns that map to one of the fields `names`, in the contract's order."""
        return (column for column in self.columns if column.field in names)


class _PlainYaml(yaml.CSafeLoader):
    """YAML whose dates, yes, no and 01 stay text (NO and 01 are codes of sources) and whose keys are not repeated."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        repeated = sorted({str(key) for key in keys if keys.count(key) > 1})
        if repeated:
            line = node.start_mark.line + 1
            raise yaml.YAMLError(f"line {line}: the keys {', '.join(repeated)} are given twice")
        return super().construct_mapping(node, deep)


_PlainYaml.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":timestamp", ":bool", ":int"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_PlainYaml.add_implicit_resolver("tag:yaml.org,2002:int", re.compile("^[-+]?(0|[1-9][0-9]*)$"), list("-+0123456789"))
_PlainYaml.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(true|True|false|False)$"), list("tTfF"))


def read_contract(file: Path) -> SourceContract:
    """Read the contract in `file`; raise `ContractError` with every fault found."""
    document = _parse(file)
    faults = [_schema_fault(error) for error in _odcs_validator().iter_errors(document)]
    try:
        odcs = OpenDataContractStandard(**document)
    except (TypeError, ValidationError):  # the schema has already told what is wrong with its form
        raise ContractError(str(file), faults) from None
    contract = _assemble(file, odcs, faults)
    if faults:
        raise ContractError(str(file), faults)
    return contract


def _parse(file: Path) -> dict[str, Any]:
    try:
        document = yaml.load(file.read_text(encoding="utf-8"), Loader=_PlainYaml)
    except (OSError, UnicodeDecodeError) as error:
        raise ContractError(str(file), [f"cannot be read ({type(error).__name__}); it must be UTF-8 text."]) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}: {getattr(error, 'problem', '')}" if mark else str(error)
        raise ContractError(str(file), [f"is not YAML: {where}."]) from None
    if not isinstance(document, dict):
        raise ContractError(str(file), ["is not a mapping; a contract begins with apiVersion and kind."])
    return document


@cache
def _odcs_validator() -> Draft201909Validator:
    return Draft201909Validator(json.loads(OpenDataContractStandard.json_schema()))  # type: ignore[no-untyped-call]


def _schema_fault(error: Any) -> str:
    where = "/".join(str(part) for part in error.instance_path) or "document"
    return f"{where}: {error.message}"


def _assemble(file: Path, odcs: OpenDataContractStandard, faults: list[str]) -> SourceContract:
    terms = read_terms(SourceTerms, odcs.customProperties, "contract", faults)
    server = _server(odcs)
    reading = read_terms(ServerTerms, server.customProperties, "server", faults)
    contract = SourceContract(
        id=str(odcs.id),
        source=odcs.name or str(odcs.id),
        terms=terms,
        server=server,
        reading=_with_tabs(server, reading),
        columns=_columns(odcs, server, reading, faults),
        odcs=odcs,
        file=file,
    )
    faults += contract_faults(contract)
    return contract


def _server(odcs: OpenDataContractStandard) -> Server:
    """The first server that deliveries can be taken from, or else the first."""
    servers = odcs.servers or []
    return next((server for server in servers if server.type in SERVER_TYPES), next(iter(servers), Server()))


def _with_tabs(server: Server, reading: ServerTerms) -> ServerTerms:
    """A server of format tsv parts by tabs, and ODCS lets any server say its delimiter itself."""
    said = server.delimiter or ("tab" if folded(server.format or "") == "tsv" else None)
    if said is None or "delimiter" in reading.model_fields_set:
        return reading
    return reading.model_copy(update={"delimiter": delimiter_sign(said)})


def _columns(
    odcs: OpenDataContractStandard, server: Server, reading: ServerTerms, faults: list[str]
) -> tuple[ContractColumn, ...]:
    items = [item for table in odcs.schema_ or () for item in _flat(table.properties or [])]
    terms = [_column_terms(item, faults) for item in items]
    if format_name(server.format or "") == "fixed_width":
        terms = cut(items, terms, reading)
    return tuple(
        ContractColumn(str(item.name), bool(item.required or item.primaryKey), each, item)
        for item, each in zip(items, terms, strict=True)
    )


def _flat(items: Sequence[SchemaProperty], within: str = "") -> Iterator[SchemaProperty]:
    """The properties, those within an object named by their path, such as address.street."""
    for item in items:
        name = f"{within}{item.name}"
        if item.properties:
            yield from _flat(item.properties, f"{name}.")
        else:
            yield item.model_copy(update={"name": name})


def _column_terms(item: SchemaProperty, faults: list[str]) -> ColumnTerms:
    """The column's custom properties; a date's format may also stand where ODCS puts it."""
    terms = read_terms(ColumnTerms, item.customProperties, f"column {item.name}", faults)
    usual = (item.logicalTypeOptions or {}).get("format")
    if usual and not terms.format and terms.maps_to in fields.DATES:
        return terms.model_copy(update={"format": (as_strptime(str(usual)),)})
    return terms
