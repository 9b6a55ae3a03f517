"""The errors a user may meet.

A message says what is wrong, where, how many times and what to do. It never holds a person's value:
messages travel to logs, e-mail and the Dagster UI.
"""

from collections.abc import Sequence


class RegistryError(Exception):
    """Any failure that a user can mend."""


class SettingsError(RegistryError):
    """A setting or an environment variable has a value that cannot be used."""


class StorageError(RegistryError):
    """A folder or file of the registry cannot be read or written."""


class ClockError(RegistryError):
    """The machine's clock is behind what was noted before."""


class TableError(RegistryError):
    """A table does not have the schema that `warehouse.tables` declares."""


class FaultsError(RegistryError):
    """Several faults of one document, told all at once."""

    def __init__(self, document: str, faults: Sequence[str]) -> None:
        self.document = document
        self.faults = tuple(faults)
        listed = "\n".join(f"  {number}. {fault}" for number, fault in enumerate(self.faults, start=1))
        noun = "fault" if len(self.faults) == 1 else "faults"
        super().__init__(f"{document}: {len(self.faults)} {noun}\n{listed}")


class ContractError(FaultsError):
    """A contract, or a set of contracts, cannot be used."""


class ModelError(FaultsError):
    """A linkage model file cannot be used."""


class RuleError(FaultsError):
    """Rule packs or agreements cannot be used."""


class DeliveryError(RegistryError):
    """A delivery cannot be read as its contract says; nothing of it was taken in."""


class RefusedError(DeliveryError):
    """One delivery, named by its id, cannot be read; others of its contract may be."""

    def __init__(self, delivery_id: str, reason: str) -> None:
        self.delivery_id = delivery_id
        super().__init__(reason)


class MissingError(DeliveryError):
    """There is no delivery where one was looked for."""


class LinkageError(RegistryError):
    """The records cannot be linked."""


class PublicationError(RegistryError):
    """A release could not be published; the current release is untouched."""


class AuditError(RegistryError):
    """The audit log is not the one that was written."""


class KeyringError(RegistryError):
    """A key is missing, is not the right one, or could be read by others."""


class RightsError(RegistryError):
    """A person's request cannot be granted as it was put."""
