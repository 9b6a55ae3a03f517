"""OpenLineage: the events are those that the OpenLineage client itself would write."""

import json
from pathlib import Path

import pytest
from openlineage.client.event_v2 import InputDataset, Job, OutputDataset, Run, RunEvent, RunState
from openlineage.client.facet_v2 import (
    dataset_version_dataset,
    documentation_dataset,
    output_statistics_output_dataset,
    schema_dataset,
)

from warehouse.exports.lineage import lineage_events, write_lineage
from warehouse.manifest import Manifest
from warehouse.settings import Settings
from warehouse.table import Table

Published = tuple[Settings, Manifest, dict[Table, Path]]


def test_the_events_have_the_clients_form(published: Published, tmp_path: Path) -> None:
    _, manifest, marts = published
    write_lineage(lineage_events(manifest, marts, "test"), tmp_path / "lineage.jsonl")
    start, complete = map(json.loads, (tmp_path / "lineage.jsonl").read_text().splitlines())
    assert (start["eventType"], complete["eventType"]) == (RunState.START.value, RunState.COMPLETE.value)
    for event in (start, complete):
        rebuilt = RunEvent(
            eventType=RunState(event["eventType"]),
            eventTime=event["eventTime"],
            run=Run(event["run"]["runId"]),
            job=Job(event["job"]["namespace"], event["job"]["name"]),
            producer=event["producer"],
            inputs=[InputDataset(each["namespace"], each["name"]) for each in event["inputs"]],
            outputs=[OutputDataset(each["namespace"], each["name"]) for each in event["outputs"]],
        )
        assert event["schemaURL"] == rebuilt.schemaURL
    assert start["run"] == complete["run"]


FACETS = {
    "version": dataset_version_dataset.DatasetVersionDatasetFacet,
    "documentation": documentation_dataset.DocumentationDatasetFacet,
    "schema": schema_dataset.SchemaDatasetFacet,
    "outputStatistics": output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet,
}


@pytest.mark.parametrize("name", FACETS)
def test_facets_name_the_schemas_of_the_client(published: Published, name: str) -> None:
    _, manifest, marts = published
    output = lineage_events(manifest, marts, "test")[1]["outputs"][0]
    facet = (output["facets"] | output["outputFacets"])[name]
    assert facet["_schemaURL"] == FACETS[name]._get_schema()


def test_counts_and_inputs_are_those_of_the_manifest(published: Published) -> None:
    _, manifest, marts = published
    event = lineage_events(manifest, marts, "test")[1]
    counted = {each["name"]: each["outputFacets"]["outputStatistics"]["rowCount"] for each in event["outputs"]}
    assert counted == {f"registry.{name}": table.rows for name, table in manifest.tables.items()}
    assert [each["name"] for each in event["inputs"]] == ["landing.health.patients"]
