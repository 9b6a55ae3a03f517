"""The periods that a contract's deliveries describe, so that one of them can be read again by itself."""

from __future__ import annotations

from pathlib import Path

import duckdb

from sources.contract import SourceContract
from sources.delivery import as_of_date, delivered_files, find_deliveries
from sources.reading.intake import Intake, take_in
from warehouse.errors import DeliveryError, MissingError
from warehouse.layout import Layout
from warehouse.settings import Settings

UNDATED = "undated"
"""The period of a delivery whose name tells no day."""


def periods(contract: SourceContract, landing: Path) -> list[str]:
    """The periods of the files under `landing`, in order, by their last days; a name with no real day has none."""
    found = set()
    for path in delivered_files(contract, landing):
        try:
            found.add(_period(as_of_date(path.name)))
        except DeliveryError:
            continue  # the intake of everything tells of it
    return sorted(found)


def take_in_again(
    connection: duckdb.DuckDBPyConnection, contract: SourceContract, period: str, settings: Settings
) -> list[Intake]:
    """Read the deliveries of one period anew, in use or not, over what was read of them before.

    Raises `MissingError` where the landing zone no longer holds them, `DeliveryError` where one cannot be read.
    """
    deliveries = [each for each in find_deliveries(contract, settings.landing) if _period(each.as_of_date) == period]
    if not deliveries:
        raise MissingError(f"{contract.id}: no delivery of {period} lies in {settings.landing}. Put its files there.")
    layout = Layout(settings.home)
    return [take_in(connection, contract, delivery, layout, anew=True) for delivery in deliveries]


def _period(day: object) -> str:
    return str(day) if day else UNDATED
