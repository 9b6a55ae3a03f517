"""Publication: the last step of a run."""

from importlib.metadata import version

import dagster as dg

from pipelines.keys import RELEASE_KEY, mart_key
from pipelines.resources import Installation
from warehouse.published import PUBLISHED
from warehouse.published_reference import DELIVERIES
from warehouse.release import Manifest, publish
from warehouse.storage import read_table


def release_definitions() -> dg.Definitions:
    """The release asset."""
    return dg.Definitions(assets=[release])


@dg.asset(
    key=RELEASE_KEY,
    deps=[mart_key(table) for table in PUBLISHED],
    group_name="release",
    kinds={"duckdb", "parquet"},
    owners=["team:registry"],
    description="The published registry: one DuckDB file and a Parquet file a table, switched to at once.",
)
def release(installation: Installation) -> dg.MaterializeResult:
    """Publish the marts; the same content as before is not published again."""
    layout = installation.layout
    with installation.session("release") as connection:
        deliveries = connection.sql(
            f"select contract_id || ' ' || delivery_id, sha256 from {read_table(DELIVERIES, layout.mart(DELIVERIES))}"
        ).fetchall()
        manifest = publish(
            installation.settings,
            {table: layout.mart(table) for table in PUBLISHED},
            inputs=dict(deliveries),
            code_version=version("padron"),
        )
    return dg.MaterializeResult(metadata=_told(manifest))


def _told(manifest: Manifest) -> dict[str, int | str]:
    rows = {f"rows {name}": table.rows for name, table in manifest.tables.items()}
    return {"release": manifest.release_id, "content": manifest.content_sha256, **rows}
