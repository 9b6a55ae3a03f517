"""Going back to a release of before, when the current one turns out to be wrong."""

from __future__ import annotations

from pathlib import Path

from warehouse.audit_log import record
from warehouse.errors import PublicationError
from warehouse.layout import Layout
from warehouse.lock import publishing
from warehouse.manifest import Manifest, damaged_files, manifest_in
from warehouse.release.publishing import settle
from warehouse.settings import Settings
from warehouse.switch import switch_to


def roll_back(settings: Settings, release_id: str | None, reason: str) -> Manifest:
    """Make `release_id`, or the release before the current one, current again; return its manifest.

    Every file of it is held against its manifest first. Raises `PublicationError` where there is no such
    release or it is damaged.
    """
    layout = Layout(settings.home)
    with publishing(settings):
        settle(layout)
        folder = layout.releases / release_id if release_id else _before_current(layout)
        manifest = manifest_in(folder) if folder.parent == layout.releases else None
        if manifest is None:
            held = ", ".join(release.name for release in kept_releases(layout)) or "none"
            raise PublicationError(f"{folder.name}: not a release of {layout.releases}. Kept are: {held}.")
        damaged = damaged_files(manifest, folder)
        if damaged:
            raise PublicationError(
                f"{folder}: {len(damaged)} files are not what was published ({damaged[0]}); the current release "
                "stays. Choose another release, or restore the folder from a backup."
            )
        left = layout.current.resolve().name
        switch_to(layout, folder)
        record(layout, "release.rolled_back", {"release": manifest.release_id, "from": left, "reason": reason})
    return manifest


def kept_releases(layout: Layout) -> list[Path]:
    """The folders of the releases that are kept, oldest first."""
    return sorted(path for path in layout.releases.glob("*") if path.is_dir() and not path.name.endswith(".partial"))


def _before_current(layout: Layout) -> Path:
    current = layout.current.resolve()
    before = [folder for folder in kept_releases(layout) if folder.name < current.name]
    if not before:
        raise PublicationError(f"{layout.releases}: no release is kept from before the current one.")
    return before[-1]
