from pathlib import Path

import pytest

from sources.reading.encodings import check_encoding
from sources.reading.text import BLOCK, decode
from sources.unpacking import Part
from warehouse.errors import DeliveryError

SPANISH = "KEY,NAME\n1,PEÑA ÁLVAREZ\n2,GARCÍA NÚÑEZ\n3,Muñoz Güemes, calle 5º\n"
PORTUGUESE = "KEY,NAME\n1,João Gonçalves\n2,Conceição Araújo\n"


def part(tmp_path: Path, content: bytes) -> Part:
    path = tmp_path / "delivered"
    path.write_bytes(content)
    return Part("a.csv", path)


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "cp1252", "cp850", "iso-8859-15", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("text", [SPANISH, PORTUGUESE, "KEY,NAME\n1,ANA\n"], ids=["Spanish", "Portuguese", "ASCII"])
def test_a_true_declaration_passes_and_decodes(tmp_path: Path, encoding: str, text: str) -> None:
    decoded = decode(part(tmp_path, text.encode(encoding)), encoding, tmp_path / "text")
    assert decoded.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("name", ["Jägermeister", "Ørsted", "Strauß", "Citroën", "Nuñez"])
def test_letters_from_elsewhere_pass(tmp_path: Path, name: str) -> None:
    check_encoding(part(tmp_path, name.encode("latin-1")), "latin-1")


@pytest.mark.parametrize(
    ("declared", "true", "line", "byte"),
    [
        ("utf-8", "latin-1", 2, 13),
        ("utf-8", "cp850", 2, 13),
        ("utf-8", "utf-16", 1, 0),
        ("utf-8", "utf-16-le", 1, 0),
        ("ascii", "utf-8", 2, 13),
        ("latin-1", "utf-8", 2, 13),
        ("cp1252", "utf-8", 2, 13),
        ("latin-1", "utf-8-sig", 1, 0),
        ("latin-1", "cp850", 2, 13),
        ("cp1252", "cp850", 2, 13),
        ("utf-16", "latin-1", 1, 8),
        ("utf-16", "utf-16-be", 1, 0),
    ],
)
def test_a_wrong_declaration_is_named_with_its_place(
    tmp_path: Path, declared: str, true: str, line: int, byte: int
) -> None:
    seems = {"latin-1": "cp1252", "utf-8-sig": "utf-8"}.get(true, true)
    with pytest.raises(DeliveryError) as caught:
        check_encoding(part(tmp_path, SPANISH.encode(true)), declared)
    told = str(caught.value)
    assert told.startswith(f"a.csv: line {line}, byte {byte}: the contract declares {declared}, but")
    assert f"seems to be {seems}. Declare encoding {seems} in the contract" in told
    assert "PE" not in told


def test_curly_quotes_tell_cp1252_from_latin_1(tmp_path: Path) -> None:
    content = "1,PEÑA\n2,“LA NENA” NÚÑEZ\n".encode("cp1252")
    check_encoding(part(tmp_path, content), "cp1252")
    with pytest.raises(DeliveryError, match=r"line 2, byte 9: the contract declares latin-1, .* seems to be cp1252"):
        check_encoding(part(tmp_path, content), "latin-1")


def test_a_few_damaged_bytes_are_marked_and_the_rest_is_read(tmp_path: Path) -> None:
    content = SPANISH.encode() + b"4,X\xc3\n5,\x00Y\n6,MU\xc3\x91OZ\n"
    decoded = decode(part(tmp_path, content), "utf-8", tmp_path / "text")
    assert decoded.read_text(encoding="utf-8") == SPANISH + "4,X\ufdd0c3\n5,\ufdd000Y\n6,MUÑOZ\n"


def test_characters_are_whole_across_blocks(tmp_path: Path) -> None:
    text = "".join(f"{number:06}ñ\r\n" for number in range(BLOCK // 4))
    for shift in range(3):
        content = "x" * shift + text
        decoded = decode(part(tmp_path, content.encode()), "utf-8", tmp_path / "text")
        assert decoded.read_text(encoding="utf-8") == content.replace("\r\n", "\n")


def test_a_line_of_megabytes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DeliveryError, match="line 2 is over 1 MiB long"):
        decode(part(tmp_path, b"KEY\n" + b"x" * (3 * BLOCK)), "utf-8", tmp_path / "text")


@pytest.mark.parametrize(
    ("start", "form"),
    [(b"\x1f\x8b\x08", "gzip"), (b"PK\x03\x04", "zip archive or an Excel workbook"), (b"PAR1", "Parquet")],
)
def test_what_is_no_text_is_named(tmp_path: Path, start: bytes, form: str) -> None:
    with pytest.raises(DeliveryError, match=rf"is not text but .*{form}.*\. Name it so"):
        check_encoding(part(tmp_path, start + b"more"), "utf-8")
