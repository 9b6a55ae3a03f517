import gzip
import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import pytest

from sources.unpacking import Part, check_archive, unpack
from warehouse.errors import DeliveryError


def delivered(tmp_path: Path, name: str, content: bytes) -> Part:
    path = tmp_path / name
    path.write_bytes(content)
    return Part(name, path)


def unpacked(tmp_path: Path, name: str, content: bytes) -> dict[str, bytes]:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    return {part.name: part.path.read_bytes() for part in unpack(delivered(tmp_path, name, content), scratch)}


def zipped(members: Mapping[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def with_password(content: bytes) -> bytes:
    """The archive with the bit set that says its first member is encrypted."""
    place = content.index(b"PK\x01\x02") + 8
    return content[:place] + bytes([content[place] | 1]) + content[place + 1 :]


def test_a_plain_file_is_itself(tmp_path: Path) -> None:
    part = delivered(tmp_path, "a.csv", b"1\n")
    assert unpack(part, tmp_path) == [part]


def test_gzip_is_opened_in_one_piece_or_several(tmp_path: Path) -> None:
    content = gzip.compress(b"1\n") + gzip.compress(b"2\n")
    assert unpacked(tmp_path, "a.csv.GZ", content) == {"a.csv.GZ": b"1\n2\n"}


def test_zip_members_are_parts_in_the_order_of_their_names(tmp_path: Path) -> None:
    content = zipped({"b.csv": b"2\n", "folder/": b"", "folder/a.csv": b"1\n"})
    assert list(unpacked(tmp_path, "a.zip", content).items()) == [
        ("a.zip/b.csv", b"2\n"),
        ("a.zip/folder/a.csv", b"1\n"),
    ]


LONG = bytes(range(256)) * 500
REFUSED = {
    "empty file": ("a.csv", b"", r"a\.csv: is empty \(0 bytes\)"),
    "gz cut short": ("a.gz", gzip.compress(LONG)[:-9], "damaged or cut short"),
    "gz damaged": ("a.gz", gzip.compress(LONG)[:-8] + bytes(8), "damaged or cut short"),
    "gz by name alone": ("a.gz", b"KEY,NAME\n", "is named .gz but is not gzip"),
    "gz of nothing": ("a.gz", gzip.compress(b""), "holds an empty file"),
    "gz bomb": ("a.gz", gzip.compress(bytes(80 << 20), 9), "unpacks to over 64 MiB, far more than its size allows"),
    "zip cut short": ("a.zip", zipped({"a.csv": LONG})[:-9], "damaged or cut short"),
    "zip damaged": ("a.zip", zipped({"a.csv": LONG}, 0).replace(b"abc", b"xyz", 1), "damaged or cut short"),
    "zip by name alone": ("a.zip", b"KEY,NAME\n", "is named .zip but is not a zip archive"),
    "zip of nothing": ("a.zip", zipped({}), "holds no file"),
    "zip of an empty file": ("a.zip", zipped({"a.csv": b""}), r"a\.zip/a\.csv: is empty"),
    "zip bomb": ("a.zip", zipped({f"{n}": bytes(20 << 20) for n in range(4)}), "unpacks to over 64 MiB"),
    "path upwards": ("a.zip", zipped({"../a.csv": b"1"}), "leads out of the archive"),
    "path upwards, Windows": ("a.zip", zipped({"x\\..\\..\\a.csv": b"1"}), "leads out of the archive"),
    "absolute path": ("a.zip", zipped({"/etc/a.csv": b"1"}), "leads out of the archive"),
    "drive": ("a.zip", zipped({"C:\\a.csv": b"1"}), "leads out of the archive"),
    "password": ("a.zip", with_password(zipped({"a.csv": b"1"})), "protected by a password"),
}


@pytest.mark.parametrize(("name", "content", "told"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_trusted_is_refused(tmp_path: Path, name: str, content: bytes, told: str) -> None:
    with pytest.raises(DeliveryError, match=told):
        unpacked(tmp_path, name, content)
    assert {path.name for path in tmp_path.rglob("*")} <= {name, "scratch", "0", "1", "2", "3"}


def test_a_workbook_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    bomb = zipped({"xl/worksheets/sheet1.xml": bytes(80 << 20)})
    with pytest.raises(DeliveryError, match="far more than its size allows"):
        check_archive(delivered(tmp_path, "a.xlsx", bomb))
    check_archive(delivered(tmp_path, "b.xlsx", zipped({"xl/worksheets/sheet1.xml": LONG})))
