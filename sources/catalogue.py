"""All contracts of an installation, read together because some faults lie between them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from sources.contract import SourceContract, read_contract
from warehouse.errors import ContractError
from warehouse.published.reference import SOURCES


@dataclass(frozen=True)
class Catalogue:
    """The contracts, sorted by id."""

    contracts: tuple[SourceContract, ...]

    @property
    def with_persons(self) -> tuple[SourceContract, ...]:
        """Contracts whose rows are records to link."""
        return tuple(contract for contract in self.contracts if contract.has_persons)

    @property
    def events(self) -> tuple[SourceContract, ...]:
        """Contracts whose rows are events."""
        return tuple(contract for contract in self.contracts if contract.terms.role == "events")

    def contract(self, contract_id: str) -> SourceContract:
        """The contract with that id; raise `KeyError` where there is none."""
        return {contract.id: contract for contract in self.contracts}[contract_id]

    def person_source(self, contract: SourceContract) -> str:
        """The source whose record keys the contract's `person_key` holds, or its own source."""
        return contract.source if contract.has_persons else _referred(self.contracts, contract)[0].source

    def described(self) -> list[dict[str, object]]:
        """One row a contract, with the columns of `warehouse.published.reference.SOURCES`."""
        return [_described(contract) for contract in self.contracts]

    def listed(self) -> pa.Table:
        """The same rows as an Arrow table, each with the contract's commitments."""
        commitments = [list(contract.terms.commitments) for contract in self.contracts]
        table = pa.Table.from_pylist(self.described(), schema=SOURCES.schema)
        return table.append_column("commitments", pa.array(commitments, pa.list_(pa.string())))


def _described(contract: SourceContract) -> dict[str, object]:
    terms = contract.terms
    return {
        "contract_id": contract.id,
        "source": contract.source,
        "institution": contract.institution,
        "sector": contract.odcs.domain,
        "level_of_government": terms.level_of_government,
        "role": terms.role,
        "kind": terms.kind,
        "legal_basis": terms.legal_basis,
        "purposes": list(terms.purposes),
        "is_complete": terms.coverage.complete,
        "territory": terms.coverage.territory,
        "complete_since": terms.coverage.since,
    }


def _none(_contract: SourceContract) -> Iterable[str]:
    return ()


def read_catalogue(folder: Path, further: Callable[[SourceContract], Iterable[str]] = _none) -> Catalogue:
    """Read every contract (`*.yaml`) under `folder`; raise `ContractError` with all faults of all of them.

    `further` may find more faults in a contract that is sound by itself.
    """
    files = sorted((*folder.rglob("*.yaml"), *folder.rglob("*.yml")))
    if not files:
        raise ContractError(
            str(folder),
            ["holds no contract; put one in a folder of its own, as <institution>/contract.yaml."],
        )
    contracts, faults = [], []
    for file in files:
        try:
            contracts.append(read_contract(file))
            found = further(contracts[-1])
        except ContractError as error:
            found = error.faults
        faults += [f"{file.relative_to(folder)}: {fault}" for fault in found]
    faults += _faults_between(contracts)
    if faults:
        raise ContractError(str(folder), faults)
    return Catalogue(tuple(sorted(contracts, key=lambda contract: contract.id)))


def _faults_between(contracts: list[SourceContract]) -> Iterator[str]:
    yield from _repeated("id", ((contract.id, contract) for contract in contracts))
    persons = [contract for contract in contracts if contract.has_persons]
    yield from _repeated("name", ((contract.source, contract) for contract in persons))
    for contract in contracts:
        if not contract.has_persons and len(_referred(contracts, contract)) != 1:
            yield (
                f"{contract.file.name} ({contract.id}): its person_key must refer to one persons contract; "
                f"give it the name of that contract, or write one for {contract.institution}."
            )


def _repeated(what: str, named: Iterable[tuple[str, SourceContract]]) -> Iterator[str]:
    groups: dict[str, list[str]] = defaultdict(list)
    for name, contract in named:
        groups[name].append(contract.file.name)
    for name, files in groups.items():
        if len(files) > 1:
            yield f"{', '.join(files)}: the {what} {name} is used {len(files)} times; it must be unique."


def _referred(contracts: Iterable[SourceContract], contract: SourceContract) -> list[SourceContract]:
    """Persons contracts of the same name, or else the institution's only one."""
    persons = [other for other in contracts if other.has_persons]
    same_name = [other for other in persons if other.source == contract.source]
    return same_name or [other for other in persons if other.institution == contract.institution]
