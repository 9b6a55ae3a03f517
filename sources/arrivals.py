"""What the delivery ledger and the contracts say of time, as relations: when deliveries came, and what was promised."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa

from sources.catalogue import Catalogue
from sources.contract import SourceContract
from sources.ledger import LedgerEntry
from sources.service_levels import service_levels

ARRIVALS = pa.schema([
    ("contract_id", pa.string()), ("delivery_id", pa.string()), ("as_of_date", pa.date32()),
    ("arrived_at", pa.timestamp("us")), ("status", pa.string()),
])  # fmt: skip
PROMISES = pa.schema([
    ("contract_id", pa.string()), ("institution", pa.string()), ("delivers", pa.string()), ("every_days", pa.int32()),
    ("latency_days", pa.int32()), ("gives_name", pa.bool_()), ("gives_birth_date", pa.bool_()),
    ("gives_identifier", pa.bool_()), ("gives_address", pa.bool_()),
])  # fmt: skip
NAMES = frozenset({"full_name", "given_names"})
ADDRESSES = frozenset({"address_line", "address"})


def arrivals(entries: Iterable[LedgerEntry]) -> pa.Table:
    """A row a delivery: when it first came (UTC), and what became of it at last; `entries` are in order."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for entry in entries:
        came: dict[str, Any] = {
            "contract_id": entry.contract_id, "delivery_id": entry.delivery_id,
            "as_of_date": date.fromisoformat(entry.as_of_date) if entry.as_of_date else None,
            "arrived_at": datetime.fromisoformat(entry.at).replace(tzinfo=None),
        }  # fmt: skip
        rows.setdefault((entry.contract_id, entry.delivery_id), came)["status"] = entry.status
    return pa.Table.from_pylist(list(rows.values()), schema=ARRIVALS)


def promises(catalogue: Catalogue) -> pa.Table:
    """What each contract promises: how often it delivers, how late at most, and which facts of a person it holds."""
    return pa.Table.from_pylist([_promise(contract) for contract in catalogue.contracts], schema=PROMISES)


def _promise(contract: SourceContract) -> dict[str, object]:
    levels, held = service_levels(contract), {column.field for column in contract.columns}
    return {
        "contract_id": contract.id,
        "institution": contract.institution,
        "delivers": contract.delivers,
        "every_days": None if levels.every is None else max(1, _days(levels.every)),
        "latency_days": _days(levels.latency),
        "gives_name": bool(held & NAMES),
        "gives_birth_date": "birth_date" in held,
        "gives_identifier": "identifier" in held,
        "gives_address": bool(held & ADDRESSES),
    }


def _days(span: timedelta) -> int:
    return -(-span // timedelta(days=1))
