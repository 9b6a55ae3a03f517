"""Purpose binding: a published table may only be made of sources whose contracts allow what it is for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sources.catalogue import Catalogue
from sources.contract import SourceContract
from warehouse.errors import ContractError
from warehouse.table import Table

DEFAULT_PURPOSE = "registry"
"""What a contract allows that says nothing of purposes: that for which it delivers at all."""


def allowed_purposes(contract: SourceContract) -> frozenset[str]:
    """What the data of `contract` may be used for."""
    return frozenset(contract.terms.purposes or (DEFAULT_PURPOSE,))


def bind_purposes(catalogue: Catalogue, tables: Iterable[Table], kinds: Mapping[Table, str]) -> None:
    """Raise `ContractError` with every table that would use a source for what its contract does not allow.

    `kinds` gives the kind of event that a table is made of; any other table is made of the records of persons.
    """
    faults = [
        f"{contract.file.name} ({contract.id}): the table {table.name} is for {table.purpose}, which the contract "
        f"does not allow; it allows {', '.join(sorted(allowed_purposes(contract)))}. Add the purpose where the law "
        f"permits it, or leave the contract out."
        for table in tables
        for contract in _used(catalogue, table, kinds)
        if table.purpose not in allowed_purposes(contract)
    ]
    if faults:
        raise ContractError("purposes", faults)


def _used(catalogue: Catalogue, table: Table, kinds: Mapping[Table, str]) -> Iterable[SourceContract]:
    if table in kinds:
        return [contract for contract in catalogue.events if contract.terms.kind == kinds[table]]
    return catalogue.with_persons
