"""What a machine refuses: memory that is not there, a disk that is full. Told as errors with their remedies."""

from __future__ import annotations

import errno

import duckdb

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
FULL_WORDS = ("No space left", "Disk quota", "File too large", "database or disk is full")
"""How DuckDB and SQLite tell of the same; they quote no rows when they do."""

OUT_OF_MEMORY = (
    "more memory is needed than PADRON_MEMORY_LIMIT allows, or than there is disk to spill to. Raise the limit, free "
    "disk under the home's scratch folder, or lower PADRON_THREADS; then run again. The release before stays current."
)
DISK_FULL = (
    "the disk is full. The release before stays current, and nothing half written is used. Free disk space, "
    "then run again."
)


def limit_reached(error: BaseException) -> str | None:
    """What the machine refused, if that is what `error` or what it arose from tells of; None for any other error."""
    met: BaseException | None = error
    while met is not None:
        if refused := _refused(met):
            return refused
        met = met.__cause__ or met.__context__
    return None


def _refused(error: BaseException) -> str | None:
    if isinstance(error, MemoryError | duckdb.OutOfMemoryException):
        return OUT_OF_MEMORY
    if isinstance(error, OSError) and error.errno in FULL:
        return DISK_FULL
    if any(words in str(error) for words in FULL_WORDS):
        return DISK_FULL
    return None
