"""Deliveries with rows in quarantine read again, after their contract was mended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb

from sources.contract import SourceContract
from sources.delivery import Delivery, find_deliveries
from sources.ledger import last_entry
from sources.reading.intake import Intake, take_in
from sources.reading.kept_rows import known_kept, take_in_kept
from sources.standing import recount
from warehouse.errors import DeliveryError, MissingError
from warehouse.layout import Layout
from warehouse.settings import Settings
from warehouse.storage import read_any_version, row_count
from warehouse.tables import QUARANTINE


@dataclass(frozen=True)
class Replayed:
    """One delivery: how many rows lay in quarantine `before` and `after` it was read again, of how many.

    `from_kept` says that its files are gone and its rows were judged as the home keeps them; `unparted` of those in
    quarantine were never parted into columns. `hindrance` tells why nothing was read, empty where something was.
    """

    contract_id: str
    delivery_id: str
    before: int
    after: int
    rows_delivered: int
    from_kept: bool = False
    unparted: int = 0
    hindrance: str = ""


def replay(connection: duckdb.DuckDBPyConnection, contract: SourceContract, settings: Settings) -> Iterator[Replayed]:
    """Take in each delivery of `contract` that has rows in quarantine, by the contract as it is now.

    Where its files are as they came, every row goes through the reader, since a mended contract may read accepted rows
    otherwise too; else the rows that the home keeps are judged anew. Counts are conserved as at any intake. A contract
    that did not change reads nothing again.
    """
    layout = Layout(settings.home)
    kept = {name: count for name, count in _in_quarantine(contract, layout) if count}
    if not kept:
        return
    delivered = _delivered(contract, settings)
    for name, before in kept.items():
        try:
            yield _replay(connection, contract, name, before, delivered.get(name), layout)
        except DeliveryError as error:
            entry = last_entry(layout, contract.id, name)
            yield Replayed(
                contract.id, name, before, before, entry.rows_delivered if entry else before, hindrance=str(error)
            )


def _delivered(contract: SourceContract, settings: Settings) -> dict[str, Delivery]:
    """The deliveries whose files are as they came, by their ids."""
    landing = Layout(settings.home).queried if contract.is_queried else settings.landing
    try:
        return {each.delivery_id: each for each in find_deliveries(contract, landing)}
    except MissingError:
        return {}


def _replay(
    connection: duckdb.DuckDBPyConnection,
    contract: SourceContract,
    name: str,
    before: int,
    delivery: Delivery | None,
    layout: Layout,
) -> Replayed:
    if delivery is not None:
        intake = take_in(connection, contract, delivery, layout)
        return Replayed(contract.id, name, before, intake.rows_quarantined, intake.rows_delivered)
    intake = _judged_anew(connection, contract, name, layout)
    rows = read_any_version(QUARANTINE, layout.quarantine(contract.id, name))
    ((unparted,),) = connection.sql(f"select count(*) from {rows} where fields is null").fetchall()
    return Replayed(
        contract.id, name, before, intake.rows_quarantined, intake.rows_delivered, from_kept=True, unparted=unparted
    )


def _judged_anew(connection: duckdb.DuckDBPyConnection, contract: SourceContract, name: str, layout: Layout) -> Intake:
    """The delivery `name` divided anew from what is kept of it, unless this very contract divided it last."""
    entry = last_entry(layout, contract.id, name)
    if entry is None or entry.status != "taken in":
        raise DeliveryError("it was not taken in as a whole. Put its files back to have them read again.")
    intake = known_kept(contract, entry, layout) or take_in_kept(connection, contract, entry, layout)
    recount(connection, contract, intake, layout)
    return intake


def _in_quarantine(contract: SourceContract, layout: Layout) -> Iterator[tuple[str, int]]:
    """Each delivery that was taken in, and how many of its rows lie in quarantine."""
    folder = layout.home / "quarantine" / contract.id
    for rows in sorted(folder.glob("*/rows.parquet")):
        yield rows.parent.name, row_count(rows)
