"""The audit log: what was done, by which account and when, each entry chained to the one before it by its hash.

To change, remove or insert an entry is to break the chain at that line. What was cut off the end shows
too: each release's manifest names the entry that stood last when it was staged.
"""

from __future__ import annotations

import fcntl
import getpass
import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from warehouse.errors import AuditError
from warehouse.journal import append_entries, damaged, read_entries
from warehouse.layout import PRIVATE_FILE, Layout, private_folder

BEGINNING = "0" * 64


@dataclass(frozen=True)
class AuditEntry:
    """One act. `facts` hold ids, counts and reasons, never a person's value; `sha256` covers all the rest."""

    number: int
    at: str
    who: str
    action: str
    facts: Mapping[str, Any]
    previous: str
    sha256: str = ""

    def hashed(self) -> str:
        """The SHA-256 that the entry must bear."""
        covered = {name: value for name, value in asdict(self).items() if name != "sha256"}
        return hashlib.sha256(json.dumps(covered, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def record(layout: Layout, action: str, facts: Mapping[str, Any]) -> AuditEntry:
    """Append that `action` was done, and wait until the disk has it; return the entry."""
    with _chained(layout):
        entries = read_audit(layout)
        entry = AuditEntry(
            number=len(entries) + 1,
            at=datetime.now(UTC).isoformat(timespec="seconds"),
            who=getpass.getuser(),
            action=action,
            facts=dict(facts),
            previous=entries[-1].sha256 if entries else BEGINNING,
        )
        entry = AuditEntry(**{**asdict(entry), "sha256": entry.hashed()})
        append_entries(_path(layout), [asdict(entry)])
    return entry


def read_audit(layout: Layout) -> list[AuditEntry]:
    """Every entry, oldest first; raise `StorageError` for a line that is no entry."""
    path = _path(layout)
    return [_entry(path, number, values) for number, values in enumerate(read_entries(path), start=1)]


def verify(layout: Layout, anchors: Mapping[str, str]) -> list[AuditEntry]:
    """The entries of a whole log; raise `AuditError` where the chain is broken.

    `anchors` names hashes that must be in it, each by the release whose manifest holds it.
    """
    entries = read_audit(layout)
    previous = BEGINNING
    for number, entry in enumerate(entries, start=1):
        if (entry.number, entry.previous, entry.sha256) != (number, previous, entry.hashed()):
            raise AuditError(
                f"{_path(layout)}: the chain is broken at line {number}: that line or the one before it was "
                "changed, removed or put in. Compare the file with its last backup."
            )
        previous = entry.sha256
    known = {entry.sha256 for entry in entries}
    missing = sorted(release for release, anchor in anchors.items() if anchor not in known)
    if missing:
        raise AuditError(
            f"{_path(layout)}: entries are missing from its end, for the release {missing[0]} names one that is "
            "not there. Restore the file from its last backup."
        )
    return entries


def _path(layout: Layout) -> Path:
    return layout.state / "audit.jsonl"


def _entry(path: Path, number: int, values: dict[str, Any]) -> AuditEntry:
    try:
        return AuditEntry(**values)
    except TypeError:
        raise damaged(path, number) from None


@contextmanager
def _chained(layout: Layout) -> Iterator[None]:
    """Nobody else appends between reading the last entry and adding the next."""
    path = private_folder(layout.state) / "audit.lock"
    with path.open("w") as file:
        path.chmod(PRIVATE_FILE)
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
