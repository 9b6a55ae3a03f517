"""Where things lie under the home folder, and who may read them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from warehouse.errors import StorageError
from warehouse.table import Table

PRIVATE_FOLDER = 0o700
PRIVATE_FILE = 0o600


@dataclass(frozen=True)
class Layout:
    """The folders of one installation; every path of the project comes from here."""

    home: Path

    @property
    def scratch(self) -> Path:
        """Temporary files of running steps; empty between runs."""
        return self.home / "scratch"

    @property
    def state(self) -> Path:
        """What must outlive a run: the identity ledger, trained models, the delivery ledger."""
        return self.home / "state"

    @property
    def history(self) -> Path:
        """What each release changed of what was known; it outlives the releases."""
        return self.state / "history"

    @property
    def releases(self) -> Path:
        """One folder a published release."""
        return self.home / "releases"

    @property
    def current(self) -> Path:
        """A symbolic link to the release that readers should open."""
        return self.home / "current"

    def vault(self, release_id: str) -> Path:
        """The encrypted tables that say who the people of one release are."""
        return self.home / "vault" / release_id

    @property
    def reports(self) -> Path:
        """Reports for people: quality reports, and what each institution is asked to mend."""
        return self.home / "reports"

    @property
    def release_reports(self) -> Path:
        """Pages about each release, their names begin with its id; they go when it goes."""
        return self.reports / "releases"

    @property
    def dagster(self) -> Path:
        """Dagster's own storage and its `dagster.yaml`."""
        return self.home / "dagster"

    @property
    def queried(self) -> Path:
        """What was asked of sources that are databases, a folder a contract and a file a day."""
        return self.home / "queried"

    def raw(self, contract_id: str, delivery_id: str) -> Path:
        """The accepted rows of one delivery, as text, before any cleaning."""
        return self.home / "lake" / "raw" / contract_id / f"{delivery_id}.parquet"

    def raw_upserts(self, contract_id: str, delivery_id: str) -> Path:
        """The accepted rows of a delta that say what a record is; the others say that it is deleted."""
        return self.home / "lake" / "raw" / contract_id / f"{delivery_id}.upserts.parquet"

    def deliveries(self, contract_id: str) -> Path:
        """The deliveries of one contract that are in use, with their counts."""
        return self.home / "lake" / "deliveries" / f"{contract_id}.parquet"

    def corrections(self, contract_id: str, delivery_id: str) -> Path:
        """What the institution is asked to mend in one delivery; it outlives the delivery's use."""
        return self.home / "lake" / "corrections" / contract_id / f"{delivery_id}.parquet"

    def report_receipt(self, contract_id: str) -> Path:
        """What the reports about the deliveries of one contract were made of."""
        return self.home / "lake" / "corrections" / contract_id / "receipt.json"

    def good_deliveries(self, contract_id: str) -> Path:
        """The deliveries of one contract that were in use when they last kept its promises."""
        return self.home / "lake" / "deliveries" / f"{contract_id}.good.parquet"

    def refusals(self, contract_id: str) -> Path:
        """Why newer deliveries of one contract than those in use are not."""
        return self.home / "lake" / "deliveries" / f"{contract_id}.refused.json"

    def standard(self, table: Table, contract_id: str) -> Path:
        """The standardised rows of one contract, as one of the tables of `warehouse.tables`."""
        return self.home / "lake" / "standard" / contract_id / f"{table.name}.parquet"

    def standard_receipt(self, contract_id: str) -> Path:
        """What the standardised rows of one contract were made of."""
        return self.home / "lake" / "standard" / contract_id / "receipt.json"

    def outcomes(self, what: str) -> Path:
        """What came of the expectations of one stage, such as a contract's; it holds counts and row ids alone."""
        return self.state / "outcomes" / f"{what}.json"

    def linkage(self, table: Table) -> Path:
        """A table of the linkage stage."""
        return self.home / "lake" / "linkage" / f"{table.name}.parquet"

    def registry(self, table: Table) -> Path:
        """A table of the registry stage, which still holds identifying values."""
        return self.home / "lake" / "registry" / f"{table.name}.parquet"

    def mart(self, table: Table) -> Path:
        """A table as it will be published."""
        return self.home / "lake" / "marts" / f"{table.name}.parquet"

    def quarantine(self, contract_id: str, delivery_id: str) -> Path:
        """The rows of one delivery that could not be accepted, each with its reason."""
        return self.home / "quarantine" / contract_id / delivery_id / "rows.parquet"


def private_folder(path: Path) -> Path:
    """Make `path` and its parents for the owner alone; raise `StorageError` where that is impossible."""
    try:
        missing = [folder for folder in (path, *path.parents) if not folder.exists()]
        for folder in reversed(missing):
            folder.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
        if not os.access(path, os.W_OK | os.X_OK):
            raise PermissionError
    except OSError as error:
        raise StorageError(
            f"{path}: cannot write there ({error.strerror or 'permission denied'}). "
            "Choose another home with --home or PADRON_HOME, or give this account the right to write."
        ) from None
    return path
