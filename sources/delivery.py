"""What institutions have delivered: the files in the landing zone, grouped and fingerprinted."""

from __future__ import annotations

import hashlib
import re
from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from os.path import commonpath
from pathlib import Path

from sources.contract import SourceContract
from warehouse.errors import DeliveryError

BESIDE = (".partial", ".tmp", ".sha256", ".done")
PACKED = (".gz", ".zip")
DATE_IN_NAME = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<mark>[-_.]?)(?P<month>0[1-9]|1[0-2])"
    r"(?:(?P=mark)(?P<day>\d\d))?(?!\d)"
)


@dataclass(frozen=True)
class Delivery:
    """The files of one contract that describe one day: parts of one extract.

    `sha256` is the file's own digest, or for several parts the digest of theirs, one a line.
    `repeats` names files left out because they hold the very bytes of another.
    """

    contract_id: str
    delivery_id: str
    files: tuple[Path, ...]
    as_of_date: date | None
    sha256: str
    size: int
    repeats: tuple[Path, ...] = ()

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
    by_date: dict[date | None, list[_Landed]] = defaultdict(list)
    for path in delivered_files(contract, landing):
        landed = _fingerprint(path)
        by_date[landed.as_of_date].append(landed)
    if not by_date:
        raise DeliveryError(
            f"{contract.id}: no file in {landing} matches {contract.server.path}. "
            "Put the extract there, or mend the path in the contract."
        )
    dates = sorted(by_date, key=lambda day: day or date.min)
    return _without_repeats([_delivery(contract, by_date[day]) for day in dates])


def deliveries_in_use(contract: SourceContract, deliveries: list[Delivery]) -> list[Delivery]:
    """Those that count today: of persons only the latest, which tells all; of events every one."""
    return deliveries[-1:] if contract.terms.role == "persons" else list(deliveries)


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
    pattern = str(contract.server.path)
    matched = {path for packing in ("", *PACKED) for path in landing.glob(pattern + packing)}
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


def _delivery(contract: SourceContract, landed: list[_Landed]) -> Delivery:
    parts = {item.sha256: item for item in reversed(landed)}  # of equal bytes the first name stays
    kept = [item for item in landed if parts[item.sha256] is item]
    sha256, day = _joint_digest(kept), kept[0].as_of_date
    return Delivery(
        contract_id=contract.id,
        delivery_id=f"{day or 'undated'}-{sha256[:12]}",
        files=tuple(item.path for item in kept),
        as_of_date=day,
        sha256=sha256,
        size=sum(item.size for item in kept),
        repeats=tuple(item.path for item in landed if parts[item.sha256] is not item),
    )


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
