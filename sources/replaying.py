"""Deliveries with rows in quarantine read again, after their contract was mended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb

from sources.contract import SourceContract
from sources.delivery import find_deliveries
from sources.reading.intake import take_in
from warehouse.errors import DeliveryError
from warehouse.layout import Layout
from warehouse.settings import Settings
from warehouse.storage import row_count


@dataclass(frozen=True)
class Replayed:
    """One delivery: how many rows lay in quarantine `before` and `after` it was read again, of how many."""

    contract_id: str
    delivery_id: str
    before: int
    after: int
    rows_delivered: int


def replay(connection: duckdb.DuckDBPyConnection, contract: SourceContract, settings: Settings) -> Iterator[Replayed]:
    """Take in each delivery of `contract` that has rows in quarantine, by the contract as it is now.

    Every row of the delivery goes through the reader, since a mended contract may read accepted rows otherwise
    too; counts are conserved as at any intake. A contract that did not change reads nothing again. Raises
    `DeliveryError` where a delivery's files have left the landing zone.
    """
    layout = Layout(settings.home)
    kept = {name: count for name, count in _in_quarantine(contract, layout) if count}
    if not kept:
        return
    landing = layout.queried if contract.is_queried else settings.landing
    deliveries = {each.delivery_id: each for each in find_deliveries(contract, landing)}
    gone = sorted(kept.keys() - deliveries.keys())
    if gone:
        raise DeliveryError(
            f"{contract.id}: the files of {', '.join(gone)} are no longer in {landing}. "
            "Put them back to have their rows read again."
        )
    for name, before in kept.items():
        intake = take_in(connection, contract, deliveries[name], layout)
        yield Replayed(contract.id, name, before, intake.rows_quarantined, intake.rows_delivered)


def _in_quarantine(contract: SourceContract, layout: Layout) -> Iterator[tuple[str, int]]:
    """Each delivery that was taken in, and how many of its rows lie in quarantine."""
    folder = layout.home / "quarantine" / contract.id
    for rows in sorted(folder.glob("*/rows.parquet")):
        yield rows.parent.name, row_count(rows)
