"""What the Dagster UI is told of a table that was written: counts, place and columns, never values."""

from pathlib import Path

import dagster as dg

from sources.contract import SourceContract
from warehouse.storage import row_count
from warehouse.table import Table


def column_schema(table: Table) -> dg.TableSchema:
    """The declared columns of `table`, as the UI shows them."""
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                name=column.name,
                type=column.type,
                description=column.description,
                constraints=dg.TableColumnConstraints(nullable=column.nullable),
                tags={"personal_data": column.personal},
            )
            for column in table.columns
        ]
    )


def delivered_schema(contract: SourceContract) -> dg.TableSchema:
    """The columns of an extract as its contract declares them, each with the field that it fills."""
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                name=column.name,
                type=column.odcs.logicalType or "string",
                description=column.odcs.description,
                constraints=dg.TableColumnConstraints(nullable=not column.required),
                tags={"field": column.field},
            )
            for column in contract.columns
        ]
    )


def materialised(table: Table, path: Path, *, key: dg.AssetKey | None = None, since: str = "") -> dg.MaterializeResult:
    """The result of an asset that wrote `table` to `path`; `key` tells which of a step's assets.

    A table that was kept as an earlier run made it is unchanged `since` then.
    """
    return dg.MaterializeResult(
        asset_key=key,
        metadata={
            "dagster/row_count": row_count(path),
            "path": dg.MetadataValue.path(str(path)),
            "bytes": path.stat().st_size,
            **unchanged(since),
        },
    )


def unchanged(since: str) -> dict[str, str]:
    """What is told of tables that were kept as an earlier run made them; nothing of others."""
    return {"unchanged since": since} if since else {}
