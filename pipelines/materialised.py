"""What the Dagster UI is told of a table that was written: counts, place and columns, never values."""

from pathlib import Path

import dagster as dg

from sources.contract import SourceContract
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


def materialised(
    table: Table, rows: int, path: Path, *, key: dg.AssetKey | None = None, **counts: int | float
) -> dg.MaterializeResult:
    """The result of an asset that wrote `rows` rows of `table` to `path`; `key` tells which of a step's assets."""
    return dg.MaterializeResult(
        asset_key=key,
        metadata={
            "dagster/row_count": rows,
            "path": dg.MetadataValue.path(str(path)),
            "bytes": path.stat().st_size,
            **counts,
        },
    )
