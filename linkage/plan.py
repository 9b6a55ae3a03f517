"""The plan: which kind of linkage is under way, as its first stage decided, for the stages after it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from warehouse.layout import PRIVATE_FILE, private_folder

FULL, INCREMENTAL, ENDED = "full", "incremental", "incremental, ended"


@dataclass(frozen=True)
class Plan:
    """The kind of linkage, full or incremental, and why."""

    mode: str
    why: str

    def write(self, path: Path) -> None:
        """Write the plan, whole or not at all."""
        partial = private_folder(path.parent) / f"{path.name}.partial"
        partial.write_text(json.dumps(asdict(self)) + "\n", encoding="utf-8")
        partial.chmod(PRIVATE_FILE)
        partial.replace(path)

    @classmethod
    def read(cls, path: Path) -> Plan:
        """The plan at `path`; a full linkage where there is none."""
        if not path.exists():
            return cls(FULL, "no plan was made")
        return cls(**json.loads(path.read_text(encoding="utf-8")))
