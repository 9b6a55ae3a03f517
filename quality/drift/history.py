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


def earlier(layout: Layout, contract_id: str, than: Profile, replaced: frozenset[str] = frozenset()) -> list[Profile]:
    """The profiles of deliveries that describe an earlier day, oldest first, without those `replaced` (by id)."""
    folder = profile_path(layout, contract_id, "").parent
    known = [_read(path) for path in sorted(folder.glob("*.json"))]
    before = [
        each
        for each in known
        if each.delivery_id not in replaced | {than.delivery_id} and (each.as_of_date or "") < (than.as_of_date or "")
    ]
    return sorted(before, key=lambda each: (each.as_of_date or "", each.delivery_id))


def _read(path: Path) -> Profile:
    try:
        return read_profile(path.read_text(encoding="utf-8"))
    except (ValueError, TypeError):
        raise StorageError(f"{path}: is damaged. Remove the file; the next run makes it anew.") from None
