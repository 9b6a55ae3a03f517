"""Backup and restore: one archive of all that could not be made again from the institutions' deliveries.

What is kept: the state (ledgers, identity, judgements, rights, audit log, history), the spine and what an incremental
linkage starts from, the rows taken in or quarantined, what databases answered, and the current release with its vault.
The keys are never in it: whoever has the archive and the keys has everybody. All else is made again by a build.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from warehouse.audit_log import record
from warehouse.errors import StorageError
from warehouse.handover import handed_over
from warehouse.layout import PRIVATE_FILE, PRIVATE_FOLDER, Layout, private_folder
from warehouse.lock import only_run, publishing
from warehouse.manifest import read_manifest, sha256_of
from warehouse.privacy.keyring import Keyring, key_path, open_keyring
from warehouse.settings import Settings
from warehouse.state_version import refuse_newer, state_version
from warehouse.switch import PARTIAL, make_durable, switch_to

MANIFEST = "backup.json"
FORMAT = 1
PASSING = (".lock", PARTIAL, "stamp.json")
"""Endings of what belongs to runs under way, or lets a run be left out that a restored home needs."""


@dataclass(frozen=True)
class Backup:
    """What an archive holds. `keys` are fingerprints of the keys it needs, `files` hashes by path within the home."""

    format: int
    made_at: str
    program: str
    state_version: int
    release: str
    keys: Mapping[str, str]
    files: Mapping[str, str]


def back_up(settings: Settings, folder: Path, also: Sequence[Path], *, with_deliveries: bool = False) -> Path:
    """Write the archive of the home into `folder` and return its path.

    `also` are files and folders of the home to keep that only its stages know. Nothing runs or is published
    meanwhile; raises `StorageError` where a run is under way, or where nothing was published yet.
    """
    layout, moment = Layout(settings.home), datetime.now(UTC)
    with only_run(settings), publishing(settings):
        manifest = read_manifest(layout)
        if manifest is None:
            raise StorageError(f"{layout.home}: nothing was published there yet, so there is nothing to keep.")
        target = private_folder(folder.absolute()) / f"padron-{moment:%Y%m%dT%H%M%SZ}.tar"
        record(layout, "backup.made", {"archive": target.name, "release": manifest.release_id})
        release = (layout.releases / manifest.release_id, layout.vault(manifest.release_id))
        kept = [layout.state, layout.queried, *_taken_in(layout), *release, *also]
        files = _files(layout.home, kept) | (_deliveries(settings) if with_deliveries else {})
        backup = Backup(
            format=FORMAT,
            made_at=moment.isoformat(timespec="seconds"),
            program=version("padron"),
            state_version=state_version(layout),
            release=manifest.release_id,
            keys=_fingerprints(open_keyring(settings)),
            files={name: sha256_of(path) for name, path in files.items()},
        )
        with handed_over(target) as partial:
            _write(partial, backup, files)
            make_durable(partial)
    return target


def restore(settings: Settings, archive: Path, keys: Path | None = None) -> Backup:
    """Make the home what it was when `archive` was made; return what the archive says.

    `keys` is a copy of the key file, where neither `PADRON_KEYRING` nor `PADRON_KEY_FILE` gives the keys. The home
    must be empty or not be there; it appears whole, in one rename. Raises `StorageError` for anything else, and
    for an archive that is damaged, newer than this program, or made under other keys.
    """
    home = settings.home
    if home.exists() and any(home.iterdir()):
        raise StorageError(f"{home}: is not empty. Restore into a new folder: padron restore … --home NEW")
    partial = home.with_name(f"{home.name}{PARTIAL}")
    shutil.rmtree(partial, ignore_errors=True)
    private_folder(partial)
    try:
        backup = _unpacked(archive, partial)
        layout = Layout(partial)
        _give_keys(settings, backup, partial, keys)
        switch_to(layout, layout.releases / backup.release)
        if home.exists():
            home.rmdir()
        partial.rename(home)
        make_durable(home.parent)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    record(Layout(home), "backup.restored", {"archive": archive.name, "release": backup.release})
    return backup


def read_backup(archive: Path) -> Backup:
    """What the archive says of itself; raise `StorageError` for a file that is none, or a newer one."""
    try:
        with tarfile.open(archive) as tar:
            member = tar.next()
            told = tar.extractfile(member) if member and member.name == MANIFEST else None
            document = json.load(told) if told else {}
        if document.get("format", FORMAT) > FORMAT:
            raise StorageError(f"{archive}: made by a newer Padrón ({document.get('program')}). Install that one.")
        return Backup(**document)
    except (OSError, tarfile.TarError, ValueError, TypeError) as error:
        reason = getattr(error, "strerror", None) or "not an archive of padron backup, or cut short"
        raise StorageError(f"{archive}: cannot be read ({reason}). Take an earlier archive.") from None


def _files(home: Path, kept: Sequence[Path]) -> dict[str, Path]:
    """Every file under the kept places by its path within the home, in order."""
    found = (path for place in kept for path in (place.rglob("*") if place.is_dir() else [place]) if path.is_file())
    named = {str(path.relative_to(home)): path for path in found if not path.name.endswith(PASSING)}
    return dict(sorted(named.items()))


def _taken_in(layout: Layout) -> tuple[Path, ...]:
    """What was read of deliveries, which may be gone from the landing zone, and which of them are good."""
    raw, quarantine = (
        layout.raw("contract", "delivery").parents[1],
        layout.quarantine("contract", "delivery").parents[2],
    )
    return (raw, layout.deliveries("contract").parent, quarantine)


def _deliveries(settings: Settings) -> dict[str, Path]:
    """The landing zone, to lie in the restored home whatever its place was."""
    found = {path: path.relative_to(settings.landing) for path in settings.landing.rglob("*") if path.is_file()}
    return {f"landing/{name}": path for path, name in sorted(found.items())}


def _write(target: Path, backup: Backup, files: Mapping[str, Path]) -> None:
    with tarfile.open(target, "w") as tar:
        document = json.dumps(asdict(backup), indent=1).encode()
        told = tarfile.TarInfo(MANIFEST)
        told.size, told.mode = len(document), PRIVATE_FILE
        tar.addfile(told, io.BytesIO(document))
        for name, path in files.items():
            tar.add(path, name, recursive=False)


def _unpacked(archive: Path, folder: Path) -> Backup:
    """Unpack the archive into `folder`; every file is as it was packed, and private."""
    backup = read_backup(archive)
    refuse_newer(backup.state_version, str(archive))
    try:
        with tarfile.open(archive) as tar:
            tar.extractall(folder, filter="data")
    except (OSError, tarfile.TarError) as error:
        reason = getattr(error, "strerror", None) or "it was cut short or changed"
        raise StorageError(f"{archive}: cannot be unpacked ({reason}). Nothing was restored.") from None
    (folder / MANIFEST).unlink()
    found = {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file()}
    for path in folder.rglob("*"):
        path.chmod(PRIVATE_FOLDER if path.is_dir() else PRIVATE_FILE)
    damaged = [name for name, sha256 in backup.files.items() if name not in found or sha256_of(found[name]) != sha256]
    if damaged or set(found) - set(backup.files):
        raise StorageError(f"{archive}: {len(damaged)} files are not as they were kept. Take an earlier archive.")
    return backup


def _give_keys(settings: Settings, backup: Backup, partial: Path, keys: Path | None) -> None:
    """Lay the key file into the home to be, and hold the keys against those that the archive was made under."""
    if keys is not None:
        inside = private_folder(partial / "keys") / "keyring.json"
        shutil.copyfile(keys, inside)
        inside.chmod(PRIVATE_FILE)
        ring = open_keyring(_at(settings, inside), {})
    elif "PADRON_KEYRING" in os.environ or (settings.key_file and key_path(settings).exists()):
        ring = open_keyring(settings)
    else:
        raise StorageError(
            "The keys are not in the archive, and without them everybody's pseudonyms would change. Name the copy "
            "of the key file: padron restore … --keys FILE"
        )
    held = _fingerprints(ring)
    missing = sorted(name for name, print_ in backup.keys.items() if held.get(name) != print_)
    if missing:
        raise StorageError(f"These are not the keys of that home: {', '.join(missing)} is missing or another one.")


def _at(settings: Settings, key_file: Path) -> Settings:
    return Settings(home=settings.home, sources=settings.sources, landing=settings.landing, key_file=key_file)


def _fingerprints(ring: Keyring) -> dict[str, str]:
    """What tells each key from any other and tells nothing of it."""
    return {key.id: hashlib.sha256(b"padron key " + key.material).hexdigest()[:16] for key in ring.keys}
