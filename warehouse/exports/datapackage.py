"""The Frictionless data package of a bundle, made of the tables' declarations. Data Package standard, version 2."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from warehouse.manifest import sha256_of
from warehouse.storage import row_count
from warehouse.table import Column, Table

TYPES = {
    "varchar": "string",
    "date": "date",
    "integer": "integer",
    "bigint": "integer",
    "double": "number",
    "boolean": "boolean",
    "timestamp": "datetime",
    "varchar[]": "list",
}
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"


def data_package(
    recipient: str, release_id: str, folder: Path, files: Mapping[Table, Sequence[Path]]
) -> dict[str, Any]:
    """The descriptor of the bundle in `folder`, which holds each table in one file or one a source."""
    whole = {table.name for table, paths in files.items() if len(paths) == 1}
    return {
        "$schema": PROFILE,
        "name": "padron",
        "title": "Unified social registry",
        "description": f"Release {release_id}, for {recipient}. Its ids are pseudonyms that no other recipient has.",
        "version": release_id,
        "resources": [
            _resource(table, path, folder, whole, alone=len(paths) == 1)
            for table, paths in sorted(files.items(), key=lambda item: item[0].name)
            for path in paths
        ],
    }


def table_schema(table: Table, whole: set[str] = frozenset()) -> dict[str, Any]:  # type: ignore[assignment]
    """The table schema of `table`; references to tables of `whole`, those in one file, are foreign keys."""
    schema: dict[str, Any] = {"fields": [_field(column) for column in table.columns]}
    if table.key and not any(column.nullable for column in table.columns if column.name in table.key):
        schema["primaryKey"] = list(table.key)
    keys = [
        {"fields": [column], "reference": {"resource": target, "fields": [target_column]}}
        for column, target, target_column in table.references
        if target in whole
    ]
    return schema | ({"foreignKeys": keys} if keys else {})


def _resource(table: Table, path: Path, folder: Path, whole: set[str], alone: bool) -> dict[str, Any]:
    part = "" if alone else "-" + path.parent.name.partition("=")[2].lower()
    return {
        "name": table.name + part,
        "title": table.grain,
        "path": str(path.relative_to(folder)),
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "bytes": path.stat().st_size,
        "hash": f"sha256:{sha256_of(path)}",
        "rows": row_count(path),
        "schema": table_schema(table, whole),
    }


def _field(column: Column) -> dict[str, Any]:
    field: dict[str, Any] = {
        "name": column.name,
        "type": TYPES[column.type],
        "description": column.description,
        "personalData": column.personal,
    }
    return field if column.nullable else field | {"constraints": {"required": True}}
