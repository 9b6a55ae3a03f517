"""A bundle for one recipient: Parquet under pseudonyms of its own, and a Frictionless data package that tells of it.

Tables that several sources feed are partitioned by source, for that is what an institution asks for; the rest
are a file each. Row groups carry statistics, columns are compressed with ZSTD.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from warehouse.audit_log import record
from warehouse.exports.datapackage import data_package
from warehouse.handover import folder_handed_over
from warehouse.layout import Layout, private_folder
from warehouse.privacy.keyring import Key
from warehouse.privacy.staging import stage_tables
from warehouse.session import identifier, literal, open_session
from warehouse.settings import Settings
from warehouse.storage import ROW_GROUP_ROWS, ZSTD, read_table
from warehouse.table import Table

PARTITION = "source"


@dataclass(frozen=True)
class Extract:
    """Whom a bundle is for, and about whom: everybody, those whom a source knows, or a municipality's residents."""

    recipient: str
    source: str | None = None
    municipality: str | None = None


def write_bundle(
    settings: Settings,
    key: Key,
    tables: Mapping[Table, Path],
    extract: Extract,
    out: Path,
    release_id: str,
    withheld: frozenset[str] = frozenset(),
) -> dict[str, int]:
    """Write `tables` as `extract` asks to the new folder `out`, under the pseudonyms of `key`; return the rows.

    Raises `StorageError` where `out` is there already. The audit log tells who received what.
    """
    with folder_handed_over(out) as folder:
        staged = {table: private_folder(folder / "staged") / f"{table.name}.parquet" for table in tables}
        with open_session(settings) as connection:
            where = _about(connection, tables, extract)
            rows = stage_tables(connection, settings, key, tables, staged, withheld, where)
            files = {table: _divide(connection, table, path, folder / "data") for table, path in staged.items()}
        shutil.rmtree(folder / "staged")
        document = data_package(extract.recipient, release_id, folder, files)
        (folder / "datapackage.json").write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
        counts = {table.name: number for table, number in rows.items()}
        facts = {"recipient": extract.recipient, "release": release_id, "key": key.id, "rows": sum(counts.values())}
        record(Layout(settings.home), "extract.written", facts)  # nothing is handed out of which the log does not tell
    return counts


def _about(connection: duckdb.DuckDBPyConnection, tables: Mapping[Table, Path], extract: Extract) -> dict[Table, str]:
    """For each table with persons the condition that its rows are of those whom the extract is about."""
    named = {table.name: path for table, path in tables.items()}
    wanted = []
    if extract.source is not None:
        wanted.append(f"select entity_id from {_scan(named['spine'])} where source = {literal(extract.source)}")
    if extract.municipality is not None:
        wanted.append(
            f"select entity_id from {_scan(named['persons'])} where municipality = {literal(extract.municipality)}"
        )
    if not wanted:
        return {}
    connection.execute(f"create or replace temp table wanted as {' intersect '.join(wanted)}")
    mine = "entity_id in (select entity_id from wanted)"
    own = f" and source = {literal(extract.source)}" if extract.source is not None else ""
    return {
        table: mine + (own if PARTITION in table.column_names else "")
        for table in tables
        if "entity_id" in table.column_names
    }


def _scan(path: Path) -> str:
    return f"read_parquet({literal(path)})"


def _divide(connection: duckdb.DuckDBPyConnection, table: Table, path: Path, folder: Path) -> list[Path]:
    """Write the staged file as the bundle's file or files; return them."""
    rows = read_table(table, path)
    options = f"format parquet, {ZSTD}, row_group_size {ROW_GROUP_ROWS}"
    target = private_folder(folder / table.name)
    order = f" order by {', '.join(identifier(name) for name in table.order)}" if table.order else ""
    parts: list[str | None] = [None]
    if PARTITION in table.column_names:
        parts = [name for (name,) in connection.sql(f"select distinct source from {rows} order by all").fetchall()]
    files = []
    connection.execute("set preserve_insertion_order = true")
    for part in parts or [None]:
        condition = f" where source = {literal(part)}" if part is not None else ""
        place = private_folder(target / f"source={part}") if part is not None else target
        file = place / f"{table.name}.parquet"
        connection.execute(f"copy (select * from {rows}{condition}{order}) to {literal(file)} ({options})")
        files.append(file)
    connection.execute("set preserve_insertion_order = false")
    return files
