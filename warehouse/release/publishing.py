"""A release: written, audited, then published; whole or not at all.

It is built beside its final place, audited, made durable, renamed, and only then does `current` point to
it: a reader sees the old release or the new one, whatever happens in between.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from warehouse.audit_log import read_audit, record
from warehouse.errors import PublicationError, StorageError
from warehouse.history.changes import write_feed
from warehouse.layout import PRIVATE_FILE, Layout, private_folder
from warehouse.limits import limit_reached
from warehouse.lock import publishing
from warehouse.manifest import (
    MadeOf,
    Manifest,
    PublishedTable,
    manifest_in,
    read_manifest,
    sha256_of_all,
    write_manifest,
)
from warehouse.privacy.keyring import ANALYSTS, VAULT, Keyring, open_keyring
from warehouse.privacy.staging import stage_tables
from warehouse.privacy.vault import write_vault
from warehouse.release.audit_checks import audit_staged
from warehouse.release.carrying import carry_over, shown_as
from warehouse.release.database import write_database
from warehouse.session import open_session
from warehouse.settings import Settings
from warehouse.storage import row_count
from warehouse.switch import PARTIAL, discard, make_durable, switch_to
from warehouse.table import Table


def publish(
    settings: Settings,
    tables: Mapping[Table, Path],
    made_of: MadeOf,
    code_version: str,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    vault: Mapping[str, str] | None = None,
    withheld: frozenset[str] = frozenset(),
    erased_at: str = "",
) -> Manifest:
    """Publish `tables` (declared table → Parquet file) as a release and make it current.

    The release holds what analysts may see: pseudonyms under their key, no small cells. `vault` names the queries
    whose rows are encrypted and laid beside it. Rows about the ids `withheld` are not published. Releases from
    before `erased_at`, when somebody was last erased, are forgotten.
    A release of the same content as the current one is not made again: the current manifest is returned.
    Another publication in the same home is waited for. Raises `PublicationError`; the current release
    then stays as it was.
    """
    layout = Layout(settings.home)
    with publishing(settings), _told(layout):
        settle(layout)
        ring = open_keyring(settings)
        hashes = dict(zip(tables, sha256_of_all(tables.values()), strict=True))
        content = _content(settings, ring, hashes, made_of, withheld)
        current = read_manifest(layout)
        if current is not None and current.content_sha256 == content and current.published_at > erased_at:
            return current
        outline = _outline(settings, ring, made_of, code_version, content, clock())
        _lock_away(settings, ring, vault or {}, layout.vault(outline.release_id))
        shown = shown_as(settings, ring.current(ANALYSTS), hashes, withheld)
        before = current if current is not None and current.published_at > erased_at else None
        manifest = _stage(settings, ring, tables, outline, withheld, shown, before)
        _switch(layout, manifest)
        _forget_old(layout, settings.keep_releases, erased_at)
    return manifest


@contextmanager
def _told(layout: Layout) -> Iterator[None]:
    """Tell a machine that refuses as an error with its remedy; whatever failed, leave nothing that is of no release."""
    try:
        yield
    except Exception as error:
        with suppress(Exception):  # what the disk refuses now, the next publication does
            settle(layout)
        if isinstance(error, PublicationError) or not (reason := _reason(error)):
            raise
        raise PublicationError(f"{layout.releases}: the release could not be written: {reason}") from None


def _reason(error: Exception) -> str | None:
    """What the machine refused, and what to do about it; None for an error that nobody foresaw."""
    if refused := limit_reached(error):
        return refused
    if isinstance(error, StorageError):
        return str(error)
    if isinstance(error, OSError | duckdb.IOException):
        kind = type(error).__name__
        return f"{kind}. The current one stays. Free disk space or check the folder's rights, then run again."
    return None


def settle(layout: Layout) -> None:
    """Bring in order what a run that was stopped in the middle left behind.

    What is half written goes; a release that was never switched to goes; one that was switched to and
    not yet told of is told of.
    """
    _remove_partial(layout)
    entries = read_audit(layout)
    named = {
        action: {entry.facts.get("release") for entry in entries if entry.action == action}
        for action in ("release.staged", "release.published")
    }
    for release in named["release.staged"] - named["release.published"]:
        folder = layout.releases / str(release)
        if layout.current.resolve() == folder.resolve():
            record(layout, "release.published", {"release": release, "recovered": True})
        elif folder.exists():
            discard(folder)
    _remove_what_is_of_no_release(layout)


def _remove_partial(layout: Layout) -> None:
    for place in (private_folder(layout.releases), layout.vault("*").parent):
        for folder in place.glob(f"*{PARTIAL}"):
            shutil.rmtree(folder)


def _remove_what_is_of_no_release(layout: Layout) -> None:
    """Remove the vaults and the report pages of releases that are no more."""
    for folder in layout.vault("*").parent.glob("*"):
        if not (layout.releases / folder.name).exists():
            discard(folder)
    for page in layout.release_reports.glob("*.html"):
        if not (layout.releases / page.name.partition(".")[0]).exists():
            page.unlink()


def _outline(
    settings: Settings, ring: Keyring, made_of: MadeOf, code_version: str, content: str, moment: datetime
) -> Manifest:
    """The manifest of a release to be, before its tables are known."""
    named = {kind: dict(sorted(things.items())) for kind, things in asdict(made_of).items()}
    return Manifest(
        release_id=f"{moment:%Y%m%dT%H%M%SZ}-{content[:8]}",
        content_sha256=content,
        published_at=moment.isoformat(timespec="seconds"),
        code_version=code_version,
        seed=settings.seed,
        pseudonym_key=ring.current(ANALYSTS).id,
        small_cell=settings.small_cell,
        birth_band=settings.birth_band,
        tables={},
        database_sha256="",
        audit_sha256="",
        **named,
    )


def _content(
    settings: Settings, ring: Keyring, hashes: Mapping[Table, str], made_of: MadeOf, withheld: frozenset[str]
) -> str:
    named = {
        "tables": {table.name: sha256 for table, sha256 in hashes.items()},
        "made of": asdict(made_of),
        "withheld": sorted(withheld),
        "keys": [ring.current(name).id for name in (ANALYSTS, VAULT)],
        "settings": [settings.seed, settings.small_cell, settings.birth_band],
    }
    return hashlib.sha256(json.dumps(named, sort_keys=True).encode()).hexdigest()


def _lock_away(settings: Settings, ring: Keyring, queries: Mapping[str, str], folder: Path) -> None:
    """Write the release's vault, whole before the release has its name."""
    if queries:
        partial = folder.with_name(f"{folder.name}{PARTIAL}")
        with open_session(settings) as connection:
            write_vault(connection, ring, queries, partial)
        partial.rename(folder)
        make_durable(folder.parent)


def _stage(
    settings: Settings,
    ring: Keyring,
    tables: Mapping[Table, Path],
    outline: Manifest,
    withheld: frozenset[str],
    shown: Mapping[Table, str],
    before: Manifest | None,
) -> Manifest:
    """Write and audit the release beside its place, with what it may carry over from `before`; return its manifest."""
    layout = Layout(settings.home)
    folder = private_folder(layout.releases / f"{outline.release_id}{PARTIAL}")
    private_folder(folder / "parquet")
    staged = {table: folder / "parquet" / f"{table.name}.parquet" for table in tables}
    carried = carry_over(layout.current.resolve(), before, shown, staged)
    anew = {table: path for table, path in staged.items() if table not in carried}
    with open_session(settings) as connection:
        stage_tables(connection, settings, ring.current(ANALYSTS), tables, anew, withheld)
    write_feed(settings, staged, folder)
    database = folder / "registry.duckdb"
    write_database(settings, staged, database)
    audit_staged(settings, staged, database)
    database_sha256, *hashes = sha256_of_all([database, *staged.values()])
    hashed = zip(staged.items(), hashes, strict=True)
    described = {table.name: PublishedTable(row_count(path), sha256, shown[table]) for (table, path), sha256 in hashed}
    facts = {"release": outline.release_id, "content": outline.content_sha256, "tables": len(described)}
    entry = record(layout, "release.staged", facts)
    manifest = replace(
        outline, tables=dict(sorted(described.items())), database_sha256=database_sha256, audit_sha256=entry.sha256
    )
    write_manifest(manifest, folder)
    for file in (path for path in folder.rglob("*") if path.is_file()):
        file.chmod(PRIVATE_FILE)
        make_durable(file)
    make_durable(folder / "parquet")
    make_durable(folder)
    return manifest


def _switch(layout: Layout, manifest: Manifest) -> None:
    release = layout.releases / manifest.release_id
    release.with_name(f"{release.name}{PARTIAL}").rename(release)
    make_durable(layout.releases)
    switch_to(layout, release)
    record(layout, "release.published", {"release": manifest.release_id, "content": manifest.content_sha256})


def _forget_old(layout: Layout, keep: int, erased_at: str) -> None:
    """Remove all but the last `keep` releases, and every one that may still tell of somebody erased since."""
    current = layout.current.resolve()
    newest = manifest_in(current)
    now = newest.published_at if newest else ""
    releases = sorted(path for path in layout.releases.iterdir() if path.resolve() != current)
    manifests = {folder: manifest_in(folder) for folder in releases}
    outdated = [folder for folder, manifest in manifests.items() if manifest and _may_hold(manifest, now, erased_at)]
    for folder in dict.fromkeys([*releases[: max(0, len(releases) - (keep - 1))], *outdated]):
        discard(folder)
    _remove_what_is_of_no_release(layout)


def _may_hold(manifest: Manifest, now: str, erased_at: str) -> bool:
    """Whether a release may hold somebody who was erased: one from before, or from when the clock ran ahead."""
    return bool(erased_at) and (manifest.published_at <= erased_at or manifest.published_at > now)
