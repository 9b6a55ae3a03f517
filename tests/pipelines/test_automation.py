"""The landing-zone sensor: it waits for whole files and asks once for each new state."""

from pathlib import Path

import dagster as dg
import pytest

from pipelines.definitions import build_definitions
from pipelines.resources import Installation
from warehouse.settings import Settings

CONTRACTS = Path(__file__).parents[1] / "integration" / "febrl"


class Landing:
    """A landing zone under watch."""

    def __init__(self, home: Path) -> None:
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
            cursor=self.cursor, definitions=self.definitions, resources=self.resources
        ) as context:
            asked = self.sensor.evaluate_tick(context)
        self.cursor = asked.cursor
        return [request.run_key for request in asked.run_requests or ()]


@pytest.fixture
def landing(tmp_path: Path) -> Landing:
    return Landing(tmp_path)


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


def test_files_that_no_contract_names_are_not_watched(landing: Landing) -> None:
    landing.deliver("elsewhere/notes.txt", "text")
    assert landing.look() == landing.look() == []
