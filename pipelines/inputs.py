"""Everything that a release is made of, fingerprinted part by part, so that a run with nothing new need not be."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from linkage.model.file import load_model
from linkage.review.judgements import judgements_path
from sources.catalogue import Catalogue
from sources.delivery import delivered_files
from warehouse.errors import RegistryError
from warehouse.fingerprints import fingerprint, fingerprint_of_files, fingerprint_of_folder, fingerprint_of_program
from warehouse.layout import Layout
from warehouse.manifest import sha256_of
from warehouse.privacy.keyring import open_keyring
from warehouse.privacy.rights import rights_path
from warehouse.referrals import referrals_path
from warehouse.settings import Settings

CONTRACT_FILES = {".yaml", ".yml", ".csv"}

Inputs = dict[str, str | None]
"""What a part is → its fingerprint; None where it may differ at every look."""


def inputs_of(settings: Settings, catalogue: Catalogue) -> Inputs:
    """The fingerprints of all that the next release would be made of.

    Deliveries count by name and content, so that a file that was only touched is nothing new. A source that is a
    database, or a part that cannot be read, has no fingerprint: the run must see for itself.
    """
    parts: dict[str, Callable[[], str | None]] = {
        "deliveries": lambda: _delivered(settings, catalogue),
        "databases": lambda: None if any(contract.is_queried for contract in catalogue.contracts) else "",
        "contracts": lambda: fingerprint_of_folder(settings.sources, CONTRACT_FILES),
        "linkage model": lambda: _model(settings),
        "truth": lambda: _file(settings.truth),
        "judgements": lambda: _file(judgements_path(Layout(settings.home))),
        "rights": lambda: _file(rights_path(Layout(settings.home))),
        "referrals": lambda: _file(referrals_path(Layout(settings.home))),
        "settings": lambda: _settings(settings),
        "keys": lambda: fingerprint(f"{key.id} {key.made_at}" for key in open_keyring(settings).keys),
        "day": lambda: _day(catalogue),
        "program": fingerprint_of_program,
    }
    return {name: _told(take) for name, take in parts.items()}


def _told(take: Callable[[], str | None]) -> str | None:
    try:
        return take()
    except (RegistryError, OSError):  # the run meets it too, and tells it better
        return None


def _delivered(settings: Settings, catalogue: Catalogue) -> str:
    files = {file for contract in catalogue.contracts for file in delivered_files(contract, settings.landing)}
    digests = {file.with_name(f"{file.name}.sha256") for file in files}
    return fingerprint_of_files(settings.landing, [*files, *(file for file in digests if file.exists())])


def _model(settings: Settings) -> str:
    parameters = settings.parameters or load_model(settings.model).parameters
    return fingerprint([_file(settings.model), _file(Path(parameters) if parameters else None)])


def _settings(settings: Settings) -> str:
    return fingerprint([settings.seed, settings.small_cell, settings.birth_band, settings.keep_releases])


def _day(catalogue: Catalogue) -> str:
    """Today, where the retention of some contract may end with it."""
    bound = any(contract.terms.retention_months is not None for contract in catalogue.contracts)
    return datetime.now(UTC).date().isoformat() if bound else ""


def _file(path: Path | None) -> str:
    return sha256_of(path) if path is not None and path.exists() else ""
