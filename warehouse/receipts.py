"""Receipts: what files were made of, noted once they are whole, so that they are kept while nothing of that changes.

A receipt names the bytes of its files: what a crash, an erasure or a hand left otherwise is never taken for what the
receipt tells of. It is taken away before its files are made anew. The program and the libraries under it are a part of
whatever is made, so nothing outlives a change of either.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from warehouse.fingerprints import fingerprint, running_program
from warehouse.handover import handed_over
from warehouse.layout import private_folder
from warehouse.manifest import sha256_of_all


@dataclass(frozen=True)
class Receipt:
    """When files were made, the fingerprint of all that they are made of, the hash of each, and what was told of it."""

    at: str
    made_of: str
    files: Mapping[str, str]
    told: Mapping[str, Any]

    def is_of(self, made_of: Sequence[object]) -> bool:
        """The files are made of just that, by the program that runs now."""
        return self.made_of == _fingerprint(made_of)

    def hash_of(self, file: Path) -> str:
        """The hash of one of the files, as it was written."""
        return self.files[_name(file)]


def receipt_of(file: Path) -> Path:
    """Where the receipt of one file lies, beside it."""
    return file.with_name(f"{file.stem}.receipt.json")


def read_receipt(place: Path, files: Sequence[Path]) -> Receipt | None:
    """The receipt at `place`, or None unless it tells of just these `files` as they are."""
    try:
        receipt = Receipt(**json.loads(place.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return receipt if all(file.is_file() for file in files) and receipt.files == _hashes(files) else None


def write_receipt(
    place: Path, made_of: Sequence[object], files: Sequence[Path], told: Mapping[str, Any] | None = None
) -> Receipt:
    """Note at `place` that `files`, which are whole, are made of `made_of`; `told` holds no value of a person."""
    private_folder(place.parent)
    moment = datetime.now(UTC).isoformat(timespec="seconds")
    receipt = Receipt(moment, _fingerprint(made_of), _hashes(files), told or {})
    with handed_over(place) as partial:
        partial.write_text(json.dumps(asdict(receipt)) + "\n", encoding="utf-8")
    return receipt


def withdraw_receipt(place: Path) -> None:
    """Take the receipt at `place` away, before its files are made anew."""
    place.unlink(missing_ok=True)


def kept_or_made(place: Path, made_of: Sequence[object], files: Sequence[Path], make: Callable[[], object]) -> str:
    """Have `files` be what `make` writes of `made_of`; return when they were made, where they could be kept."""
    kept = read_receipt(place, files)
    if kept and kept.is_of(made_of):
        return kept.at
    withdraw_receipt(place)
    make()
    write_receipt(place, made_of, files)
    return ""


def _fingerprint(made_of: Sequence[object]) -> str:
    return fingerprint([running_program(), *made_of])


def _hashes(files: Sequence[Path]) -> dict[str, str]:
    return dict(zip(map(_name, files), sha256_of_all(files), strict=True))


def _name(file: Path) -> str:
    return f"{file.parent.name}/{file.name}"
