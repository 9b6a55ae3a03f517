"""Publication by itself: what the stages hold is audited and published; nothing is taken in, linked or made anew."""

import io
import shutil
from pathlib import Path

import dagster as dg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from rich.console import Console
from town import Town

from pipelines.definitions import build_definitions
from pipelines.running import JobOutcome, run_job
from warehouse.layout import Layout
from warehouse.manifest import Manifest, damaged_files, read_manifest
from warehouse.published.registry import PERSONS_PUBLISHED
from warehouse.settings import Settings

pytestmark = pytest.mark.system  # it needs a whole registry

OF_THE_RUN = {"changes", "deliveries"}
"""Tables that tell of the release before, or of when something was read."""


def publish(town: Town) -> JobOutcome:
    settings = Settings.from_environment().with_paths(home=town.home, sources=town.sources, landing=None)
    return run_job(build_definitions(settings), "publish", settings, Console(file=io.StringIO()))


def release(home: Path) -> Manifest:
    manifest = read_manifest(Layout(home))
    assert manifest is not None
    return manifest


def content(manifest: Manifest) -> dict[str, str]:
    return {name: table.sha256 for name, table in manifest.tables.items() if name not in OF_THE_RUN}


def test_what_the_stages_hold_is_published_without_a_delivery(town: Town) -> None:
    layout, before = Layout(town.home), release(town.home)
    for folder in (town.home / "landing", layout.raw("febrl_a.people", "x").parents[1], layout.releases):
        shutil.rmtree(folder)
    layout.current.unlink()

    outcome = publish(town)

    assert outcome.failures == ()
    assert outcome.checks_passed > 100
    assert content(release(town.home)) == content(before)
    assert not damaged_files(release(town.home), layout.current)
    with dg.DagsterInstance.from_config(str(layout.dagster)) as instance:
        written = dg.DagsterEventType.ASSET_MATERIALIZATION
        events = [each.event_log_entry.dagster_event for each in
                  instance.get_records_for_run(outcome.run_id, of_type=written).records]  # fmt: skip
    made = {event.asset_key.to_user_string() for event in events if event and event.asset_key}
    assert made == {"release", "marts/changes", "reports/release"}


def test_what_breaks_its_declaration_is_not_published(town: Town) -> None:
    before, persons = town.release(), Layout(town.home).mart(PERSONS_PUBLISHED)
    rows = pq.read_table(persons)
    pq.write_table(pa.concat_tables([rows, rows.slice(0, 1)]), persons)

    outcome = publish(town)

    assert any("persons" in reason and "unique" in reason for reason in outcome.failures), outcome.failures
    assert town.release() == before
    assert not damaged_files(release(town.home), Layout(town.home).current)
