"""The delivery ledger: what arrived, when, and what became of it, one JSON object a line, only ever added to."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from warehouse.journal import append_entries, damaged, read_entries
from warehouse.layout import Layout

Status = Literal["received", "taken in", "refused"]


@dataclass(frozen=True)
class LedgerEntry:
    """One event of a delivery. `at` is a UTC time; the rows are counted once it is taken in.

    `contract_sha256` fingerprints the contract it was read by; `files` are names, not paths.
    """

    at: str
    status: Status
    contract_id: str
    contract_sha256: str
    delivery_id: str
    files: tuple[str, ...]
    sha256: str
    size: int
    as_of_date: str | None
    rows_delivered: int = 0
    rows_accepted: int = 0
    rows_quarantined: int = 0


def add_entry(layout: Layout, entry: LedgerEntry) -> None:
    """Append `entry` and wait until the disk has it."""
    append_entries(_path(layout), [asdict(entry)])


def read_ledger(layout: Layout) -> list[LedgerEntry]:
    """Every entry, oldest first; raise `StorageError` for a line that is damaged, save a torn last one."""
    path = _path(layout)
    return [_entry(path, number, values) for number, values in enumerate(read_entries(path), start=1)]


def last_entry(layout: Layout, contract_id: str, delivery_id: str, status: str = "") -> LedgerEntry | None:
    """What the ledger last said of one delivery of one contract, or when it last had that `status`."""
    named = (contract_id, delivery_id)
    entries = [entry for entry in read_ledger(layout) if (entry.contract_id, entry.delivery_id) == named]
    told = [entry for entry in entries if status in ("", entry.status)]
    return told[-1] if told else None


def _path(layout: Layout) -> Path:
    return layout.state / "deliveries.jsonl"


def _entry(path: Path, number: int, values: dict[str, Any]) -> LedgerEntry:
    try:
        return LedgerEntry(**{**values, "files": tuple(values["files"])})
    except (TypeError, KeyError):
        raise damaged(path, number) from None
