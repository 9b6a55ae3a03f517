"""Everything that a release is made of, fingerprinted part by part, so that a run with nothing new need not be."""

import hashlib
import json
import platform
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from importlib.metadata import distributions
from pathlib import Path

from linkage.judgements import judgements_path
from linkage.model_file import load_model
from sources.catalogue import Catalogue
from sources.delivery import delivered_files
from warehouse.errors import RegistryError
from warehouse.keyring import open_keyring
from warehouse.layout import Layout
from warehouse.manifest import sha256_of
from warehouse.referrals import referrals_path
from warehouse.rights import rights_path
from warehouse.settings import Settings

PROGRAM = ("linkage", "pipelines", "quality", "sources", "warehouse")
CONTRACT_FILES = {".yaml", ".yml", ".csv"}
PROGRAM_FILES = {".py", ".sql", ".yaml", ".csv", ".json", ".j2", ".html"}

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
        "contracts": lambda: _files(settings.sources, CONTRACT_FILES),
        "linkage model": lambda: _model(settings),
        "truth": lambda: _file(settings.truth),
        "judgements": lambda: _file(judgements_path(Layout(settings.home))),
        "rights": lambda: _file(rights_path(Layout(settings.home))),
        "referrals": lambda: _file(referrals_path(Layout(settings.home))),
        "settings": lambda: _hash([settings.seed, settings.small_cell, settings.birth_band, settings.keep_releases]),
        "keys": lambda: _hash(f"{key.id} {key.made_at}" for key in open_keyring(settings).keys),
        "day": lambda: _day(catalogue),
        "program": _program,
    }
    return {name: _told(fingerprint) for name, fingerprint in parts.items()}


def _told(fingerprint: Callable[[], str | None]) -> str | None:
    try:
        return fingerprint()
    except (RegistryError, OSError):  # the run meets it too, and tells it better
        return None


def _delivered(settings: Settings, catalogue: Catalogue) -> str:
    files = {file for contract in catalogue.contracts for file in delivered_files(contract, settings.landing)}
    digests = {file.with_name(f"{file.name}.sha256") for file in files}
    return _contents(settings.landing, [*files, *(file for file in digests if file.exists())])


def _model(settings: Settings) -> str:
    parameters = settings.parameters or load_model(settings.model).parameters
    return _hash([_file(settings.model), _file(Path(parameters) if parameters else None)])


def _day(catalogue: Catalogue) -> str:
    """Today, where the retention of some contract may end with it."""
    bound = any(contract.terms.retention_months is not None for contract in catalogue.contracts)
    return datetime.now(UTC).date().isoformat() if bound else ""


def _program() -> str:
    """The program itself, the libraries under it, and the Python that runs it."""
    root = Path(__file__).resolve().parents[1]
    libraries = sorted(f"{each.name} {each.version}" for each in distributions())
    return _hash([platform.python_version(), *libraries, *(_files(root / name, PROGRAM_FILES) for name in PROGRAM)])


def _files(folder: Path, endings: set[str]) -> str:
    return _contents(folder, [file for file in folder.rglob("*") if file.suffix in endings and file.is_file()])


def _contents(folder: Path, files: Iterable[Path]) -> str:
    return _hash(f"{file.relative_to(folder)} {sha256_of(file)}" for file in sorted(files))


def _file(path: Path | None) -> str:
    return sha256_of(path) if path is not None and path.exists() else ""


def _hash(parts: Iterable[object]) -> str:
    return hashlib.sha256(json.dumps([str(part) for part in parts]).encode()).hexdigest()
