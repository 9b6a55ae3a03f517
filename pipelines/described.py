"""Which rows of a delivery describe something: all of a snapshot, and of a delta those that do not delete."""

from pathlib import Path

from sources.contract import SourceContract
from warehouse.layout import Layout


def described_rows(layout: Layout, contract: SourceContract, delivery_id: str) -> Path:
    """The rows that say what a record is, to which alone a contract's promises apply."""
    upserts = layout.raw_upserts(contract.id, delivery_id)
    return upserts if upserts.exists() else layout.raw(contract.id, delivery_id)
