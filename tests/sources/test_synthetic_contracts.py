import json
from pathlib import Path

import pandas as pd
import pytest
import yaml
from jsonschema import Draft201909Validator
from open_data_contract_standard.model import OpenDataContractStandard

from sources.catalogue import read_catalogue
from sources.contract import SourceContract
from sources.synthetic.rates import RATES
from sources.synthetic.sample import VIEWS, write_sample
from sources.synthetic.views.social_security import AFFILIATE_WIDTHS, CONTRIBUTION_WIDTHS
from warehouse.settings import SAMPLE_SOURCES

CONTRACTS = read_catalogue(SAMPLE_SOURCES).contracts
SCHEMA = json.loads(OpenDataContractStandard.json_schema())
PURPOSES = {"registry", "coverage", "portability", "informality", "co_responsibility", "poverty", "employment"}


def of_each(*contracts: SourceContract) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("contract", contracts or CONTRACTS, ids=lambda contract: contract.id)


@of_each()
def test_contracts_are_valid_by_the_schema_of_the_standard(contract: SourceContract) -> None:
    document = yaml.safe_load(contract.file.read_text(encoding="utf-8"))
    assert not list(Draft201909Validator(SCHEMA).iter_errors(document))


@of_each()
def test_contracts_say_who_owns_the_data_and_what_it_may_serve(contract: SourceContract) -> None:
    assert contract.odcs.team
    assert contract.terms.legal_basis
    assert contract.terms.retention_months
    assert contract.terms.commitments
    assert {"registry"} <= set(contract.terms.purposes) <= PURPOSES
    assert {sla.property for sla in contract.odcs.slaProperties or ()} == {"frequency", "latency"}


@of_each()
def test_columns_that_tell_who_someone_is_are_restricted(contract: SourceContract) -> None:
    for column in contract.columns:
        if column.field in ("identifier", "full_name", "given_names", "surname_1", "surname_2", "birth_date", "phone"):
            assert column.odcs.classification == "restricted", column.name


@of_each()
def test_each_contract_is_told_of_in_its_institutions_readme(contract: SourceContract) -> None:
    assert f"({contract.file.name})" in (contract.file.parent / "README.md").read_text(encoding="utf-8")


def test_sources_contracts_and_views_are_the_same_institutions() -> None:
    assert {contract.institution for contract in CONTRACTS} == set(VIEWS)
    assert {contract.source for contract in CONTRACTS if contract.has_persons} == set(RATES)


@pytest.mark.parametrize(
    ("contract_id", "widths"),
    [("social_security.affiliates", AFFILIATE_WIDTHS), ("social_security.contributions", CONTRIBUTION_WIDTHS)],
)
def test_fixed_width_columns_lie_where_the_contract_says(contract_id: str, widths: dict[str, int]) -> None:
    start = 1
    for column, (name, width) in zip(
        read_catalogue(SAMPLE_SOURCES).contract(contract_id).columns, widths.items(), strict=True
    ):
        assert (column.name, column.terms.start, column.terms.width) == (name, start, width)
        start += width


@of_each(*(contract for contract in CONTRACTS if contract.has_persons))
def test_a_source_that_says_so_lists_nobody_twice(contract: SourceContract, records: pd.DataFrame) -> None:
    times = records.loc[records["source"] == contract.source, "person_id"].value_counts()
    assert contract.terms.duplicate_free == (times.max() == 1)


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    folder: Path = tmp_path_factory.mktemp("contracts")
    write_sample(folder / "landing", folder / "truth", 8_000, 6)
    return pd.read_parquet(folder / "truth" / "records.parquet")
