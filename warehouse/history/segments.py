"""What the registry knew when: every release leaves the rows that it opened and the keys that it closed.

A segment a release lies under `state/history`. It is staged before the release is switched to and takes the release's
name after; a run that is stopped between the two is settled by the next. The first segment holds the tables themselves,
as hard links; each later one the differences alone. So what was known on any day can be read back long after the
release is forgotten. Segments bear the registry's own ids, as the lake does, not the pseudonyms of a recipient.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from warehouse.layout import PRIVATE_FILE, Layout, private_folder
from warehouse.manifest import read_manifest, sha256_of, sha256_of_all
from warehouse.published.people import CHANGES
from warehouse.published.reference import CODE_LISTS, DELIVERIES
from warehouse.published.registry import PUBLISHED
from warehouse.session import identifier
from warehouse.storage import no_rows, read_any_version, write_parquet
from warehouse.table import Table

SEGMENT = "segment.json"
PARTIAL = ".partial"
PENDING = "next"
"""The folder of the segment of a release that is not yet known to be published."""

OF_DELIVERY = frozenset({"as_of_date", "delivery_id"})
"""Columns that say by which delivery a row came; they alone make no new version of it."""

HISTORIC = tuple(table for table in PUBLISHED if table not in (CHANGES, DELIVERIES, CODE_LISTS) and table.cells is None)
"""The published tables whose history is kept: none of the aggregates, in which small cells must be withheld."""


@dataclass(frozen=True)
class Segment:
    """What one release changed: its folder, the moment from which it was known, and the hash of every table of it."""

    release_id: str
    known_from: datetime
    tables: Mapping[str, str]
    folder: Path

    def opened(self, table: Table) -> Path:
        """The rows that are new or otherwise than before."""
        return self.folder / f"{table.name}.opened.parquet"

    def closed(self, table: Table) -> Path:
        """The keys of the rows that are no more."""
        return self.folder / f"{table.name}.closed.parquet"

    @property
    def changes(self) -> Path:
        """The changes that the release told, under the registry's own ids."""
        return self.folder / f"{CHANGES.name}.parquet"


def segments(layout: Layout, known_on: datetime | None = None) -> list[Segment]:
    """The segments of the releases published up to `known_on`, oldest first; all of them without it."""
    found = []
    for file in layout.history.glob(f"*/{SEGMENT}"):
        told = json.loads(file.read_text(encoding="utf-8"))
        if "known_from" in told:
            moment = datetime.fromisoformat(told["known_from"])
            found.append(Segment(told["release_id"], moment, told["tables"], file.parent))
    found.sort(key=lambda segment: (segment.known_from, segment.release_id))
    return [segment for segment in found if known_on is None or segment.known_from <= known_on]


def stage_segment(connection: duckdb.DuckDBPyConnection, layout: Layout, tables: Mapping[Table, Path]) -> None:
    """Stage the segment of the release that is about to be made of `tables`; `settle_history` gives it its name."""
    settle_history(layout)
    folder = private_folder(layout.history / PENDING)
    known = segments(layout)
    for table in tables.keys() & set(HISTORIC):
        _stage_table(connection, table, tables[table], known, folder)
    if CHANGES in tables:
        _link(tables[CHANGES], folder / f"{CHANGES.name}.parquet")
    hashes = dict(zip((table.name for table in tables), sha256_of_all(tables.values()), strict=True))
    staged = {"before": _release_id(layout), "tables": hashes}
    (folder / SEGMENT).touch(PRIVATE_FILE)
    (folder / SEGMENT).write_text(json.dumps(staged) + "\n", encoding="utf-8")


def settle_history(layout: Layout) -> None:
    """Name the staged segment after the release that was switched to since; without one it goes."""
    folder = layout.history / PENDING
    if not folder.exists():
        return
    manifest, staged = read_manifest(layout), _staged(folder)
    if manifest is None or staged is None or staged["before"] == manifest.release_id:
        shutil.rmtree(folder)
        return
    named = {"release_id": manifest.release_id, "known_from": manifest.published_at, "tables": staged["tables"]}
    whole = folder / f"{SEGMENT}{PARTIAL}"
    whole.touch(PRIVATE_FILE)
    whole.write_text(json.dumps(named) + "\n", encoding="utf-8")
    whole.replace(folder / SEGMENT)
    folder.rename(layout.history / manifest.release_id)


def _staged(folder: Path) -> dict[str, Any] | None:
    """What the staged segment says of itself, or None where it was cut short."""
    try:
        staged: dict[str, Any] = json.loads((folder / SEGMENT).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return {"before": None, **staged}


def _release_id(layout: Layout) -> str | None:
    manifest = read_manifest(layout)
    return manifest.release_id if manifest else None


def known_rows(table: Table, known: Sequence[Segment]) -> str:
    """An SQL relation: the rows of `table` as they were known after the segments `known`."""
    opened = [(number, segment.opened(table)) for number, segment in enumerate(known) if segment.opened(table).exists()]
    closed = [(number, segment.closed(table)) for number, segment in enumerate(known) if segment.closed(table).exists()]
    if not opened:
        return no_rows(table)
    if len(opened) == 1 and not closed:
        return read_any_version(table, opened[0][1])
    versions = [
        f"select *, {number} as segment, {is_open} as is_open from {read_any_version(table, path)}"
        for files, is_open in ((opened, "true"), (closed, "false"))
        for number, path in files
    ]
    columns = ", ".join(identifier(name) for name in table.column_names)
    return f"""(
        select {columns} from ({" union all ".join(versions)})
        qualify row_number() over (partition by {_key(table)} order by segment desc) = 1 and is_open
    )"""


def _stage_table(
    connection: duckdb.DuckDBPyConnection, table: Table, file: Path, known: Sequence[Segment], folder: Path
) -> None:
    opened, closed = folder / f"{table.name}.opened.parquet", folder / f"{table.name}.closed.parquet"
    if not any(earlier.opened(table).exists() for earlier in known):
        _link(file, opened)
        return
    if known[-1].tables.get(table.name) == sha256_of(file):
        return
    before, now = known_rows(table, known), read_any_version(table, file)
    compared = [name for name in table.column_names if name not in OF_DELIVERY]
    same = " and ".join(f"before.{identifier(name)} is not distinct from now.{identifier(name)}" for name in compared)
    came = f"select now.* from {now} as now anti join {before} as before on {same}"
    went = f"select {_key(table)} from {before} as before anti join {now} as now on {_same_key(table)}"
    for query, path in ((came, opened), (went, closed)):
        if write_parquet(connection, query, path) == 0:
            path.unlink()


def _link(file: Path, link: Path) -> None:
    """Keep `file` under another name; a table is never written over, so its bytes stay."""
    link.unlink(missing_ok=True)
    os.link(file, link)


def _key(table: Table) -> str:
    return ", ".join(identifier(name) for name in table.key)


def _same_key(table: Table) -> str:
    return " and ".join(f"before.{identifier(name)} is not distinct from now.{identifier(name)}" for name in table.key)
