"""Publication: the last step of a run."""

from importlib.metadata import version

import dagster as dg
import duckdb

from linkage.model.file import DEFAULT_MODEL
from linkage.places import Places
from linkage.review.judgements import judgements_path
from pipelines.defs.marts import registry_inputs
from pipelines.keys import RELEASE_KEY, mart_key
from pipelines.resources import Installation
from sources.catalogue import Catalogue
from warehouse.history.forgetting import forget_in_history
from warehouse.history.segments import settle_history, stage_segment
from warehouse.layout import Layout
from warehouse.manifest import MadeOf, Manifest, sha256_of
from warehouse.marts.mart import rule_files
from warehouse.privacy.rights import last_erasure, read_requests, withheld_ids
from warehouse.privacy.vault import vault_queries
from warehouse.published.reference import DELIVERIES
from warehouse.published.registry import PUBLISHED
from warehouse.release.publishing import publish
from warehouse.storage import read_table


def release_definitions(catalogue: Catalogue) -> dg.Definitions:
    """The release asset."""

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
        requests = read_requests(layout)
        with installation.step("release") as connection:
            forget_in_history(connection, layout, requests)
            stage_segment(connection, layout, {table: layout.mart(table) for table in PUBLISHED})
            manifest = publish(
                installation.settings,
                {table: layout.mart(table) for table in PUBLISHED},
                _made_of(connection, catalogue, layout),
                code_version=version("padron"),
                vault=vault_queries(registry_inputs(catalogue, installation)),
                withheld=withheld_ids(connection, layout, requests),
                erased_at=last_erasure(requests),
            )
        settle_history(layout)
        return dg.MaterializeResult(metadata=_told(manifest))

    return dg.Definitions(assets=[release])


def _made_of(connection: duckdb.DuckDBPyConnection, catalogue: Catalogue, layout: Layout) -> MadeOf:
    deliveries = connection.sql(
        f"select contract_id || ' ' || delivery_id, sha256 from {read_table(DELIVERIES, layout.mart(DELIVERIES))}"
    ).fetchall()
    model = (DEFAULT_MODEL, Places.under(layout).parameters, judgements_path(layout))
    return MadeOf(
        inputs=dict(deliveries),
        contracts={contract.id: sha256_of(contract.file) for contract in catalogue.contracts},
        model={path.name: sha256_of(path) for path in model if path.exists()},
        rules={name: sha256_of(path) for name, path in rule_files().items()},
    )


def _told(manifest: Manifest) -> dict[str, int | str]:
    rows = {f"rows {name}": table.rows for name, table in manifest.tables.items()}
    return {"release": manifest.release_id, "content": manifest.content_sha256, **rows}
