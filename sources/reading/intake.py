"""A delivery taken in: every row either accepted as raw text or quarantined with its reason, none lost."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from sources.contract import SourceContract
from sources.delivery import Delivery, is_unchanged
from sources.ledger import LedgerEntry, Status, add_entry, last_entry
from sources.operations import is_delete_sql
from sources.reading.parts import listed_columns, read_parts
from sources.reading.raw_bytes import with_bytes
from sources.reading.row_checks import repeated_keys_sql
from warehouse.errors import DeliveryError, RefusedError, StorageError
from warehouse.layout import Layout, private_folder
from warehouse.manifest import sha256_of
from warehouse.session import literal, scan
from warehouse.storage import row_count, write_parquet, write_table
from warehouse.tables import QUARANTINE


@dataclass(frozen=True)
class Intake:
    """What became of a delivery's rows; `was_known` when an earlier run had already taken it in."""

    delivery: Delivery
    rows_delivered: int
    rows_accepted: int
    rows_quarantined: int
    was_known: bool


def take_in(
    connection: duckdb.DuckDBPyConnection,
    contract: SourceContract,
    delivery: Delivery,
    layout: Layout,
    *,
    anew: bool = False,
) -> Intake:
    """Write the delivery's raw rows to `layout.raw` and the others to `layout.quarantine`.

    The raw table has `_file`, `_line` (from 1; of a record over several lines the first) and every
    column of the contract as trimmed text, blanks as null. The ledger's entry comes last: until it
    stands, the next run starts anew. What was taken in before is not read again, unless `anew`. Raises `RefusedError`,
    and then nothing was taken in.
    """
    known = None if anew else _known(contract, delivery, layout)
    if known:
        return known
    add_entry(layout, ledger_entry(contract, delivery, "received"))
    try:
        with scratch_folder(layout) as scratch:
            staged = read_parts(connection, contract, delivery, scratch)
            if not is_unchanged(delivery):
                names = ", ".join(delivery.file_names)
                raise DeliveryError(f"{names}: changed while it was read. Run again once it is whole.")
            intake = _divide(connection, contract, delivery, layout, staged)
    except DeliveryError as error:
        add_entry(layout, ledger_entry(contract, delivery, "refused"))
        raise RefusedError(delivery.delivery_id, str(error)) from None
    add_entry(layout, ledger_entry(contract, delivery, "taken in", intake))
    return intake


def contract_sha256(contract: SourceContract) -> str:
    """The fingerprint of the contract's file: a delivery read by another contract is read again."""
    return sha256_of(contract.file)


def _known(contract: SourceContract, delivery: Delivery, layout: Layout) -> Intake | None:
    entry = last_entry(layout, contract.id, delivery.delivery_id)
    named = (contract.id, delivery.delivery_id)
    written = [layout.raw(*named), layout.quarantine(*named)]
    written += [layout.raw_upserts(*named)] if contract.reading.operation else []
    if entry is None or entry.status != "taken in" or not all(path.exists() for path in written):
        return None
    if (entry.sha256, entry.contract_sha256) != (delivery.sha256, contract_sha256(contract)):
        return None
    return Intake(delivery, entry.rows_delivered, entry.rows_accepted, entry.rows_quarantined, was_known=True)


def ledger_entry(
    contract: SourceContract, delivery: Delivery, status: Status, intake: Intake | None = None
) -> LedgerEntry:
    """What the ledger is told of `delivery`; its rows are counted where an `intake` tells them."""
    return LedgerEntry(
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        status=status,
        contract_id=contract.id,
        contract_sha256=contract_sha256(contract),
        delivery_id=delivery.delivery_id,
        files=delivery.file_names,
        sha256=delivery.sha256,
        size=delivery.size,
        as_of_date=delivery.as_of_date.isoformat() if delivery.as_of_date else None,
        rows_delivered=intake.rows_delivered if intake else 0,
        rows_accepted=intake.rows_accepted if intake else 0,
        rows_quarantined=intake.rows_quarantined if intake else 0,
    )


@contextmanager
def scratch_folder(layout: Layout) -> Iterator[Path]:
    """A folder that is gone when its rows were taken in."""
    folder = Path(tempfile.mkdtemp(prefix="intake-", dir=private_folder(layout.scratch)))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _divide(
    connection: duckdb.DuckDBPyConnection,
    contract: SourceContract,
    delivery: Delivery,
    layout: Layout,
    staged: list[Path],
) -> Intake:
    """Write the accepted rows and the quarantined ones, and make sure that together they are all."""
    rows, faults = scan(*staged), staged[0].with_name("faults.parquet")
    write_parquet(
        connection,
        f"select _file, _line, _fault from {rows} where _fault is not null "
        f"union all from ({repeated_keys_sql(contract, rows, last_holds=delivery.is_delta)})",
        faults,
    )
    quarantined = f"""
        select {literal(contract.id)} as contract_id, {literal(delivery.delivery_id)} as delivery_id,
            _file as file, _line as line, faults._fault as reason, rows._raw as raw,
            rows._fields as fields
        from {rows} as rows join {scan(faults)} as faults using (_file, _line)
    """
    kept_apart = with_bytes(connection, quarantined, contract, staged[0].with_name("quarantined.parquet"))
    accepted = f"""
        select _file, _line, {listed_columns(contract)}
        from {rows} as rows anti join {scan(faults)} as faults using (_file, _line)
    """
    intake = Intake(
        delivery=delivery,
        rows_delivered=sum(map(row_count, staged)),
        rows_quarantined=write_table(
            connection, QUARANTINE, kept_apart, layout.quarantine(contract.id, delivery.delivery_id)
        ),
        rows_accepted=write_parquet(connection, accepted, layout.raw(contract.id, delivery.delivery_id)),
        was_known=False,
    )
    write_upserts(connection, contract, delivery, layout)
    if intake.rows_delivered != intake.rows_accepted + intake.rows_quarantined:
        raise StorageError(
            f"{contract.id}: {intake.rows_delivered} rows were delivered, but {intake.rows_accepted} accepted and "
            f"{intake.rows_quarantined} quarantined. Nothing of the delivery is used; please report this."
        )
    return intake


def write_upserts(
    connection: duckdb.DuckDBPyConnection, contract: SourceContract, delivery: Delivery, layout: Layout
) -> None:
    """Write the accepted rows that do not delete, of a source that says what its rows do; of another write nothing."""
    named = (contract.id, delivery.delivery_id)
    layout.raw_upserts(*named).unlink(missing_ok=True)
    if contract.reading.operation:
        query = f"select * from {scan(layout.raw(*named))} where not {is_delete_sql(contract)}"
        write_parquet(connection, query, layout.raw_upserts(*named))
