"""The standard tables of a contract brought up to date: kept while what they are made of is the same, else made anew.

They are made of the accepted rows of the deliveries in use, the contract, what people had put right, and the program.
Retention alone goes on in tables that are kept: as days pass it only ever takes rows away.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path

import duckdb

from sources.contract import SourceContract
from sources.purging import OLD_FILES, retire
from sources.standardise.standardise import StandardCounts, standardise
from sources.standardise.stored import stored_deliveries
from warehouse.fingerprints import hash_of_table
from warehouse.layout import Layout
from warehouse.privacy.rights import put_right, rectifications
from warehouse.receipts import Receipt, read_receipt, withdraw_receipt, write_receipt
from warehouse.storage import read_any_version
from warehouse.table import Table
from warehouse.tables import EVENTS, RECORD_FLAGS, RECORD_IDENTIFIERS, RECORDS


@dataclass(frozen=True)
class Renewed:
    """What became of a contract's rows: `retired` and `rectified` ones are counted, `sha256` is of the main table.

    `made_at` is when the tables were made, where that was in an earlier run; else it is empty.
    """

    counts: StandardCounts
    retired: Mapping[str, int]
    rectified: int
    sha256: str
    made_at: str = ""


@dataclass(frozen=True)
class _Standard:
    """The standard tables of one contract, and what they are made of."""

    connection: duckdb.DuckDBPyConnection
    contract: SourceContract
    person_source: str
    layout: Layout

    @property
    def receipt(self) -> Path:
        return self.layout.standard_receipt(self.contract.id)

    @property
    def files(self) -> list[Path]:
        return [self.layout.standard(table, self.contract.id) for table in standard_tables(self.contract)]

    @property
    def main(self) -> Path:
        return self.layout.standard(main_table(self.contract), self.contract.id)

    def made_of(self) -> list[object]:
        """The contract and the rows; of what people had put right, that which is about records as they lie there."""
        deliveries = [
            (delivery.delivery_id, delivery.as_of_date, hash_of_table(delivery.path))
            for delivery in stored_deliveries(self.connection, self.contract, self.layout)
        ]
        put = []
        if self.contract.has_persons:
            records = read_any_version(RECORDS, self.layout.standard(RECORDS, self.contract.id))
            put = rectifications(self.connection, self.layout, records)
        return [self.contract.meaning, self.person_source, deliveries, put]


def standard_tables(contract: SourceContract) -> tuple[Table, ...]:
    """The tables that the rows of `contract` become."""
    persons = (RECORDS, RECORD_IDENTIFIERS, RECORD_FLAGS) if contract.has_persons else ()
    return (*persons, EVENTS) if contract.terms.role == "events" else persons


def main_table(contract: SourceContract) -> Table:
    """The one of these that a contract is about: events, or records of persons."""
    return EVENTS if contract.terms.role == "events" else RECORDS


def renew(
    connection: duckdb.DuckDBPyConnection, contract: SourceContract, person_source: str, layout: Layout, today: date
) -> Renewed:
    """Have the standard tables of `contract` be those of its deliveries in use, as `standardise` makes them.

    Records bear what people had put right, and rows whose retention is over by `today` are gone. Raises
    `StorageError` where a raw table is missing.
    """
    tables = _Standard(connection, contract, person_source, layout)
    kept = _kept(tables, today)
    if kept is None:
        return _made(tables, today)
    retired = retire(connection, contract, layout, today)
    if any(rows for name, rows in retired.items() if name != OLD_FILES):
        kept = replace(_noted(tables, {**kept.told, "day": today.isoformat()}), at=kept.at)
    return _renewed(tables, kept, retired, kept.at)


def _made(tables: _Standard, today: date) -> Renewed:
    connection, contract, layout = tables.connection, tables.contract, tables.layout
    withdraw_receipt(tables.receipt)
    counts = standardise(connection, contract, tables.person_source, layout)
    retired = retire(connection, contract, layout, today)
    records = layout.standard(RECORDS, contract.id)
    rectified = put_right(connection, layout, records) if contract.has_persons else 0
    told = {"counts": asdict(counts), "rectified": rectified, "day": today.isoformat()}
    return _renewed(tables, _noted(tables, told), retired)


def _kept(tables: _Standard, today: date) -> Receipt | None:
    """The receipt of tables that may be kept; where the clock has run ahead, too much of them may have been retired."""
    receipt = read_receipt(tables.receipt, tables.files)
    may_be = receipt and receipt.is_of(tables.made_of()) and receipt.told["day"] <= today.isoformat()
    return receipt if may_be else None


def _noted(tables: _Standard, told: Mapping[str, object]) -> Receipt:
    return write_receipt(tables.receipt, tables.made_of(), tables.files, told)


def _renewed(tables: _Standard, receipt: Receipt, retired: Mapping[str, int], made_at: str = "") -> Renewed:
    counts = StandardCounts(**receipt.told["counts"])
    return Renewed(counts, retired, receipt.told["rectified"], receipt.hash_of(tables.main), made_at)
