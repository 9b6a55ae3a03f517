"""A delivery taken in once more from the rows that the home keeps of it, where its files are no longer as they came.

Rows that were parted into columns are judged by the contract as it is now, those accepted before with the others. A row
that was never parted stays in quarantine: without its file nobody knows the order of its columns.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from sources.contract import SourceContract
from sources.delivery import UPDATE, Delivery
from sources.erasure import PURGED, purged_from
from sources.ledger import LedgerEntry, add_entry
from sources.reading.intake import Intake, contract_sha256, ledger_entry, scratch_folder, write_upserts
from sources.reading.parts import fields_sql, listed_columns
from sources.reading.row_checks import repeated_keys_sql, row_fault_sql
from warehouse.errors import DeliveryError, StorageError
from warehouse.layout import Layout
from warehouse.session import identifier, literal, scan
from warehouse.storage import read_any_version, row_count, write_parquet, write_table
from warehouse.tables import QUARANTINE


def take_in_kept(
    connection: duckdb.DuckDBPyConnection, contract: SourceContract, entry: LedgerEntry, layout: Layout
) -> Intake:
    """Divide the kept rows of the delivery that the ledger's `entry` tells of anew; its counts stay conserved.

    A crash at any write loses no row: one that changes sides stands on both until the other was written, and the next
    time counts once. Raises `DeliveryError` where what is kept does not suffice, and then nothing was changed.
    """
    delivery = _delivery(entry)
    raw, quarantine = (
        layout.raw(contract.id, delivery.delivery_id),
        layout.quarantine(contract.id, delivery.delivery_id),
    )
    _check_kept(connection, contract, raw, quarantine)
    with scratch_folder(layout) as scratch:
        rows, faults = scratch / "rows.parquet", scratch / "faults.parquet"
        write_parquet(connection, _kept_sql(contract, raw, quarantine), rows)
        write_parquet(
            connection,
            f"select _file, _line, _fault from {scan(rows)} where _fault is not null "
            f"union all from ({repeated_keys_sql(contract, scan(rows), last_holds=delivery.is_delta)})",
            faults,
        )
        erased = [purged_from(path) for path in (raw, quarantine)]
        if row_count(rows) + sum(erased) != entry.rows_delivered:
            raise StorageError(
                f"{contract.id}: {entry.rows_delivered} rows of {delivery.delivery_id} were delivered, but "
                f"{row_count(rows)} are kept and {sum(erased)} erased. Nothing was changed; restore a backup."
            )
        accepted, refused = _divide(connection, contract, delivery, layout, rows, faults)
    intake = Intake(delivery, entry.rows_delivered, accepted + erased[0], refused + erased[1], was_known=False)
    add_entry(layout, ledger_entry(contract, delivery, "taken in", intake))
    return intake


def known_kept(contract: SourceContract, entry: LedgerEntry, layout: Layout) -> Intake | None:
    """What became of the delivery that `entry` tells of, if this very contract divided it and both sides are whole."""
    paths = (layout.raw(contract.id, entry.delivery_id), layout.quarantine(contract.id, entry.delivery_id))
    accepted, apart = (row_count(path) + purged_from(path) if path.exists() else -1 for path in paths)
    told = (entry.contract_sha256, entry.rows_accepted, entry.rows_quarantined)
    if told != (contract_sha256(contract), accepted, apart):
        return None
    return Intake(_delivery(entry), entry.rows_delivered, accepted, apart, was_known=True)


def _delivery(entry: LedgerEntry) -> Delivery:
    return Delivery(
        contract_id=entry.contract_id,
        delivery_id=entry.delivery_id,
        files=tuple(map(Path, entry.files)),
        as_of_date=date.fromisoformat(entry.as_of_date) if entry.as_of_date else None,
        sha256=entry.sha256,
        size=entry.size,
        is_delta=UPDATE in entry.delivery_id,
    )


def _check_kept(connection: duckdb.DuckDBPyConnection, contract: SourceContract, raw: Path, quarantine: Path) -> None:
    """Raise where a column was not kept, or where lines of fixed width would now be cut elsewhere."""
    held = pq.read_schema(raw).names if raw.exists() else []
    missing = [column.name for column in contract.columns if column.name not in held]
    if missing:
        told = (
            f"the kept rows lack the columns {', '.join(missing)} of the contract" if held else "its rows are not kept"
        )
        raise DeliveryError(f"{told}. Put its files back to have them read again.")
    if _is_cut_elsewhere(connection, contract, quarantine):
        raise DeliveryError(
            "lines are now cut elsewhere than when they were read. Put its files back to have them read."
        )


def _is_cut_elsewhere(connection: duckdb.DuckDBPyConnection, contract: SourceContract, quarantine: Path) -> bool:
    """Whether a kept line of fixed width gives other columns by the contract than it gave when it was read."""
    cuts = [column for column in contract.columns if contract.format == "fixed_width"]
    moved = " or ".join(
        f"trim(substr(_raw, {column.terms.start or 1}, {column.terms.width or 0})) "
        f"<> coalesce({identifier(column.name)}, '')"
        for column in cuts
    )
    if not cuts:
        return False
    lines = f"({_parted_sql(contract, quarantine)})"
    return bool(connection.sql(f"from {lines} where _raw <> _fields and ({moved}) limit 1").fetchall())


def _parted_sql(contract: SourceContract, quarantine: Path) -> str:
    """A query: the quarantined rows with their columns, null where a row was not parted into any."""
    form = json.dumps({column.name: "VARCHAR" for column in contract.columns})
    columns = ", ".join(f"told[{literal(column.name)}] as {identifier(column.name)}" for column in contract.columns)
    return f"""
        with rows as (
            select *, from_json(fields, {literal(form)}) as told from {read_any_version(QUARANTINE, quarantine)}
        )
        select file as _file, line as _line, raw as _raw, raw_bytes as _raw_bytes, reason as _reason, fields as _fields,
            {columns}
        from rows
    """


def _kept_sql(contract: SourceContract, raw: Path, quarantine: Path) -> str:
    """A query: every row of the delivery as it is kept, judged by the contract; of one kept twice the accepted."""
    accepted = f"select _file, _line, {fields_sql(contract)} as _fields, {listed_columns(contract)} from {scan(raw)}"
    return f"""
        with apart as materialized ({_parted_sql(contract, quarantine)}),
        accepted as ({accepted}),
        rows as (
            select accepted.*, _raw, _raw_bytes, null as _reason
            from accepted left join (select _file, _line, _raw, _raw_bytes from apart) using (_file, _line)
            union all by name
            select * from apart anti join accepted using (_file, _line)
        )
        select _file, _line, coalesce(_raw, _fields) as _raw, coalesce(_raw_bytes, encode(_fields)) as _raw_bytes,
            _fields, case when _fields is null then _reason else {row_fault_sql(contract)} end as _fault,
            {listed_columns(contract)}
        from rows
        order by _file, _line
    """


def _divide(
    connection: duckdb.DuckDBPyConnection,
    contract: SourceContract,
    delivery: Delivery,
    layout: Layout,
    rows: Path,
    faults: Path,
) -> tuple[int, int]:
    """Write the accepted and the quarantined rows, and return how many there are of each."""
    raw, quarantine = (
        layout.raw(contract.id, delivery.delivery_id),
        layout.quarantine(contract.id, delivery.delivery_id),
    )
    erased, apart = ({PURGED: str(purged_from(path))} if purged_from(path) else {} for path in (raw, quarantine))
    refused = f"""
        select {literal(contract.id)} as contract_id, {literal(delivery.delivery_id)} as delivery_id, _file as file,
            _line as line, faults._fault as reason, _raw as raw, _raw_bytes as raw_bytes, _fields as fields
        from {scan(rows)} as rows join {scan(faults)} as faults using (_file, _line)
    """
    still_apart = f"""
        with refused as ({refused})
        from refused union all by name
        from {read_any_version(QUARANTINE, quarantine)} anti join refused using (file, line)
    """
    accepted = f"""
        select _file, _line, {listed_columns(contract)}
        from {scan(rows)} as rows anti join {scan(faults)} as faults using (_file, _line)
    """
    write_table(connection, QUARANTINE, still_apart, quarantine, metadata=apart)
    accepted_rows = write_parquet(connection, accepted, raw, erased)
    write_upserts(connection, contract, delivery, layout)
    return accepted_rows, write_table(connection, QUARANTINE, refused, quarantine, metadata=apart)
