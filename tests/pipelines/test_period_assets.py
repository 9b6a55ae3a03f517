"""A month re-run, and months of before backfilled, through Dagster's own partitions."""

import hashlib
from pathlib import Path

import dagster as dg
import pyarrow.parquet as pq
import pytest

from pipelines.definitions import build_definitions
from pipelines.defs.periods import note_periods
from pipelines.resources import Installation
from sources.catalogue import read_catalogue
from sources.ledger import read_ledger
from warehouse.layout import Layout
from warehouse.privacy.rights import grant
from warehouse.settings import Settings

CONTRACTS = Path(__file__).parents[1] / "integration" / "febrl" / "a"
HEADER = "rec_id,given_name,surname,street_number,address_1,address_2,suburb,postcode,state,date_of_birth,soc_sec_id"
KEY = dg.AssetKey(["deliveries", "febrl_a_people"])


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    home = tmp_path / "home"
    (tmp_path / "contracts").mkdir()
    text = (CONTRACTS / "contract.yaml").read_text().replace("dataset4a.csv", "*.csv")
    (tmp_path / "contracts" / "contract.yaml").write_text(text)
    settings = Settings(home=home, sources=tmp_path / "contracts", landing=home / "landing", memory_limit="1GB")
    (settings.landing / "febrl_a").mkdir(parents=True)
    for month in ("2026-08", "2026-09"):
        file = settings.landing / "febrl_a" / f"{month}.csv"
        file.write_text(f"{HEADER}\nr1,ana,perez,1,x,,y,1000,z,19800101,1234567\n")
    return settings


@pytest.mark.system
def test_a_month_read_again_does_not_bring_the_erased_back(settings: Settings) -> None:
    definitions, layout = build_definitions(settings), Layout(settings.home)
    (contract,) = read_catalogue(settings.sources).contracts
    file = settings.landing / "febrl_a" / "2026-08.csv"
    file.write_text(f"{file.read_text()}r2,eva,luna,2,y,,z,1000,z,19810101,7654321\n")
    job = definitions.resolve_implicit_job_def_def_for_assets([KEY])
    assert job is not None

    def kept() -> list[str]:
        with dg.instance_for_test() as instance:
            note_periods(instance, contract, Installation.of(settings))
            run = job.execute_in_process(instance=instance, partition_key="2026-08-31", asset_selection=[KEY])
        assert run.success
        (raw,) = layout.raw(contract.id, "*").parent.glob("*.parquet")
        return [str(name) for name in pq.read_table(raw)["rec_id"].to_pylist()]

    assert kept() == ["r1", "r2"]
    erased = hashlib.sha256(f"{contract.source}\x1fr2".encode()).hexdigest()[:16]
    grant(layout, "erase", [erased], "asked")
    assert kept() == ["r1"]


@pytest.mark.system
def test_a_month_is_re_run_by_its_partition(settings: Settings) -> None:
    definitions = build_definitions(settings)
    (contract,) = read_catalogue(settings.sources).contracts
    with dg.instance_for_test() as instance:
        note_periods(instance, contract, Installation.of(settings))
        note_periods(instance, contract, Installation.of(settings))
        assert instance.get_dynamic_partitions("periods_febrl_a_people") == ["2026-08-31", "2026-09-30"]
        job = definitions.resolve_implicit_job_def_def_for_assets([KEY])
        assert job is not None
        for _ in range(2):
            assert job.execute_in_process(instance=instance, partition_key="2026-08-31").success
        assert instance.get_materialized_partitions(KEY) == {"2026-08-31"}
        event = instance.get_latest_materialization_event(KEY)
    assert event is not None
    assert event.asset_materialization is not None
    assert event.asset_materialization.metadata["rows delivered"].value == 1
    read = [entry.as_of_date for entry in read_ledger(Layout(settings.home)) if entry.status == "taken in"]
    assert read == ["2026-08-31", "2026-08-31"]


def test_the_job_of_everything_needs_no_period(settings: Settings) -> None:
    job = build_definitions(settings).resolve_job_def("registry")
    assert job.partitions_def is None
    assert KEY not in job.asset_layer.executable_asset_keys
