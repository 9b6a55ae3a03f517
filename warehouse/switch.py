"""The one step that makes a release current, and what makes it last: names are switched only over durable files."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from warehouse.layout import Layout

PARTIAL = ".partial"


def switch_to(layout: Layout, release: Path) -> None:
    """Point `current` to the folder `release` in one rename; readers see the old release or the new one."""
    link = layout.home / f"current{PARTIAL}"
    link.unlink(missing_ok=True)
    link.symlink_to(release.relative_to(layout.home), target_is_directory=True)
    link.replace(layout.current)
    make_durable(layout.home)


def make_durable(path: Path) -> None:
    """Wait until the disk has the file or the folder's names."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def discard(folder: Path) -> None:
    """Remove `folder`; it loses its name first, so that a crash leaves nothing that looks whole."""
    doomed = folder.with_name(folder.name.removesuffix(PARTIAL) + PARTIAL)
    folder.rename(doomed)
    shutil.rmtree(doomed)
