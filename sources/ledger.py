"""The delivery ledger: what arrived, when, and what became of it, one JSON object a line, only ever added to."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from warehouse.errors import StorageError
from warehouse.layout import PRIVATE_FILE, Layout, private_folder

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
    """Append `entry` and wait until the disk has it; a line that a crash cut short is cut off first."""
    private_folder(layout.state)
    line = json.dumps(asdict(entry), ensure_ascii=False, sort_keys=True) + "\n"
    with _locked(_path(layout)) as ledger:
        os.ftruncate(ledger, _whole_size(ledger))
        os.write(ledger, line.encode())
        os.fsync(ledger)


def read_ledger(layout: Layout) -> list[LedgerEntry]:
    """Every entry, oldest first; raise `StorageError` for a line that is damaged, save a torn last one."""
    path = _path(layout)
    if not path.exists():
        return []
    *whole, _ = path.read_text(encoding="utf-8", errors="replace").split("\n")
    return [_entry(path, number, line) for number, line in enumerate(whole, start=1)]


def last_entry(layout: Layout, contract_id: str, delivery_id: str) -> LedgerEntry | None:
    """What the ledger last said of one delivery of one contract."""
    named = (contract_id, delivery_id)
    entries = [entry for entry in read_ledger(layout) if (entry.contract_id, entry.delivery_id) == named]
    return entries[-1] if entries else None


def _path(layout: Layout) -> Path:
    return layout.state / "deliveries.jsonl"


def _entry(path: Path, number: int, line: str) -> LedgerEntry:
    try:
        values = json.loads(line)
        return LedgerEntry(**{**values, "files": tuple(values["files"])})
    except (ValueError, TypeError, KeyError):
        raise StorageError(f"{path}: line {number} is damaged. Restore the file from a backup, or remove it.") from None


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    try:
        ledger = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, PRIVATE_FILE)
    except OSError as error:
        raise StorageError(f"{path}: cannot be written ({error.strerror}). Mend the folder's rights.") from None
    try:
        fcntl.flock(ledger, fcntl.LOCK_EX)
        yield ledger
    finally:
        os.close(ledger)


def _whole_size(ledger: int) -> int:
    """The size up to and with the last line feed."""
    size = os.fstat(ledger).st_size
    tail = os.pread(ledger, size, 0)
    return tail.rfind(b"\n") + 1
