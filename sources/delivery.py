"""What institutions have delivered: the files in the landing zone, grouped and fingerprinted."""

from __future__ import annotations

import hashlib
import re
from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from os.path import commonpath
from pathlib import Path

from sources.contract import SourceContract
from warehouse.errors import DeliveryError, MissingError

BESIDE = (".partial", ".tmp", ".sha256", ".done")
UPDATE = "update-"
PACKED = (".gz", ".zip")
DATE_IN_NAME = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<mark>[-_.]?)(?P<month>0[1-9]|1[0-2])"
    r"(?:(?P=mark)(?P<day>\d\d))?(?!\d)"
)

REVISION_IN_NAME = re.compile(r"(?i)(?<=[_.-])(?:r|rev|v|resupply)[-_]?(?P<number>\d{1,3})(?=[_.-]|$)")
"""How the name of a corrected file says so: students_2026-10_r2.xlsx replaces students_2026-10.xlsx."""


@dataclass(frozen=True)
class Delivery:
    """The files of one contract that describe one day: parts of one extract, whole or a delta.

    `sha256` is the file's own digest, or for several parts the digest of theirs, one a line.
    `repeats` names files left out because they hold the very bytes of another. `replaces` gives the ids of
    deliveries of the same day with a lower revision in their names, which this one replaces.
    """

    contract_id: str
    delivery_id: str
    files: tuple[Path, ...]
    as_of_date: date | None
    sha256: str
    size: int
    repeats: tuple[Path, ...] = ()
    is_delta: bool = False
    replaces: tuple[str, ...] = ()

    @property
    def file_names(self) -> tuple[str, ...]:
        """What to call the files: their paths from the folder that holds them all."""
        folder = Path(commonpath([file.parent for file in self.files]))
        return tuple(file.relative_to(folder).as_posix() for file in self.files)


@dataclass(frozen=True)
class _Landed:
    path: Path
    as_of_date: date | None
    sha256: str
    size: int


def find_deliveries(contract: SourceContract, landing: Path) -> list[Delivery]:
    """The contract's deliveries under `landing`, oldest first, the undated one before all.

    A delivery whose bytes came before under another date is listed once, with the earlier date.
    Raises `DeliveryError` where there is none, or where a file is damaged or lies elsewhere.
    """
    by_date: dict[tuple[date, bool], list[_Landed]] = defaultdict(list)
    snapshots = set(_snapshots(contract, landing))
    for path in delivered_files(contract, landing):
        _check_day(path)
        landed = _fingerprint(path)
        is_delta = contract.delivers == "delta" and path not in snapshots
        by_date[landed.as_of_date or date.min, is_delta].append(landed)
    if not by_date:
        raise MissingError(
            f"{contract.id}: no file in {landing} matches {contract.path}. "
            "Put the extract there, or mend the path in the contract."
        )
    found = [_latest_revision(contract, by_date[key], is_delta=key[1]) for key in sorted(by_date)]
    return found if contract.delivers == "delta" else _without_repeats(found)


def deliveries_in_use(contract: SourceContract, deliveries: list[Delivery]) -> list[Delivery]:
    """Those that count today: of snapshots the latest, with the deltas after it; of what only adds, every one.

    Raises `DeliveryError` for a delta before any snapshot, or without a date, and for a delivery that lacks parts.
    """
    used = _from_last_snapshot(contract, deliveries) if contract.delivers == "delta" else deliveries
    used = used[-1:] if contract.delivers == "snapshot" else used
    for delivery in used:
        _check_parts(contract, delivery)
    return list(used)


def _from_last_snapshot(contract: SourceContract, deliveries: list[Delivery]) -> list[Delivery]:
    undated = [name for each in deliveries if each.as_of_date is None for name in each.file_names]
    if undated:
        raise DeliveryError(
            f"{', '.join(undated)}: the name tells no date, so nobody knows which delta comes first. "
            "Name snapshots and deltas by the day they describe."
        )
    places = [place for place, delivery in enumerate(deliveries) if not delivery.is_delta]
    if not places:
        raise DeliveryError(
            f"{deliveries[0].file_names[0]}: a delta before its snapshot; {contract.id} has delivered no file "
            f"that matches {contract.reading.snapshot_path}. Deliver the snapshot that the delta follows on."
        )
    return deliveries[places[-1] :]


def _check_parts(contract: SourceContract, delivery: Delivery) -> None:
    wanted, found = contract.reading.parts, len(delivery.files)
    if wanted not in (None, found):
        raise DeliveryError(
            f"{', '.join(delivery.file_names)}: {found} of the {wanted} parts that {contract.id} delivers together. "
            "Deliver the others, under names of the same day."
        )


def _check_day(path: Path) -> None:
    """Raise for a day after the running month, by whose end many name an extract that they write within it."""
    day = as_of_date(path.name)
    tomorrow = date.today() + timedelta(days=1)  # which has begun where the sun rises earlier
    if day and day > tomorrow.replace(day=monthrange(tomorrow.year, tomorrow.month)[1]):
        raise DeliveryError(
            f"{path.name}: its date lies in the future ({day}). Rename the file by the day it describes."
        )


def _snapshots(contract: SourceContract, landing: Path) -> Iterator[Path]:
    """The files that the pattern of snapshots matches."""
    pattern = contract.reading.snapshot_path
    if pattern and contract.delivers == "delta":
        yield from (path for packing in ("", *PACKED) for path in landing.glob(pattern + packing))


def revision(name: str) -> int:
    """The revision that a file's `name` tells, 0 where it tells none."""
    found = REVISION_IN_NAME.findall(name)
    return int(found[-1]) if found else 0


def is_unchanged(delivery: Delivery) -> bool:
    """Whether the files still hold the bytes that were fingerprinted."""
    return _joint_digest([_fingerprint(path) for path in delivery.files]) == delivery.sha256


def as_of_date(name: str) -> date | None:
    """The last date that a file's `name` tells; a month means its last day.

    Raises `DeliveryError` for a day that does not exist.
    """
    found = list(DATE_IN_NAME.finditer(name))
    if not found:
        return None
    year, month, day = (int(found[-1][part] or 0) for part in ("year", "month", "day"))
    last = monthrange(year, month)[1]
    if found[-1]["day"] and not 1 <= day <= last:
        raise DeliveryError(f"{name}: {found[-1][0]} is no date. Rename the file by the day it describes.")
    return date(year, month, day or last)


def delivered_files(contract: SourceContract, landing: Path) -> Iterator[Path]:
    """The files under `landing` that the contract's path matches, sorted; raise `DeliveryError` for a link outside."""
    pattern = contract.path
    matched = {path for packing in ("", *PACKED) for path in landing.glob(pattern + packing)}
    matched |= set(_snapshots(contract, landing))
    for path in sorted(matched):
        hidden = any(part.startswith(".") for part in path.relative_to(landing).parts)
        if hidden or path.is_dir() or path.name.endswith(BESIDE):
            continue
        if not path.resolve().is_relative_to(landing.resolve()):
            raise DeliveryError(f"{path}: a link that leads out of the landing zone. Put the file itself there.")
        yield path


def _fingerprint(path: Path) -> _Landed:
    try:
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        size = path.stat().st_size
        promised = _promised_digest(path)
    except OSError as error:
        raise DeliveryError(f"{path}: cannot be read ({error.strerror}). Mend its rights.") from None
    if promised not in (None, sha256):
        raise DeliveryError(
            f"{path}: its SHA-256 is not the one in {path.name}.sha256; it changed on the way. Deliver it again."
        )
    return _Landed(path, as_of_date(path.name), sha256, size)


def _promised_digest(path: Path) -> str | None:
    beside = path.with_name(path.name + ".sha256")
    if not beside.exists():
        return None
    words = beside.read_text(encoding="ascii", errors="replace").split()
    return words[0].lower() if words else ""


def _delivery(contract: SourceContract, landed: list[_Landed], is_delta: bool) -> Delivery:
    parts = {item.sha256: item for item in reversed(landed)}  # of equal bytes the first name stays
    kept = [item for item in landed if parts[item.sha256] is item]
    sha256, day = _joint_digest(kept), kept[0].as_of_date
    update = UPDATE if is_delta else ""  # sorts after any digest: a delta follows the snapshot of its day
    return Delivery(
        contract_id=contract.id,
        delivery_id=f"{day or 'undated'}-{update}{sha256[:12]}",
        files=tuple(item.path for item in kept),
        as_of_date=day,
        sha256=sha256,
        size=sum(item.size for item in kept),
        repeats=tuple(item.path for item in landed if parts[item.sha256] is not item),
        is_delta=is_delta,
    )


def _latest_revision(contract: SourceContract, landed: list[_Landed], is_delta: bool) -> Delivery:
    """The delivery of one day: the files of its highest revision, which replace all files of lower ones."""
    revisions: dict[int, list[_Landed]] = defaultdict(list)
    for item in landed:
        revisions[revision(item.path.name)].append(item)
    *earlier, latest = [_delivery(contract, revisions[number], is_delta) for number in sorted(revisions)]
    replaced = dict.fromkeys(each.delivery_id for each in earlier if each.sha256 != latest.sha256)
    return replace(latest, replaces=tuple(replaced))


def _joint_digest(landed: list[_Landed]) -> str:
    digests = [item.sha256 for item in landed]
    return digests[0] if len(digests) == 1 else hashlib.sha256("\n".join(digests).encode()).hexdigest()


def _without_repeats(deliveries: list[Delivery]) -> list[Delivery]:
    first: dict[str, Delivery] = {}
    for delivery in deliveries:
        earlier = first.get(delivery.sha256)
        if earlier is None:
            first[delivery.sha256] = delivery
        else:
            repeats = (*earlier.repeats, *delivery.files, *delivery.repeats)
            first[delivery.sha256] = replace(earlier, repeats=repeats)
    return list(first.values())
