"""Contracts and extracts invented for tests: small, obviously made up, written to the test's own folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import yaml

from sources.contract import SourceContract, read_contract
from sources.delivery import find_deliveries
from sources.reading.intake import Intake, take_in
from warehouse.layout import Layout
from warehouse.session import scan

COLUMNS = (
    {"name": "KEY", "mapsTo": "record_key", "required": True},
    {"name": "NAME", "mapsTo": "full_name"},
    {"name": "BORN", "mapsTo": "birth_date", "format": "%d/%m/%Y"},
)

PEOPLE = (
    {"name": "KEY", "mapsTo": "record_key", "required": True},
    {"name": "NAME", "mapsTo": "full_name"},
    {"name": "CURP", "mapsTo": "identifier", "scheme": "mx.curp"},
)
VISITS = (
    {"name": "ID", "mapsTo": "record_key", "required": True},
    {"name": "KEY", "mapsTo": "person_key"},
    {"name": "FROM", "mapsTo": "start_date", "format": "%Y-%m-%d"},
    {"name": "TO", "mapsTo": "end_date", "format": "%Y-%m-%d"},
)


def contract_document(
    columns: Sequence[Mapping[str, Any]] = COLUMNS,
    server: Mapping[str, Any] | None = None,
    terms: Mapping[str, Any] | None = None,
    **document: Any,
) -> dict[str, Any]:
    """An ODCS document; keys of a column or the server that ODCS does not know become custom properties."""
    landing = {"server": "landing", "type": "local", "path": "clinic/*.csv", "format": "csv", **(server or {})}
    return {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": "clinic.people",
        "name": "clinic",
        "version": "1.0.0",
        "status": "active",
        "servers": [_custom(landing, {"server", "type", "path", "format"})],
        "customProperties": [{"property": name, "value": value} for name, value in _role(terms).items()],
        "schema": [{"name": "people", "properties": [_column(column) for column in columns]}],
        **document,
    }


def write_contract(folder: Path, **parts: Any) -> SourceContract:
    """The contract of `contract_document(**parts)`, written to `folder` and read back."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "contract.yaml"
    file.write_text(yaml.safe_dump(contract_document(**parts), allow_unicode=True), encoding="utf-8")
    return read_contract(file)


@dataclass(frozen=True)
class Taken:
    """What was taken in: accepted rows as (line, *values), quarantined ones as (line, reason, raw)."""

    intake: Intake
    accepted: list[tuple[Any, ...]]
    quarantined: list[tuple[Any, ...]]

    @property
    def reasons(self) -> dict[int, str]:
        return {line: reason for line, reason, _ in self.quarantined}


@dataclass(frozen=True)
class Clinic:
    """An invented institution: its contract's folder, landing zone and home, and a session."""

    contracts: Path
    landing: Path
    home: Path
    connection: duckdb.DuckDBPyConnection

    @property
    def layout(self) -> Layout:
        return Layout(self.home)

    def contract(self, **parts: Any) -> SourceContract:
        return write_contract(self.contracts, **parts)

    def deliver(self, name: str, content: bytes | str) -> Path:
        return deliver(self.landing, f"clinic/{name}", content)

    def take_in(self, contract: SourceContract, delivery: int = -1) -> Taken:
        """Take in one of the contract's deliveries, the latest by default, and read what was written."""
        intake = take_in(self.connection, contract, find_deliveries(contract, self.landing)[delivery], self.layout)
        named = (contract.id, intake.delivery.delivery_id)
        raw, quarantine = scan(self.layout.raw(*named)), scan(self.layout.quarantine(*named))
        return Taken(
            intake,
            self.connection.sql(f"select * exclude (_file) from {raw} order by all").fetchall(),
            self.connection.sql(f"select line, reason, raw from {quarantine} order by all").fetchall(),
        )

    def take(self, name: str, content: bytes | str, **parts: Any) -> Taken:
        """Deliver `content` as the file `name`, by a contract that takes any file of its folder, and take it in."""
        self.deliver(name, content)
        server = {"path": "clinic/*", **parts.pop("server", {})}
        return self.take_in(self.contract(server=server, **parts))


def deliver(landing: Path, name: str, content: bytes | str) -> Path:
    """Put `content` in the landing zone under `name`."""
    path = landing / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def _role(terms: Mapping[str, Any] | None) -> dict[str, Any]:
    return {"role": "persons", **(terms or {})}


def _column(column: Mapping[str, Any]) -> dict[str, Any]:
    return _custom(
        {"logicalType": "string", **column},
        {
            "name",
            "logicalType",
            "required",
            "primaryKey",
            "physicalType",
            "logicalTypeOptions",
            "classification",
            "description",
        },
    )


def _custom(values: Mapping[str, Any], known: set[str]) -> dict[str, Any]:
    properties = [{"property": name, "value": value} for name, value in values.items() if name not in known]
    return {
        **{name: value for name, value in values.items() if name in known},
        **({"customProperties": properties} if properties else {}),
    }
