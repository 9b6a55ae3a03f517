"""What stands of one contract: the newest delivery if it is good, else the last good one, and why a newer one does not.

A delivery is good once it was read and has kept its contract's promises. The list of the good ones is kept apart from
the list of those in use, so that a bad delivery, or none, takes nothing away that was there before.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any

import duckdb

from sources.contract import SourceContract
from sources.delivery import Delivery
from sources.ledger import LedgerEntry, add_entry, last_entry
from sources.reading.intake import Intake, contract_sha256
from sources.receiving import Received, receive
from warehouse.errors import DeliveryError, MissingError, RefusedError
from warehouse.handover import handed_over
from warehouse.layout import Layout, private_folder
from warehouse.published.reference import DELIVERIES
from warehouse.settings import Settings
from warehouse.storage import read_rows, row_count, write_rows


@dataclass(frozen=True)
class Refusal:
    """Why a delivery is not in use; without an id it is not known which one, or none was there."""

    reason: str
    delivery_id: str = ""


def receive_standing(connection: duckdb.DuckDBPyConnection, contract: SourceContract, settings: Settings) -> Received:
    """Take in the newest delivery; where that cannot be read, or is not there, keep what stands.

    Where nothing stands that this contract read, an older snapshot in the landing zone is tried; a contract under which
    nothing was ever good is at last without deliveries. Raises `DeliveryError` where the good ones were read by another
    contract and nothing replaces them: to go on would take from the registry what it held.
    """
    layout, refusals = Layout(settings.home), list[Refusal]()
    stands = last_good(layout, contract) is not None
    while True:
        try:
            received = receive(connection, contract, settings, {refusal.delivery_id for refusal in refusals})
            break
        except MissingError as error:
            refusals += [] if stands or refusals else [Refusal(str(error))]
        except DeliveryError as error:
            name = error.delivery_id if isinstance(error, RefusedError) else ""
            refusals.append(Refusal(str(error), name))
            if name and contract.delivers == "snapshot" and not stands:
                continue
        if not _keep(connection, contract, layout):
            raise DeliveryError("\n".join(refusal.reason for refusal in refusals))
        received = _kept(contract, layout)
        break
    write_refusals(layout, contract, refusals)
    return received


def note_good(contract: SourceContract, layout: Layout) -> None:
    """Note that the deliveries in use have kept what their contract promises; where there is none, note nothing."""
    if not row_count(layout.deliveries(contract.id)):
        return
    private_folder(layout.good_deliveries(contract.id).parent)
    with handed_over(layout.good_deliveries(contract.id)) as partial:
        partial.write_bytes(layout.deliveries(contract.id).read_bytes())


def refuse_newest(connection: duckdb.DuckDBPyConnection, contract: SourceContract, layout: Layout, reason: str) -> bool:
    """Put what stood before in place of deliveries that break a promise; False where nothing can take their place."""
    good = last_good(layout, contract)
    in_use = read_rows(DELIVERIES, layout.deliveries(contract.id))
    newer = [row for row in in_use if good is None or row["delivery_id"] not in {each["delivery_id"] for each in good}]
    if not newer or not _keep(connection, contract, layout):
        return False
    for row in newer:
        add_entry(layout, _refused(contract, layout, row))
    name = str(newer[-1]["delivery_id"])
    write_refusals(layout, contract, [*read_refusals(layout, contract.id), Refusal(reason, name)])
    return True


def recount(connection: duckdb.DuckDBPyConnection, contract: SourceContract, intake: Intake, layout: Layout) -> None:
    """Put what became of a delivery's rows in the lists of deliveries in use and of good ones that name it."""
    counts = {"rows_accepted": intake.rows_accepted, "rows_quarantined": intake.rows_quarantined}
    for path in (layout.deliveries(contract.id), layout.good_deliveries(contract.id)):
        rows = read_rows(DELIVERIES, path) if path.exists() else []
        if any(row["delivery_id"] == intake.delivery.delivery_id for row in rows):
            told = [row | counts if row["delivery_id"] == intake.delivery.delivery_id else row for row in rows]
            write_rows(connection, DELIVERIES, told, path)


def last_good(layout: Layout, contract: SourceContract) -> list[dict[str, Any]] | None:
    """The rows of `DELIVERIES` that were good last; None where none was, or where another contract read them."""
    if not was_good(layout, contract):
        return None
    rows = read_rows(DELIVERIES, layout.good_deliveries(contract.id))
    is_there = all(layout.raw(contract.id, row["delivery_id"]).exists() for row in rows)
    return rows if is_there and all(_is_read_by(contract, layout, row["delivery_id"]) for row in rows) else None


def was_good(layout: Layout, contract: SourceContract) -> bool:
    """Some delivery of the contract was ever good."""
    return layout.good_deliveries(contract.id).exists()


def read_refusals(layout: Layout, contract_id: str) -> list[Refusal]:
    """Why newer deliveries than those in use are not, in the order in which they were tried."""
    path = layout.refusals(contract_id)
    return [Refusal(**each) for each in json.loads(path.read_text(encoding="utf-8"))] if path.exists() else []


def write_refusals(layout: Layout, contract: SourceContract, refusals: Sequence[Refusal]) -> None:
    """Keep `refusals` over those kept before."""
    path = layout.refusals(contract.id)
    private_folder(path.parent)
    with handed_over(path) as partial:
        partial.write_text(json.dumps([asdict(each) for each in refusals], ensure_ascii=False), encoding="utf-8")


def _keep(connection: duckdb.DuckDBPyConnection, contract: SourceContract, layout: Layout) -> bool:
    """Have the last good deliveries in use, or none under a contract that never had any; tell whether that could be."""
    good = last_good(layout, contract)
    if good is None and was_good(layout, contract):
        return False
    write_rows(connection, DELIVERIES, good or [], layout.deliveries(contract.id))
    return True


def _kept(contract: SourceContract, layout: Layout) -> Received:
    rows = read_rows(DELIVERIES, layout.deliveries(contract.id))
    return Received(tuple(_intake(contract, row) for row in rows))


def _intake(contract: SourceContract, row: dict[str, Any]) -> Intake:
    day: date | None = row["as_of_date"]
    delivery = Delivery(contract.id, row["delivery_id"], (), day, row["sha256"], 0)
    return Intake(delivery, row["rows_delivered"], row["rows_accepted"], row["rows_quarantined"], was_known=True)


def _is_read_by(contract: SourceContract, layout: Layout, delivery_id: str) -> bool:
    entry = last_entry(layout, contract.id, delivery_id, "taken in")
    return entry is not None and entry.contract_sha256 == contract_sha256(contract)


def _refused(contract: SourceContract, layout: Layout, row: dict[str, Any]) -> LedgerEntry:
    known = last_entry(layout, contract.id, row["delivery_id"])
    return LedgerEntry(
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        status="refused",
        contract_id=contract.id,
        contract_sha256=contract_sha256(contract),
        delivery_id=row["delivery_id"],
        files=known.files if known else (),
        sha256=row["sha256"],
        size=known.size if known else 0,
        as_of_date=row["as_of_date"].isoformat() if row["as_of_date"] else None,
        rows_delivered=row["rows_delivered"],
    )
