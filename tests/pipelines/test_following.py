"""What follows a delivery by itself, told by evaluating the conditions rather than by reading them."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from pipelines.definitions import build_definitions
from warehouse.published.registry import PUBLISHED
from warehouse.settings import Settings

CONTRACTS = Path(__file__).parents[1] / "integration" / "febrl"
STANDARD = [dg.AssetKey(["standard", f"febrl_{part}_people"]) for part in "ab"]


class Daemon:
    """Evaluates the conditions tick by tick, and is told of what was written meanwhile."""

    def __init__(self, definitions: dg.Definitions, instance: dg.DagsterInstance) -> None:
        self.definitions, self.instance = definitions, instance
        self.graph = self.definitions.resolve_asset_graph()
        self.cursor: Any = None

    def tick(self) -> set[str]:
        """The first parts of the keys that this tick requests, or whole keys of the linkage."""
        result = dg.evaluate_automation_conditions(defs=self.definitions, instance=self.instance, cursor=self.cursor)
        self.cursor = result.cursor
        self.requested = {key for key in self.graph.get_all_asset_keys() if result.get_num_requested(key)}
        return {key.to_user_string() for key in self.requested}

    def write(self, key: dg.AssetKey, version: str) -> None:
        tags = {"dagster/data_version": version}
        self.instance.report_runless_asset_event(dg.AssetMaterialization(key, tags=tags))

    def write_all(self, version: str) -> None:
        for key in self.graph.toposorted_asset_keys:
            if self.graph.get(key).is_executable and key.path[0] != "deliveries":
                self.write(key, version)


@pytest.fixture(scope="module")
def definitions(tmp_path_factory: pytest.TempPathFactory) -> dg.Definitions:
    home = tmp_path_factory.mktemp("home")
    return build_definitions(Settings(home=home, sources=CONTRACTS, landing=home / "landing"))


@pytest.fixture(scope="module")
def settled(definitions: dg.Definitions, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    """A history after a run of everything, with nothing left to do, and where its evaluation stands."""
    folder = tmp_path_factory.mktemp("history")
    with dg.instance_for_test(temp_dir=str(folder)) as instance:
        daemon = Daemon(definitions, instance)
        daemon.tick()
        daemon.write_all("1")
        daemon.tick()
        assert daemon.tick() == set()
    return folder, daemon.cursor


@pytest.fixture
def daemon(definitions: dg.Definitions, settled: tuple[Path, Any], tmp_path: Path) -> Iterator[Daemon]:
    """One that goes on from there, with a history of its own."""
    folder = shutil.copytree(settled[0], tmp_path / "history")
    with dg.instance_for_test(temp_dir=str(folder)) as instance:
        daemon = Daemon(definitions, instance)
        daemon.cursor = settled[1]
        yield daemon


def test_a_changed_source_has_linkage_golden_records_and_tables_follow_in_one_run(daemon: Daemon) -> None:
    daemon.write(STANDARD[0], "2")
    requested = daemon.tick()
    assert {"linkage/record_nodes", "linkage/links", "registry/persons"} <= requested
    assert {key for key in requested if key.startswith("marts/")} >= {"marts/persons", "marts/spine", "marts/changes"}


def test_publication_intake_and_reports_do_not_follow(daemon: Daemon) -> None:
    daemon.write(STANDARD[0], "2")
    assert {key.split("/")[0] for key in daemon.tick()} == {"linkage", "registry", "marts"}


def test_a_source_that_was_written_again_with_the_same_content_asks_for_nothing(daemon: Daemon) -> None:
    for key in STANDARD:
        daemon.write(key, "1")
    assert daemon.tick() == set()


def test_what_was_asked_for_is_not_asked_for_again_while_nothing_new_comes(daemon: Daemon) -> None:
    daemon.write(STANDARD[0], "2")
    assert daemon.tick()
    assert daemon.tick() == set()
    for key in daemon.requested:
        daemon.write(key, "2")
    assert daemon.tick() == set()


def test_a_second_source_asks_again(daemon: Daemon) -> None:
    daemon.write(STANDARD[0], "2")
    first = daemon.tick()
    for key in daemon.graph.toposorted_asset_keys:
        if key in daemon.requested:
            daemon.write(key, "2")
    daemon.tick()
    daemon.write(STANDARD[1], "2")
    assert daemon.tick() == first


def test_a_run_of_everything_leaves_nothing_to_follow(daemon: Daemon) -> None:
    daemon.write_all("2")
    daemon.tick()
    assert daemon.tick() == set()


def test_before_every_source_was_read_nothing_follows(definitions: dg.Definitions) -> None:
    with dg.instance_for_test() as instance:
        daemon = Daemon(definitions, instance)
        daemon.tick()
        daemon.write(STANDARD[0], "1")
        assert not {key for key in daemon.tick() if key.startswith("linkage")}


def test_the_sensor_waits_until_it_is_switched_on(definitions: dg.Definitions) -> None:
    assert definitions.resolve_sensor_def("following").default_status == dg.DefaultSensorStatus.STOPPED


def test_publication_is_a_job_of_its_own_that_audits_and_publishes(definitions: dg.Definitions) -> None:
    job = definitions.resolve_job_def("publish")
    made = {key.to_user_string() for key in job.asset_layer.executable_asset_keys}
    assert made == {"release", "marts/changes", "reports/release"}
    checked = {key.asset_key.path[1] for key in job.asset_layer.asset_graph.asset_check_keys}
    assert checked >= {table.name for table in PUBLISHED if table.name in {"persons", "spine", "sources", "changes"}}
    assert any(key.name.startswith("audit_") for key in job.asset_layer.asset_graph.asset_check_keys)
