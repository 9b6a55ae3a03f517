"""What an institution is told of a delivery refused as a whole: what was wrong, and how to deliver it again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from quality.report.page import page, save
from quality.returns.write import returns_folder
from warehouse.layout import Layout, private_folder

NO_DELIVERY = "not delivered"


@dataclass(frozen=True)
class RefusedDelivery:
    """One delivery that is not in use, and why; without an id it is not known which one, or none was there.

    `expected` is where the contract says that deliveries lie.
    """

    contract_id: str
    institution: str
    delivery_id: str
    files: Sequence[str]
    reason: str
    expected: str


def write_refused(refused: RefusedDelivery, layout: Layout) -> Path:
    """Write the page for the institution beside where the return report of the delivery lies; return its path."""
    target = refused_page(layout, refused.contract_id, refused.delivery_id)
    has_rows = (private_folder(target.parent) / "to_mend.xlsx").exists()
    save(page("refused.html.j2", **vars(refused), has_rows=has_rows), target)
    return target


def refused_page(layout: Layout, contract_id: str, delivery_id: str) -> Path:
    """Where the page of a refused delivery lies."""
    return returns_folder(layout, contract_id, delivery_id or NO_DELIVERY) / "refused.html"
