"""How old what is in use of a contract is allowed to grow, and from what day on the next delivery is overdue."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta

from sources.contract import SourceContract
from sources.ledger import read_ledger
from sources.service_levels import service_levels
from sources.standing import read_refusals
from warehouse.layout import Layout
from warehouse.published.reference import DELIVERIES
from warehouse.storage import read_rows


def freshness(contract: SourceContract, layout: Layout) -> dict[str, object]:
    """The row of `warehouse.published.reference.FRESHNESS` for `contract`.

    It tells days rather than ages, so that it changes only when deliveries do. A delivery whose name tells no day
    counts from its arrival.
    """
    levels = service_levels(contract)
    rows = sorted(
        read_rows(DELIVERIES, layout.deliveries(contract.id)),
        key=lambda row: (row["as_of_date"] or date.min, row["delivery_id"]),
    )
    newest = rows[-1] if rows else {"delivery_id": None, "as_of_date": None}
    since = newest["as_of_date"] or _arrival(layout, contract, newest["delivery_id"])
    return {
        "contract_id": contract.id,
        "source": contract.source,
        "institution": contract.institution,
        "delivery_id": newest["delivery_id"],
        "as_of_date": newest["as_of_date"],
        "promised_days": levels.every / timedelta(days=1) if levels.every else None,
        "latency_days": levels.latency / timedelta(days=1) if levels.every else None,
        "overdue_from": _overdue_from(since, levels.stale_after),
        "refused_count": len(read_refusals(layout, contract.id)),
    }


def _overdue_from(since: date | None, allowed: timedelta | None) -> date | None:
    """The first day that lies wholly after what is `allowed`."""
    if since is None or allowed is None:
        return None
    return since + timedelta(days=math.ceil(allowed / timedelta(days=1)) + 1)


def _arrival(layout: Layout, contract: SourceContract, delivery_id: str | None) -> date | None:
    """The UTC day on which a delivery first came."""
    named = (contract.id, delivery_id)
    arrivals = [entry.at for entry in read_ledger(layout) if (entry.contract_id, entry.delivery_id) == named]
    return datetime.fromisoformat(arrivals[0]).date() if arrivals else None
