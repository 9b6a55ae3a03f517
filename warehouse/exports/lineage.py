"""A release's run as OpenLineage events: which deliveries went in, which tables came out, with schemas and counts."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from warehouse.handover import handed_over
from warehouse.manifest import Manifest
from warehouse.table import Table

PRODUCER = "urn:padron"
EVENT_SCHEMA = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent"
FACETS = "https://openlineage.io/spec/facets"
JOB = "registry"


def lineage_events(manifest: Manifest, tables: Iterable[Table], namespace: str) -> list[dict[str, Any]]:
    """The START and the COMPLETE event of the run that made the release; `namespace` names the installation.

    The run's id is made of the release's, so that the same release gives the same events. They hold no values.
    """
    declared = {table.name: table for table in tables}
    run = {"runId": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{namespace}/{manifest.release_id}")), "facets": {}}
    inputs = [_input(namespace, name, sha256) for name, sha256 in manifest.inputs.items()]
    outputs = [
        _output(namespace, declared[name], held.rows, manifest.release_id)
        for name, held in manifest.tables.items()
        if name in declared
    ]
    common = {
        "eventTime": manifest.published_at,
        "producer": PRODUCER,
        "schemaURL": EVENT_SCHEMA,
        "run": run,
        "job": {"namespace": namespace, "name": JOB, "facets": {}},
    }
    return [
        {**common, "eventType": "START", "inputs": inputs, "outputs": []},
        {**common, "eventType": "COMPLETE", "inputs": inputs, "outputs": outputs},
    ]


def write_lineage(events: Iterable[dict[str, Any]], out: Path) -> None:
    """Write the events to `out`, one a line; raise `StorageError` where the folder refuses."""
    with handed_over(out) as partial:
        partial.write_text("".join(json.dumps(event) + "\n" for event in events), encoding="utf-8")


def _input(namespace: str, delivery: str, sha256: str) -> dict[str, Any]:
    contract, _, delivery_id = delivery.partition(" ")
    return {
        "namespace": namespace,
        "name": f"landing.{contract}",
        "facets": {
            "version": _facet("DatasetVersionDatasetFacet", "1-0-1", datasetVersion=f"{delivery_id}-{sha256[:16]}")
        },
        "inputFacets": {},
    }


def _output(namespace: str, table: Table, rows: int, release_id: str) -> dict[str, Any]:
    fields = [{"name": each.name, "type": each.type, "description": each.description} for each in table.columns]
    return {
        "namespace": namespace,
        "name": f"registry.{table.name}",
        "facets": {
            "schema": _facet("SchemaDatasetFacet", "1-2-0", fields=fields),
            "version": _facet("DatasetVersionDatasetFacet", "1-0-1", datasetVersion=release_id),
            "documentation": _facet("DocumentationDatasetFacet", "1-1-0", description=table.grain),
        },
        "outputFacets": {"outputStatistics": _facet("OutputStatisticsOutputDatasetFacet", "1-0-2", rowCount=rows)},
    }


def _facet(name: str, version: str, **content: object) -> dict[str, Any]:
    return {"_producer": PRODUCER, "_schemaURL": f"{FACETS}/{version}/{name}.json#/$defs/{name}", **content}
