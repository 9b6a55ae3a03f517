"""Fingerprints: one hash for many parts, for files by name and content, and for the program itself."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.metadata import distributions
from pathlib import Path

from warehouse.manifest import sha256_of

PROGRAM = ("linkage", "pipelines", "quality", "sources", "warehouse")
PROGRAM_FILES = {".py", ".sql", ".yaml", ".csv", ".json", ".j2", ".html"}


def fingerprint(parts: Iterable[object]) -> str:
    """The hash of the texts of `parts`, in their order."""
    return hashlib.sha256(json.dumps([str(part) for part in parts]).encode()).hexdigest()


def fingerprint_of_files(folder: Path, files: Iterable[Path]) -> str:
    """The hash of the names within `folder` and the contents of `files`, in whatever order they come."""
    return fingerprint(f"{file.relative_to(folder)} {sha256_of(file)}" for file in sorted(files))


def fingerprint_of_folder(folder: Path, endings: set[str]) -> str:
    """The hash of every file under `folder` whose name ends in one of `endings`."""
    return fingerprint_of_files(
        folder, [file for file in folder.rglob("*") if file.suffix in endings and file.is_file()]
    )


def fingerprint_of_program() -> str:
    """The hash of the program as it lies on disk, the libraries under it, and the Python that runs it."""
    root = Path(__file__).resolve().parents[1]
    libraries = sorted(f"{each.name} {each.version}" for each in distributions())
    packages = (fingerprint_of_folder(root / name, PROGRAM_FILES) for name in PROGRAM)
    return fingerprint([platform.python_version(), *libraries, *packages])


@cache
def running_program() -> str:
    """The same of the program that this process runs, taken once: what changes on disk meanwhile is not run."""
    return fingerprint_of_program()


def hash_of_table(path: Path) -> str:
    """The SHA-256 of a table, taken once while it lies there, for a table is replaced and never written over.

    It is empty where there is no such file.
    """
    try:
        status = path.stat()
    except FileNotFoundError:
        return ""
    return _hash_of(path, status.st_ino, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=4096)
def _hash_of(path: Path, *_status: int) -> str:
    return sha256_of(path)
