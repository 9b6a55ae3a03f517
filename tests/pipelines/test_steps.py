"""A failed step tells the UI its reason and remedy first, no value of a person anywhere, and is not tried again."""

from collections.abc import Sequence
from pathlib import Path

import dagster as dg
import duckdb

from pipelines.defs.reporting import reporting_definitions
from pipelines.failures import failures
from pipelines.keys import RELEASE_KEY
from pipelines.resources import Installation
from pipelines.steps import step
from sources.catalogue import read_catalogue
from warehouse.errors import DeliveryError
from warehouse.settings import Settings

CONTRACTS = Path(__file__).parents[1] / "integration" / "febrl"
NAME = "Invented Person Zzyzx"
REASON = "people.csv: line 3: one cell too many. Deliver the file again with 4 cells a line."


def failed(assets: Sequence[dg.AssetsDefinition], settings: Settings) -> tuple[dg.DagsterEvent, list[dg.DagsterEvent]]:
    """The one failure of a run of `assets`, and all that happened."""
    resources = {"installation": Installation.of(settings)}
    result = dg.materialize(assets, resources=resources, raise_on_error=False)
    (event,) = [event for event in result.all_events if event.is_step_failure]
    return event, result.all_events


def asset_that(meets: Exception | str) -> dg.AssetsDefinition:
    @dg.asset(retry_policy=dg.RetryPolicy(max_retries=2))
    def fails() -> None:
        with step("intake of people"):
            if isinstance(meets, Exception):
                raise meets
            duckdb.sql(meets).fetchall()

    return fails


def test_the_reason_comes_first_and_its_kind_beside_it(settings: Settings) -> None:
    event, happened = failed([asset_that(DeliveryError(REASON))], settings)
    told = event.step_failure_data.user_failure_data
    assert told is not None
    assert told.description == REASON
    assert {name: each.value for name, each in told.metadata.items()} == {
        "step": "intake of people",
        "kind of error": "DeliveryError",
    }
    assert event.step_failure_data.error is not None
    assert event.step_failure_data.error.message.splitlines() == [f"dagster._core.definitions.events.Failure: {REASON}"]
    assert failures(happened) == (f"fails: {REASON}",)


def test_what_a_library_says_of_a_value_is_nowhere(settings: Settings) -> None:
    event, happened = failed([asset_that(f"select '{NAME}'::integer")], settings)
    assert "ConversionException" in str(event.step_failure_data.user_failure_data)
    assert NAME not in "".join(dg.serialize_value(each) for each in happened)


def test_what_was_met_is_met_once(settings: Settings) -> None:
    _, happened = failed([asset_that(DeliveryError(REASON))], settings)
    assert [event for event in happened if event.is_step_restarted or event.is_step_up_for_retry] == []


def test_an_asset_of_the_registry_fails_in_words(settings: Settings) -> None:
    made = reporting_definitions(read_catalogue(CONTRACTS)).assets or ()
    (report,) = [
        asset for asset in made if isinstance(asset, dg.AssetsDefinition) and RELEASE_KEY in asset.dependency_keys
    ]
    event, _ = failed([report], settings)
    told = event.step_failure_data.user_failure_data
    assert told is not None
    assert (told.description or "").endswith("nothing was published there yet. Run `padron build` first.")
