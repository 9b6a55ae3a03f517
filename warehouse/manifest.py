"""The manifest of a release: what it was made of, what it holds, and the hash of every file."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path

from warehouse.errors import StorageError
from warehouse.layout import Layout

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class PublishedTable:
    """One table of a release: its rows, the hash of its Parquet file, and the fingerprint of what that is made of."""

    rows: int
    sha256: str
    shown_as: str = ""


@dataclass(frozen=True)
class MadeOf:
    """What a release is made of, each thing by its name with its SHA-256."""

    inputs: Mapping[str, str]
    contracts: Mapping[str, str] = field(default_factory=dict)
    model: Mapping[str, str] = field(default_factory=dict)
    rules: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Manifest:
    """What a release was made of and what it holds.

    `content_sha256` is of all that it is made of: two releases of the same content would be the same.
    `pseudonym_key` is the key's id. `audit_sha256` is the entry of the audit log that stood last when it was staged.
    """

    release_id: str
    content_sha256: str
    published_at: str
    code_version: str
    seed: int
    pseudonym_key: str
    small_cell: int
    birth_band: int
    inputs: Mapping[str, str]
    contracts: Mapping[str, str]
    model: Mapping[str, str]
    rules: Mapping[str, str]
    tables: Mapping[str, PublishedTable]
    database_sha256: str
    audit_sha256: str

    @property
    def files(self) -> dict[str, str]:
        """Every file of the release but the manifest itself, by its path within it, with its hash."""
        tables = {f"parquet/{name}.parquet": table.sha256 for name, table in self.tables.items()}
        return {"registry.duckdb": self.database_sha256, **tables}


def read_manifest(layout: Layout) -> Manifest | None:
    """The manifest of the current release, or None where nothing was published yet."""
    return manifest_in(layout.current)


def manifest_in(folder: Path) -> Manifest | None:
    """The manifest of the release in `folder`, or None where there is none.

    Raises `StorageError` for one that another version wrote.
    """
    try:
        document = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    try:
        tables = {name: PublishedTable(**table) for name, table in document["tables"].items()}
        return Manifest(**{**document, "tables": tables})
    except (TypeError, KeyError):
        raise StorageError(
            f"{folder / MANIFEST}: not a manifest of this version. Move that release away, then run `padron build`."
        ) from None


def write_manifest(manifest: Manifest, folder: Path) -> None:
    """Write `manifest` into the release `folder`."""
    (folder / MANIFEST).write_text(json.dumps(asdict(manifest), indent=2) + "\n", encoding="utf-8")


def damaged_files(manifest: Manifest, folder: Path) -> list[str]:
    """The files of the release in `folder` that are missing or not what the manifest says."""
    return [name for name, sha256 in manifest.files.items() if _hash_of(folder / name) != sha256]


def sha256_of(path: Path) -> str:
    """The SHA-256 of the file at `path`, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sha256_of_all(paths: Iterable[Path]) -> list[str]:
    """The SHA-256 of each file of `paths`, several at once: hashing leaves the interpreter to others."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(sha256_of, paths))


def _hash_of(path: Path) -> str | None:
    return sha256_of(path) if path.is_file() else None
