"""Append-only journals: one JSON object a line, only ever added to, whole or not at all."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from warehouse.errors import StorageError
from warehouse.layout import PRIVATE_FILE, private_folder


def append_entries(path: Path, entries: Sequence[Mapping[str, Any]]) -> None:
    """Append `entries` to the journal at `path` and wait until the disk has them.

    A line that a crash cut short is cut off first, and a disk that fills up leaves none of the entries.
    Raises `StorageError` where the journal cannot be written.
    """
    private_folder(path.parent)
    lines = "".join(json.dumps(entry, ensure_ascii=False, sort_keys=True) + "\n" for entry in entries).encode()
    with _locked(path) as journal:
        whole = _whole_size(journal)
        os.ftruncate(journal, whole)
        try:
            _write(journal, lines)
        except OSError as error:
            os.ftruncate(journal, whole)
            raise StorageError(
                f"{path}: nothing was added ({error.strerror}). Free disk space and try again."
            ) from None


def read_entries(path: Path) -> list[dict[str, Any]]:
    """Every entry, oldest first; none where there is no journal.

    A torn last line is not yet an entry; raise `StorageError` for any other line that is damaged.
    """
    if not path.exists():
        return []
    *whole, _ = path.read_text(encoding="utf-8", errors="replace").split("\n")
    return [_entry(path, number, line) for number, line in enumerate(whole, start=1)]


def damaged(path: Path, number: int) -> StorageError:
    """The error that tells of line `number` of the journal at `path`."""
    return StorageError(f"{path}: line {number} is damaged. Restore the file from a backup, or remove that line.")


def _entry(path: Path, number: int, line: str) -> dict[str, Any]:
    try:
        entry = json.loads(line)
    except ValueError:
        raise damaged(path, number) from None
    if not isinstance(entry, dict):
        raise damaged(path, number)
    return entry


def _write(journal: int, lines: bytes) -> None:
    """Write all of `lines`; a disk that takes only a part of them raises at the next part."""
    while lines:
        lines = lines[os.write(journal, lines) :]
    os.fsync(journal)


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    try:
        journal = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, PRIVATE_FILE)
    except OSError as error:
        raise StorageError(f"{path}: cannot be written ({error.strerror}). Mend the folder's rights.") from None
    try:
        fcntl.flock(journal, fcntl.LOCK_EX)
        yield journal
    finally:
        os.close(journal)


def _whole_size(journal: int) -> int:
    """The size up to and with the last line feed."""
    tail = os.pread(journal, os.fstat(journal).st_size, 0)
    return tail.rfind(b"\n") + 1
