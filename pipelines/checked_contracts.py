"""The contracts of an installation, held to be sound only when expectations can be made of all their rules."""

from pathlib import Path

from quality.suites import contract_suite
from sources.catalogue import Catalogue, read_catalogue
from sources.contract import SourceContract
from warehouse.errors import ContractError


def checked_catalogue(folder: Path) -> Catalogue:
    """The contracts under `folder`; raise `ContractError` with every fault of form, mapping and rules."""
    return read_catalogue(folder, rule_faults)


def rule_faults(contract: SourceContract) -> tuple[str, ...]:
    """The rules of the contract that no expectation can be made of."""
    try:
        contract_suite(contract.odcs)
    except ContractError as error:
        return error.faults
    return ()
