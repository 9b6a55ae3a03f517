"""The landing-zone sensor: it waits for whole files and asks once for each new state."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from pipelines.automation import MOST_TRIES
from pipelines.definitions import build_definitions
from pipelines.killed import report_killed
from pipelines.resources import Installation
from warehouse.errors import DeliveryError
from warehouse.settings import Settings

CONTRACTS = Path(__file__).parents[1] / "integration" / "febrl"


class Landing:
    """A landing zone under watch."""

    def __init__(self, home: Path, instance: dg.DagsterInstance) -> None:
        self.instance = instance
        self.folder = home / "landing"
        settings = Settings(home=home, sources=CONTRACTS, landing=self.folder)
        self.definitions = build_definitions(settings)
        self.resources = {"installation": Installation.of(settings)}
        self.sensor = self.definitions.resolve_sensor_def("landing_zone")
        self.cursor: str | None = None

    def deliver(self, name: str, text: str) -> None:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def look(self) -> list[str | None]:
        """The run keys that one look at the landing zone asks for."""
        with dg.build_sensor_context(
            instance=self.instance, cursor=self.cursor, definitions=self.definitions, resources=self.resources
        ) as context:
            asked = self.sensor.evaluate_tick(context)
        self.cursor = asked.cursor
        return [request.run_key for request in asked.run_requests or ()]


@pytest.fixture
def landing(tmp_path: Path) -> Iterator[Landing]:
    with dg.instance_for_test() as instance:
        yield Landing(tmp_path, instance)


def test_an_empty_landing_zone_asks_for_nothing(landing: Landing) -> None:
    assert landing.look() == []


def test_a_file_is_taken_when_it_has_stopped_growing(landing: Landing) -> None:
    landing.deliver("febrl_a/dataset4a.csv", "half")
    assert landing.look() == []
    landing.deliver("febrl_a/dataset4a.csv", "half and half")
    assert landing.look() == []
    assert len(landing.look()) == 1
    assert landing.look() == []


def test_a_sealed_file_is_taken_at_once(landing: Landing) -> None:
    landing.deliver("febrl_a/dataset4a.csv", "whole")
    landing.deliver("febrl_a/dataset4a.csv.done", "")
    assert len(landing.look()) == 1


def test_each_new_delivery_asks_for_a_run_of_its_own(landing: Landing) -> None:
    landing.deliver("febrl_a/dataset4a.csv", "one")
    landing.look()
    first = landing.look()
    landing.deliver("febrl_b/dataset4b.csv", "two")
    landing.look()
    second = landing.look()
    assert len(first) == len(second) == 1
    assert first != second


def test_deliveries_that_arrive_together_ask_for_one_run(landing: Landing) -> None:
    for part in "ab":
        landing.deliver(f"febrl_{part}/dataset4{part}.csv", part)
        landing.deliver(f"febrl_{part}/dataset4{part}.csv.done", "")
    assert len(landing.look()) == 1
    assert landing.look() == []


def run_that_ends(landing: Landing, error: Exception | None) -> None:
    """A run of everything that is killed, or fails of `error`."""

    @dg.op
    def step() -> None:
        assert error is not None
        raise error

    @dg.job(name="registry")
    def registry() -> None:
        step()

    if error is None:
        run = landing.instance.create_run_for_job(registry, status=dg.DagsterRunStatus.STARTED)
        report_killed(landing.instance, run.run_id)
    else:
        registry.execute_in_process(instance=landing.instance, raise_on_error=False)


@pytest.mark.parametrize(
    ("error", "again"),
    [
        (None, True),
        (dg.DagsterExecutionInterruptedError(), True),
        (DeliveryError("the column sex is missing"), False),
        (ValueError("a fault of the program"), False),
    ],
    ids=["killed", "stopped", "bad data", "fault"],
)
def test_a_run_is_asked_for_again_only_where_it_was_killed(landing: Landing, error: Exception, again: bool) -> None:
    landing.deliver("febrl_a/dataset4a.csv", "whole")
    landing.deliver("febrl_a/dataset4a.csv.done", "")
    (first,) = landing.look()
    run_that_ends(landing, error)
    asked = landing.look()
    assert len(asked) == again
    assert first not in asked


def test_a_run_that_is_always_killed_is_given_up(landing: Landing) -> None:
    landing.deliver("febrl_a/dataset4a.csv", "whole")
    landing.deliver("febrl_a/dataset4a.csv.done", "")
    asked = []
    for _ in range(12):
        asked += landing.look()
        run_that_ends(landing, None)
    assert len(asked) == len(set(asked)) == MOST_TRIES


def test_files_that_no_contract_names_are_not_watched(landing: Landing) -> None:
    landing.deliver("elsewhere/notes.txt", "text")
    assert landing.look() == landing.look() == []


def test_the_daemon_looks_as_often_as_the_settings_say() -> None:
    settings = Settings.from_environment({"PADRON_WATCH_SECONDS": "7"})
    repository = build_definitions(settings).get_repository_def()
    watching = {name: repository.get_sensor_def(name).minimum_interval_seconds for name in ("landing_zone", "recovery")}
    assert watching == {"landing_zone": 7, "recovery": 7}
