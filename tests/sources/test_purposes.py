"""Purpose binding: what a contract does not allow fails the build."""

from dataclasses import replace

import pytest

from sources.catalogue import Catalogue, read_catalogue
from sources.purposes import allowed_purposes, bind_purposes
from warehouse.errors import ContractError
from warehouse.published.registry import BENEFITS, BOUND, EVENT_KINDS, PERSONS_PUBLISHED
from warehouse.settings import SAMPLE_SOURCES


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read_catalogue(SAMPLE_SOURCES)


def test_the_sample_allows_all_that_is_published(catalogue: Catalogue) -> None:
    bind_purposes(catalogue, BOUND, EVENT_KINDS)


@pytest.mark.parametrize(
    ("table", "purpose", "refusing"),
    [
        (BENEFITS, "informality", {"social_development.payments"}),
        (BENEFITS, "coverage", set()),
        (BENEFITS, "marketing", {"social_development.payments"}),
        (PERSONS_PUBLISHED, "portability", {"education.students", "health.patients", "finance.taxpayers"}),
    ],
)
def test_another_purpose_is_refused_by_name(
    catalogue: Catalogue, table: object, purpose: str, refusing: set[str]
) -> None:
    bound = replace(table, purpose=purpose)  # type: ignore[type-var]
    kinds = {bound: EVENT_KINDS[table]} if table in EVENT_KINDS else {}
    if not refusing:
        bind_purposes(catalogue, [bound], kinds)
        return
    with pytest.raises(ContractError) as told:
        bind_purposes(catalogue, [bound], kinds)
    assert all(f"({name})" in str(told.value) for name in refusing)
    assert f"is for {purpose}" in str(told.value)


def test_a_contract_without_purposes_delivers_for_the_registry_alone(catalogue: Catalogue) -> None:
    silent = replace(catalogue.contracts[0], terms=catalogue.contracts[0].terms.model_copy(update={"purposes": ()}))
    assert allowed_purposes(silent) == {"registry"}
