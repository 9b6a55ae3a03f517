"""The version of the state that a home holds: an older one is brought up to date, a newer one is refused.

Whoever changes what lies in `state/` so that the code of before or after reads it otherwise adds one to `VERSION` and
a step to `UPGRADES`. A step may be run twice: the version is written when it has ended.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from importlib.metadata import version

from warehouse.audit_log import record
from warehouse.errors import StorageError
from warehouse.handover import handed_over
from warehouse.layout import Layout, private_folder
from warehouse.session import open_session
from warehouse.settings import Settings
from warehouse.storage import write_rows
from warehouse.tables import ENTITIES, PAST_MEMBERSHIPS

VERSION = 1
"""What this program reads and writes."""

FILE = "version.json"


def state_version(layout: Layout) -> int:
    """The version of the home's state: 0 where it is from before versions, this program's where there is none yet."""
    try:
        return int(json.loads((layout.state / FILE).read_text(encoding="utf-8"))["version"])
    except (FileNotFoundError, NotADirectoryError):
        return 0 if _ledger_exists(layout) else VERSION
    except (ValueError, KeyError, TypeError):
        raise StorageError(f"{layout.state / FILE}: damaged. Restore it from a backup.") from None


def refuse_newer(found: int, where: str) -> None:
    """Raise `StorageError` where the state is of a version that this program does not know."""
    if found > VERSION:
        raise StorageError(
            f"{where}: its state is of version {found}, and this program ({version('padron')}) knows versions up to "
            f"{VERSION}. Install the newer Padrón that wrote it; nothing was changed."
        )


def upgrade_state(settings: Settings) -> int:
    """Bring the state of the home to `VERSION`; return the version it had. Raises `StorageError` for a newer one."""
    layout = Layout(settings.home)
    found = state_version(layout)
    refuse_newer(found, str(layout.home))
    for step in range(found, VERSION):
        UPGRADES[step](settings)
        _write(layout, step + 1)
        record(layout, "state.upgraded", {"from": step, "to": step + 1})
    if not (layout.state / FILE).exists():
        _write(layout, VERSION)
    return found


def _write(layout: Layout, number: int) -> None:
    with handed_over(private_folder(layout.state) / FILE) as partial:
        partial.write_text(json.dumps({"version": number, "program": version("padron")}) + "\n", encoding="utf-8")


def _ledger_exists(layout: Layout) -> bool:
    return (layout.state / f"{ENTITIES.name}.parquet").exists()


def _keep_past_memberships(settings: Settings) -> None:
    """Give the identity ledger its table of past memberships, without which the ids it holds would be given anew."""
    path = Layout(settings.home).state / f"{PAST_MEMBERSHIPS.name}.parquet"
    if not path.exists():
        with open_session(settings) as connection:
            write_rows(connection, PAST_MEMBERSHIPS, [], path)


UPGRADES: Mapping[int, Callable[[Settings], None]] = {0: _keep_past_memberships}
"""Version → the step to the next one."""
