"""All deliveries of one contract that are in use, taken in, with the list of them for the stages after."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from sources.contract import SourceContract
from sources.delivery import UPDATE, Delivery, deliveries_in_use, find_deliveries
from sources.ledger import LedgerEntry, read_ledger
from sources.reading.intake import Intake, take_in
from warehouse.errors import MissingError
from warehouse.layout import Layout
from warehouse.published.reference import DELIVERIES
from warehouse.settings import Settings
from warehouse.storage import write_rows


@dataclass(frozen=True)
class Received:
    """The deliveries in use of one contract, oldest first, and what became of their rows."""

    deliveries: tuple[Intake, ...]

    @property
    def rows_delivered(self) -> int:
        """Rows in all files together."""
        return sum(intake.rows_delivered for intake in self.deliveries)

    @property
    def rows_accepted(self) -> int:
        """Rows that were taken in."""
        return sum(intake.rows_accepted for intake in self.deliveries)

    @property
    def rows_quarantined(self) -> int:
        """Rows kept apart, each with its reason."""
        return sum(intake.rows_quarantined for intake in self.deliveries)


def receive(
    connection: duckdb.DuckDBPyConnection,
    contract: SourceContract,
    settings: Settings,
    left_out: Collection[str] = (),
) -> Received:
    """Take in what the landing zone holds for `contract`, or what its query gives; raises `DeliveryError`.

    A delivery that was taken in before, under the same contract, is not read again. Those whose ids are `left_out`
    are as if they were not there.
    """
    layout = Layout(settings.home)
    landing = _queried(connection, contract, settings) if contract.is_queried else settings.landing
    found = [each for each in find_deliveries(contract, landing) if each.delivery_id not in left_out]
    if not found:
        raise MissingError(f"{contract.id}: no other delivery lies in {landing}.")
    in_use = deliveries_in_use(contract, found)
    received = Received(tuple(take_in(connection, contract, delivery, layout) for delivery in in_use))
    supplied = read_ledger(layout)
    rows = [_described(intake, _replaced(supplied, intake.delivery)) for intake in received.deliveries]
    write_rows(connection, DELIVERIES, rows, layout.deliveries(contract.id))
    return received


def _queried(connection: duckdb.DuckDBPyConnection, contract: SourceContract, settings: Settings) -> Path:
    from sources.querying import query_source  # noqa: PLC0415 - its driver takes long to load, and few need it

    return query_source(connection, contract, settings)


def _replaced(supplied: Sequence[LedgerEntry], delivery: Delivery) -> list[str]:
    """The ids of the other deliveries of the same day: those supplied before, and those of a lower revision."""
    day = delivery.as_of_date.isoformat() if delivery.as_of_date else None
    same_day = [
        entry.delivery_id
        for entry in supplied
        if (entry.contract_id, entry.as_of_date) == (delivery.contract_id, day)
        and entry.delivery_id != delivery.delivery_id
        and (UPDATE in entry.delivery_id) == delivery.is_delta
    ]
    return list(dict.fromkeys((*same_day, *delivery.replaces)))


def _described(intake: Intake, replaces: list[str]) -> dict[str, object]:
    return {
        "contract_id": intake.delivery.contract_id,
        "delivery_id": intake.delivery.delivery_id,
        "as_of_date": intake.delivery.as_of_date,
        "sha256": intake.delivery.sha256,
        "rows_delivered": intake.rows_delivered,
        "rows_accepted": intake.rows_accepted,
        "rows_quarantined": intake.rows_quarantined,
        "replaces": replaces,
    }
