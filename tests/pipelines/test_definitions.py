"""The graph that Dagster loads, made of contracts."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from pipelines.definitions import build_definitions
from sources.catalogue import read_catalogue
from warehouse.errors import ContractError
from warehouse.published.registry import PUBLISHED
from warehouse.settings import SAMPLE_SOURCES, Settings


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Any:
    home = tmp_path_factory.mktemp("home")
    settings = Settings(home=home, sources=SAMPLE_SOURCES, landing=home / "landing")
    return build_definitions(settings).resolve_asset_graph()


def test_the_definitions_are_valid(settings: Settings) -> None:
    dg.Definitions.validate_loadable(build_definitions(settings))


def test_each_contract_has_an_asset_a_stage(graph: Any) -> None:
    names = {contract.id.replace(".", "_") for contract in read_catalogue(SAMPLE_SOURCES).contracts}
    for stage in ("landing", "raw", "standard"):
        assert {key.path[1] for key in graph.get_all_asset_keys() if key.path[0] == stage} == names


def test_each_published_table_has_an_asset(graph: Any) -> None:
    marts = {key.path[1] for key in graph.get_all_asset_keys() if key.path[0] == "marts"}
    assert marts == {table.name for table in PUBLISHED}


def test_every_asset_says_what_it_is(graph: Any) -> None:
    for key in graph.get_all_asset_keys():
        node = graph.get(key)
        assert node.group_name != "default", key
        assert node.description, key
        assert node.owners, key
        assert node.kinds, key


def test_every_stage_and_every_table_has_checks_that_block(graph: Any) -> None:
    checked = {key.asset_key for key in graph.asset_check_keys if graph.get_check_spec(key).blocking}
    for key in graph.get_all_asset_keys():
        if key.path[0] in {"raw", "standard"}:
            assert key in checked, key


@pytest.mark.parametrize(("table", "blocks"), [("attendance", False), ("answers", False), ("persons", True)])
def test_an_institution_that_never_delivered_keeps_nobody_elses_news(graph: Any, table: str, blocks: bool) -> None:
    rows = dg.AssetCheckKey(dg.AssetKey(["marts", table]), "at_least_one_row")
    assert graph.get_check_spec(rows).blocking == blocks


def test_the_link_job_neither_checks_nor_publishes(settings: Settings) -> None:
    job = build_definitions(settings).resolve_job_def("link")
    stages = {key.path[0] for key in job.asset_layer.executable_asset_keys}
    assert stages == {"raw", "standard", "linkage"}
    assert not list(job.asset_layer.asset_graph.get_check_keys_for_assets(set()))


def test_faulty_contracts_are_all_told(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "contract.yaml").write_text("kind: DataContract\n")
    with pytest.raises(ContractError, match="apiVersion"):
        build_definitions(Settings(home=tmp_path, sources=tmp_path, landing=tmp_path))


def test_definitions_load_quickly_and_without_what_only_steps_need() -> None:
    """Beyond Dagster's own import; by processor seconds, for other tests run at the same time: 1.2 when none does."""
    late = ("great_expectations", "scipy", "psycopg", "phonenumbers", "jinja2", "xlsxwriter", "altair", "recordlinkage")
    code = (
        "import sys, time; import dagster; start = time.process_time()\n"
        "from pipelines.definitions import defs; defs()\n"
        f"print(time.process_time() - start, *(name for name in {late} if name in sys.modules))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    seconds, *loaded = result.stdout.split()
    assert loaded == []
    assert float(seconds) < 2.5
