"""Whether a text file is in the encoding its contract declares, judged by the bytes themselves."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sources.unpacking import Part
from warehouse.errors import DeliveryError

BLOCK = 1 << 20
CANDIDATES = ("cp1252", "cp850", "mac_roman")
ONE_BYTE = ("iso8859", "cp125", "cp437", "cp85", "mac")
EXPECTED = frozenset("áéíóúüñãõâêôàçäëïöèìòùîûåøæßÁÉÍÓÚÜÑÃÕÂÊÔÀÇºª°¿¡")
UNLIKELY, LIKELY = 0.5, 0.9
"""Shares of the expected letters below which a declaration is doubted, and above which another is believed."""
BOMS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
MAGIC = {b"\x1f\x8b": "gzip (.gz)", b"PK\x03\x04": "a zip archive or an Excel workbook", b"PAR1": "Parquet"}
BEYOND_ASCII = re.compile(rb"[\x80-\xff]")
CONTROLS = re.compile(rb"[\x80-\x9f]")
"""Printable in cp1252 and cp850; in the ISO 8859 family control characters, which no extract holds."""

Finder = Callable[[bytes], int | None]


def check_encoding(part: Part, declared: str) -> None:
    """Raise `DeliveryError` where the bytes of `part` speak against the encoding `declared`.

    A few damaged bytes are no evidence: the declaration is wrong when more bytes fail to decode
    than characters beyond ASCII succeed. UTF-8 sequences are too regular to arise in any other encoding.
    """
    name = codecs.lookup(declared).name
    _check_start(part, declared)
    good, bad = _evidence(part.path, name)
    find = _contradiction(part.path, name) if good >= bad else _undecodable(name)
    if find:
        raise _wrong(part, declared, _likely(part.path), _first(part.path, find))


def likely_encoding(part: Part) -> str | None:
    """The encoding that the bytes of `part` speak for, utf-8 where all are ASCII; None where none is likely."""
    start = next(_blocks(part.path), b"")
    marked = next((encoding for mark, encoding in BOMS.items() if start.startswith(mark)), None) or _wide(start)
    return marked or _likely(part.path)


def _contradiction(path: Path, name: str) -> Finder | None:
    """What to look for where the bytes decode, but to what no extract of the region holds."""
    if name.startswith("utf"):
        return None
    if _is_utf8(path):
        return _matching(BEYOND_ASCII)
    if not name.startswith(ONE_BYTE):
        return None
    shares = _shares_expected(path, (name, *CANDIDATES))
    if shares[name] < UNLIKELY and max(shares.values()) > LIKELY:
        return _matching(BEYOND_ASCII)
    has_controls = name.startswith("iso8859") and any(CONTROLS.search(block) for block in _blocks(path))
    return _matching(CONTROLS) if has_controls else None


def _check_start(part: Part, declared: str) -> None:
    start = next(_blocks(part.path), b"")
    for magic, form in MAGIC.items():
        if start.startswith(magic):
            raise DeliveryError(f"{part.name}: is not text but {form}. Name it so, or mend the contract's format.")
    seen = next((encoding for mark, encoding in BOMS.items() if start.startswith(mark)), None) or _wide(start)
    if seen and not codecs.lookup(declared).name.startswith(seen):
        raise _wrong(part, declared, seen, (1, 0))


def _wide(start: bytes) -> str | None:
    """UTF-16 without a mark, which shows by the zero byte of nearly every character."""
    if start.count(0) * 4 <= len(start):
        return None
    return "utf-16-le" if start[1::2].count(0) > start[::2].count(0) else "utf-16-be"


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block


def _evidence(path: Path, encoding: str) -> tuple[int, int]:
    """How much beyond ASCII decodes (about a character each), and how many bytes do not."""
    decoder = codecs.getincrementaldecoder(encoding)("surrogateescape")
    good = bad = 0
    try:
        for block in _blocks(path):
            text = decoder.decode(block)
            if not text.isascii():
                readable = text.encode("utf-8", "ignore")
                characters = len(readable.decode())
                good += len(readable) - characters
                bad += len(text) - characters
        bad += len(decoder.decode(b"", final=True))
    except UnicodeError:  # raised by encodings of wide units, which cannot go on past a fault
        return 0, 1
    return good, bad


def _is_utf8(path: Path) -> bool:
    good, bad = _evidence(path, "utf-8")
    return good > bad


def _shares_expected(path: Path, encodings: tuple[str, ...]) -> dict[str, float]:
    """For each one-byte encoding, how much of what lies beyond ASCII would be letters of the region."""
    counts: NDArray[np.int64] = np.zeros(256, dtype=np.int64)
    for block in _blocks(path):
        counts += np.bincount(np.frombuffer(block, np.uint8), minlength=256)
    beyond = counts[0x80:]
    total = int(beyond.sum())
    return {encoding: float(beyond[_expected(encoding)].sum()) / total if total else 1.0 for encoding in encodings}


def _expected(encoding: str) -> NDArray[np.bool_]:
    letters = bytes(range(0x80, 0x100)).decode(encoding, "replace")
    return np.array([letter in EXPECTED for letter in letters])


def _wrong(part: Part, declared: str, likely: str | None, place: tuple[int, int]) -> DeliveryError:
    seems = f"the file seems to be {likely}" if likely else "the file is in no encoding usual in the region"
    remedy = f"Declare encoding {likely}" if likely else "Declare its true encoding"
    return DeliveryError(
        f"{part.name}: line {place[0]}, byte {place[1]}: the contract declares {declared}, but {seems}. "
        f"{remedy} in the contract, or have the file written in {declared}."
    )


def _likely(path: Path) -> str | None:
    """UTF-8, or else the encoding in which most of what lies beyond ASCII is letters of the region."""
    if _is_utf8(path) or _evidence(path, "ascii") == (0, 0):
        return "utf-8"
    shares = _shares_expected(path, CANDIDATES)
    best = max(shares, key=lambda encoding: shares[encoding])
    return best if shares[best] > UNLIKELY else None


def _first(path: Path, find: Finder) -> tuple[int, int]:
    """The line (from 1) and the byte (from 0) of the first place that `find` finds in a line."""
    offset = 0
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            place = find(line)
            if place is not None:
                return number, offset + place
            offset += len(line)
    return 1, 0


def _undecodable(encoding: str) -> Finder:
    def find(line: bytes) -> int | None:
        try:
            line.decode(encoding)
        except UnicodeError as error:
            return getattr(error, "start", 0)
        return None

    return find


def _matching(pattern: re.Pattern[bytes]) -> Finder:
    def find(line: bytes) -> int | None:
        found = pattern.search(line)
        return found.start() if found else None

    return find
