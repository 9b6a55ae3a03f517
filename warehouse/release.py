"""A release: what is published, whole or not at all.

It is built beside its final place, made durable, renamed, and only then does `current` point to it: a
reader sees the old release or the new one, whatever happens in between.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from warehouse.database import write_database
from warehouse.errors import PublicationError
from warehouse.layout import PRIVATE_FILE, Layout, private_folder
from warehouse.settings import Settings
from warehouse.storage import row_count
from warehouse.table import Table

PARTIAL = ".partial"


@dataclass(frozen=True)
class PublishedTable:
    """One table of a release, as its manifest records it."""

    rows: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a release was made of and what it holds."""

    release_id: str
    content_sha256: str
    published_at: str
    code_version: str
    seed: int
    inputs: Mapping[str, str]
    tables: Mapping[str, PublishedTable]


def publish(
    settings: Settings,
    tables: Mapping[Table, Path],
    inputs: Mapping[str, str],
    code_version: str,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Manifest:
    """Publish `tables` (declared table → Parquet file) as a release and make it current.

    `inputs` names what it was made of (delivery, model) with its SHA-256. A release of the same content
    as the current one is not made again: the current manifest is returned. Raises `PublicationError`.
    """
    layout = Layout(settings.home)
    described = {
        table.name: PublishedTable(row_count(path), _sha256(path))
        for table, path in sorted(tables.items(), key=lambda item: item[0].name)
    }
    content = _content(described, inputs)
    current = read_manifest(layout)
    if current is not None and current.content_sha256 == content:
        return current
    moment = clock()
    manifest = Manifest(
        release_id=f"{moment:%Y%m%dT%H%M%SZ}-{content[:8]}",
        content_sha256=content,
        published_at=moment.isoformat(timespec="seconds"),
        code_version=code_version,
        seed=settings.seed,
        inputs=dict(sorted(inputs.items())),
        tables=described,
    )
    try:
        _discard_partial(layout)
        _switch(layout, _build(settings, layout, manifest, tables))
        _forget_old(layout, settings.keep_releases)
    except (OSError, duckdb.IOException) as error:
        raise PublicationError(
            f"{layout.releases}: the release could not be written ({type(error).__name__}); the current one "
            "stays. Free disk space or check the folder's rights, then run again."
        ) from None
    return manifest


def read_manifest(layout: Layout) -> Manifest | None:
    """The manifest of the current release, or None where nothing was published yet."""
    try:
        document = json.loads((layout.current / "manifest.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    document["tables"] = {name: PublishedTable(**table) for name, table in document["tables"].items()}
    return Manifest(**document)


def _content(described: Mapping[str, PublishedTable], inputs: Mapping[str, str]) -> str:
    named = {"tables": {name: table.sha256 for name, table in described.items()}, "inputs": dict(inputs)}
    return hashlib.sha256(json.dumps(named, sort_keys=True).encode()).hexdigest()


def _build(settings: Settings, layout: Layout, manifest: Manifest, tables: Mapping[Table, Path]) -> Path:
    folder = private_folder(layout.releases / f"{manifest.release_id}{PARTIAL}")
    parquet = private_folder(folder / "parquet")
    for table, path in tables.items():
        shutil.copyfile(path, parquet / f"{table.name}.parquet")
    write_database(settings, {table: parquet / f"{table.name}.parquet" for table in tables}, folder / "registry.duckdb")
    (folder / "manifest.json").write_text(json.dumps(asdict(manifest), indent=2) + "\n", encoding="utf-8")
    for file in (path for path in folder.rglob("*") if path.is_file()):
        file.chmod(PRIVATE_FILE)
        _make_durable(file)
    return folder


def _switch(layout: Layout, built: Path) -> None:
    release = built.with_name(built.name.removesuffix(PARTIAL))
    built.rename(release)
    _make_durable(layout.releases)
    link = layout.home / f"current{PARTIAL}"
    link.unlink(missing_ok=True)
    link.symlink_to(release.relative_to(layout.home), target_is_directory=True)
    link.replace(layout.current)
    _make_durable(layout.home)


def _discard_partial(layout: Layout) -> None:
    """Remove what a run that was stopped in the middle left behind."""
    for folder in private_folder(layout.releases).glob(f"*{PARTIAL}"):
        shutil.rmtree(folder)


def _forget_old(layout: Layout, keep: int) -> None:
    current = layout.current.resolve()
    releases = sorted(path for path in layout.releases.iterdir() if path != current)
    for folder in releases[: max(0, len(releases) - (keep - 1))]:
        shutil.rmtree(folder)


def _make_durable(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
