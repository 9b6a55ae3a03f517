"""Runs that want much memory, or one source's deliveries, are kept apart by the queue; others are not."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.op_concurrency_limits_counter import GlobalOpConcurrencyLimitsCounter
from dagster._core.storage.dagster_run import RunRecord

from pipelines.definitions import build_definitions
from pipelines.instance import open_instance
from pipelines.killed import report_killed
from pipelines.pools import MEMORY
from warehouse.settings import Settings

CONTRACTS = Path(__file__).parents[1] / "integration" / "febrl"
RUNNING = dg.DagsterRunStatus.STARTED
READS_A, READS_B, READS_A_MONTH = "raw/febrl_a_people", "raw/febrl_b_people", "deliveries/febrl_a_people"
WHOLE, LINKS, REPORTS = "", "linkage/links", "reports/release"


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dg.DagsterInstance]:
    """An instance as Padrón sets it up."""
    home = tmp_path_factory.mktemp("home")
    with open_instance(Settings(home=home, sources=CONTRACTS, landing=home)) as instance:
        yield instance


@pytest.fixture(scope="module")
def runs(instance: dg.DagsterInstance) -> dict[str, RunRecord]:
    """A run of each asset, and of the whole registry, all of them under way."""
    definitions = build_definitions(Settings(home=Path("/"), sources=CONTRACTS, landing=Path("/")))
    made = {}
    for asset in (WHOLE, READS_A, READS_B, READS_A_MONTH, LINKS, REPORTS):
        chosen = frozenset({dg.AssetKey.from_user_string(asset)} if asset else ())
        job = definitions.resolve_implicit_global_asset_job_def() if asset else definitions.resolve_job_def("registry")
        subset = job.get_subset(asset_selection=chosen) if chosen else job
        run = instance.create_run_for_job(subset, status=RUNNING, asset_selection=chosen or None)
        (made[asset],) = instance.get_run_records(dg.RunsFilter(run_ids=[run.run_id]))
    return made


KEPT_APART = [
    (WHOLE, WHOLE, True), (WHOLE, LINKS, True), (LINKS, LINKS, True), (WHOLE, READS_A, True),
    (READS_A, READS_A, True), (READS_A, READS_A_MONTH, True), (READS_A, READS_B, False), (READS_A, LINKS, False),
    (WHOLE, REPORTS, False),
]  # fmt: skip


@pytest.mark.parametrize(("running", "waiting", "waits"), KEPT_APART)
def test_the_queue_keeps_apart_what_shares_a_pool(
    instance: dg.DagsterInstance, runs: dict[str, RunRecord], running: str, waiting: str, waits: bool
) -> None:
    storage, asked = instance.event_log_storage, runs[waiting].dagster_run
    granularity = instance.get_concurrency_config().pool_config.pool_granularity
    for _ in range(2):  # the first look at a pool gives it the limit that the instance is set to
        keys, limits = storage.get_concurrency_keys(), storage.get_pool_limits()
        counter = GlobalOpConcurrencyLimitsCounter(
            instance, [asked], [runs[running]], keys, limits, pool_granularity=granularity
        )
    assert counter.is_blocked(asked) is waits
    assert all(limit.limit == 1 for limit in limits)


def test_what_a_killed_run_had_claimed_is_free_again(instance: dg.DagsterInstance, runs: dict[str, RunRecord]) -> None:
    storage, killed = instance.event_log_storage, runs[LINKS].dagster_run.run_id
    storage.initialize_concurrency_limit_to_default(MEMORY)
    assert storage.claim_concurrency_slot(MEMORY, killed, "linkage__links").is_claimed
    assert not storage.claim_concurrency_slot(MEMORY, "the next", "linkage__links").is_claimed
    assert report_killed(instance, killed) == 1
    assert storage.claim_concurrency_slot(MEMORY, "the next", "linkage__links").is_claimed
