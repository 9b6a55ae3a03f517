"""The profiles of all deliveries that ever were in use, a file each."""

from __future__ import annotations

from pathlib import Path

from quality.drift.profile import Profile, read_profile
from warehouse.errors import StorageError
from warehouse.layout import PRIVATE_FILE, Layout, private_folder


def profile_path(layout: Layout, contract_id: str, delivery_id: str) -> Path:
    """Where the profile of one delivery lies."""
    return layout.state / "profiles" / contract_id / f"{delivery_id}.json"


def remember(layout: Layout, contract_id: str, known: Profile) -> None:
    """Keep the profile; one of the same delivery is replaced."""
    path = profile_path(layout, contract_id, known.delivery_id)
    private_folder(path.parent)
    partial = path.with_suffix(".partial")
    partial.write_text(known.written(), encoding="utf-8")
    partial.chmod(PRIVATE_FILE)
    partial.replace(path)


def recall(layout: Layout, contract_id: str, delivery_id: str, raw: Path) -> Profile | None:
    """The profile kept of one delivery; None where there is none, or the rows at `raw` were read anew since."""
    path = profile_path(layout, contract_id, delivery_id)
    if not path.exists() or path.stat().st_mtime_ns < raw.stat().st_mtime_ns:
        return None
    return _read(path)


def earlier(layout: Layout, contract_id: str, than: Profile) -> list[Profile]:
    """The profiles of deliveries that describe an earlier day, oldest first; of each day the one supplied last."""
    folder = profile_path(layout, contract_id, "").parent
    files = sorted(folder.glob("*.json"), key=lambda path: (path.stat().st_mtime_ns, path.name))
    by_day = {known.as_of_date or "": known for known in map(_read, files)}
    return [by_day[day] for day in sorted(by_day) if day < (than.as_of_date or "")]


def _read(path: Path) -> Profile:
    try:
        return read_profile(path.read_text(encoding="utf-8"))
    except (ValueError, TypeError):
        raise StorageError(f"{path}: is damaged. Remove the file; the next run makes it anew.") from None
