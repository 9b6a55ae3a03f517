"""Tables carried over into a release from the current one: those of the same rows, shown to the same recipient alike.

A carried table is the same file under a second name, so that it costs neither time nor disk. Its bytes are held against
the manifest before, and nothing is carried over from before an erasure.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from warehouse.fingerprints import fingerprint, running_program
from warehouse.manifest import Manifest, sha256_of
from warehouse.privacy.keyring import Key
from warehouse.settings import Settings
from warehouse.table import Table


def shown_as(settings: Settings, key: Key, hashes: Mapping[Table, str], withheld: Iterable[str]) -> dict[Table, str]:
    """The fingerprint of all that each table of a release is made of: the hash of its rows, and how they are shown."""
    recipient = [running_program(), key.id, key.made_at, settings.small_cell, settings.birth_band, *sorted(withheld)]
    return {table: fingerprint([table.declaration, rows, *recipient]) for table, rows in hashes.items()}


def carry_over(
    release: Path, manifest: Manifest | None, shown: Mapping[Table, str], staged: Mapping[Table, Path]
) -> set[Table]:
    """Give each file of `staged` whose table the release in the folder `release` shows alike that release's file."""
    return {
        table
        for table, path in staged.items()
        if manifest is not None and _is_carried(release, manifest, table, shown[table], path)
    }


def _is_carried(release: Path, manifest: Manifest, table: Table, shown: str, path: Path) -> bool:
    held, file = manifest.tables.get(table.name), release / "parquet" / path.name
    if held is None or held.shown_as != shown or not file.is_file() or sha256_of(file) != held.sha256:
        return False
    os.link(file, path)
    return True
