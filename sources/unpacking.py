"""Packed deliveries opened: gzip and zip, never trusting what an archive says of itself."""

from __future__ import annotations

import gzip
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from warehouse.errors import DeliveryError

BLOCK = 1 << 20
ALWAYS_ALLOWED = 64 << 20
"""Bytes that any archive may unpack to, however small it is."""
LARGEST_RATIO = 200
LARGEST_TOTAL = 64 << 30
DAMAGED = (EOFError, OSError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError)


@dataclass(frozen=True)
class Part:
    """One plain file of a delivery: the name to tell people, and where its bytes lie."""

    name: str
    path: Path


def unpack(file: Part, scratch: Path) -> list[Part]:
    """The plain files in `file`: itself, or what its archive holds, written under `scratch`.

    Raises `DeliveryError` for a damaged archive, a name that leads elsewhere, or one that unpacks
    to over 200 times its size (64 MiB are always allowed) or to over 64 GiB.
    """
    if file.path.stat().st_size == 0:
        raise DeliveryError(f"{file.name}: is empty (0 bytes). Deliver it again.")
    with _told(file):
        if file.path.suffix.lower() == ".gz":
            return [_from_gzip(file, scratch)]
        if file.path.suffix.lower() == ".zip":
            return _from_zip(file, scratch)
    return [file]


@contextmanager
def _told(file: Part) -> Iterator[None]:
    try:
        yield
    except DAMAGED as error:
        raise DeliveryError(
            f"{file.name}: the archive is damaged or cut short ({type(error).__name__}). Deliver it again."
        ) from None


def _from_gzip(file: Part, scratch: Path) -> Part:
    with file.path.open("rb") as packed:
        if packed.read(2) != b"\x1f\x8b":
            raise DeliveryError(f"{file.name}: is named .gz but is not gzip. Compress it again, or drop the .gz.")
    target = scratch / "0"
    with gzip.open(file.path) as source:
        _copy(file, source, target, _meter(file))
    return Part(file.name, target)


def _from_zip(file: Part, scratch: Path) -> list[Part]:
    if not zipfile.is_zipfile(file.path):
        with file.path.open("rb") as packed:
            damaged = packed.read(2) == b"PK"
        what = "the archive is damaged or cut short" if damaged else "is named .zip but is not a zip archive"
        raise DeliveryError(f"{file.name}: {what}. Deliver it again.")
    meter, parts = _meter(file), []
    with zipfile.ZipFile(file.path) as archive:
        members = sorted((item for item in archive.infolist() if not item.is_dir()), key=lambda item: item.filename)
        for number, member in enumerate(members):
            _check_member(file, member)
            with archive.open(member) as source:
                _copy(file, source, scratch / str(number), meter)
            parts.append(Part(f"{file.name}/{member.filename}", scratch / str(number)))
    if not parts:
        raise DeliveryError(f"{file.name}: the archive holds no file. Deliver it again.")
    if len({part.name for part in parts}) < len(parts):
        raise DeliveryError(f"{file.name}: two files in the archive bear the same name. Deliver it again.")
    return parts


def _check_member(file: Part, member: zipfile.ZipInfo) -> None:
    path = PurePosixPath(member.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
        raise DeliveryError(f"{file.name}: holds a file whose name leads out of the archive; refused.")
    if member.flag_bits & 0x1:
        raise DeliveryError(f"{file.name}: is protected by a password. Deliver it without one.")
    if member.file_size == 0:
        raise DeliveryError(f"{file.name}/{member.filename}: is empty (0 bytes). Deliver it again.")


def _meter(file: Part) -> Callable[[int], None]:
    """A function that adds up unpacked bytes and raises once there are too many."""
    allowed = min(max(ALWAYS_ALLOWED, LARGEST_RATIO * file.path.stat().st_size), LARGEST_TOTAL)
    unpacked = 0

    def count(more: int) -> None:
        nonlocal unpacked
        unpacked += more
        if unpacked > allowed:
            raise DeliveryError(
                f"{file.name}: unpacks to over {allowed >> 20} MiB, far more than its size allows; refused. "
                "Deliver it in plain form if that is right."
            )

    return count


def _copy(file: Part, source: IO[bytes] | gzip.GzipFile, target: Path, count: Callable[[int], None]) -> None:
    with target.open("wb") as plain:
        while block := source.read(BLOCK):
            count(len(block))
            plain.write(block)
    if target.stat().st_size == 0:
        raise DeliveryError(f"{file.name}: holds an empty file (0 bytes). Deliver it again.")


def check_archive(part: Part) -> None:
    """Raise `DeliveryError` where a file that is an archive within, such as a workbook, would unpack to too much."""
    with _told(part), zipfile.ZipFile(part.path) as archive:
        _meter(part)(sum(member.file_size for member in archive.infolist()))
