"""Baseline: what the last whole linkage left, which an incremental one starts from.

It is linked to in one step when a linkage has ended, so a run that broke off leaves the one before it.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from warehouse.layout import PRIVATE_FILE, private_folder
from warehouse.manifest import sha256_of

KEPT = ("record_nodes", "features", "edges", "clusters", "record_prints", "bearings", "obeyed")


@dataclass(frozen=True)
class Baseline:
    """The folder of the last whole linkage's tables, and the folder where stages write theirs."""

    folder: Path
    written: Path

    def __getattr__(self, name: str) -> Path:
        """The kept table of that name."""
        if name not in KEPT:
            raise AttributeError(name)
        return self.folder / f"{name}.parquet"

    def exists(self) -> bool:
        """Whether a linkage has ended whole since the last change of format."""
        return (self.folder / "spine.json").exists() and all(getattr(self, name).exists() for name in KEPT)

    def commit(self, spine: Path) -> None:
        """Take the tables as written to be the baseline, at one stroke; `spine` is remembered by its hash."""
        beside = self.folder.with_suffix(".next")
        shutil.rmtree(beside, ignore_errors=True)
        private_folder(beside)
        for name in KEPT:
            os.link(self.written / f"{name}.parquet", beside / f"{name}.parquet")
        (beside / "spine.json").write_text(json.dumps(sha256_of(spine)), encoding="utf-8")
        (beside / "spine.json").chmod(PRIVATE_FILE)
        shutil.rmtree(self.folder, ignore_errors=True)
        beside.rename(self.folder)

    def drop(self) -> None:
        """Forget the baseline: what follows does not build on it, and may break off."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def is_of(self, spine: Path) -> bool:
        """Whether the ledger of ids is the one that this baseline's linkage wrote."""
        told = json.loads((self.folder / "spine.json").read_text(encoding="utf-8"))
        return spine.exists() and bool(told == sha256_of(spine))
