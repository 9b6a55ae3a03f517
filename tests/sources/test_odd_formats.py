"""Every format plain, gz and zip, and files that are not what their contract says."""

import gzip
import json
import zipfile
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from invented import COLUMNS, Clinic
from openpyxl import Workbook

from warehouse.errors import DeliveryError

HEAD = [str(column["name"]) for column in COLUMNS]
ROWS = [("1", "ANA MUÑOZ", "01/02/1990"), ("2", "=HYPERLINK(1)", "")]


def as_csv() -> bytes:
    return "".join(",".join(row) + "\n" for row in [HEAD, *ROWS]).encode()


def as_fixed_width() -> bytes:
    return "".join(f"{key:<2}{name:<14}{born:<10}\n" for key, name, born in ROWS).encode()


def as_json_lines() -> bytes:
    return "".join(json.dumps(dict(zip(HEAD, row, strict=True))) + "\n" for row in ROWS).encode()


def as_workbook() -> bytes:
    book, file = Workbook(), BytesIO()
    assert book.active is not None
    for row in [HEAD, *ROWS]:
        book.active.append(row)
    book.active["B3"].data_type = "s"  # text, not a formula
    book.save(file)
    return file.getvalue()


def as_parquet() -> bytes:
    file = BytesIO()
    pq.write_table(pa.table(dict(zip(HEAD, zip(*ROWS, strict=True), strict=True))), file)
    return file.getvalue()


def as_zip(content: bytes) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("extract", content)
    return file.getvalue()


FORMATS: dict[str, tuple[Callable[[], bytes], dict[str, Any]]] = {
    "csv": (as_csv, {}),
    "fixed_width": (as_fixed_width, {"widths": [2, 14, 10]}),
    "jsonl": (as_json_lines, {}),
    "xlsx": (as_workbook, {}),
    "parquet": (as_parquet, {}),
}
PACKED: dict[str, Callable[[bytes], bytes]] = {"": bytes, ".gz": gzip.compress, ".zip": as_zip}


@pytest.mark.parametrize("packed", PACKED)
@pytest.mark.parametrize("form", FORMATS)
def test_every_format_is_read_plain_and_packed(clinic: Clinic, form: str, packed: str) -> None:
    write, server = FORMATS[form]
    taken = clinic.take(f"a.{form}{packed}", PACKED[packed](write()), server={"format": form, **server})
    assert [row[1:3] for row in taken.accepted] == [row[:2] for row in ROWS]


@pytest.mark.parametrize("declared", FORMATS)
@pytest.mark.parametrize("delivered", FORMATS)
def test_another_format_than_declared_is_refused_or_kept_apart(clinic: Clinic, declared: str, delivered: str) -> None:
    if declared == delivered:
        return
    content, server = FORMATS[delivered][0](), FORMATS[declared][1]
    try:
        taken = clinic.take("a", content, server={"format": declared, **server})
    except DeliveryError as error:
        assert str(error).startswith("a")
        assert not any(name in str(error) for name in ("MUÑOZ", "HYPERLINK"))
    else:
        assert not taken.accepted
        assert taken.intake.rows_delivered == taken.intake.rows_quarantined > 0


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("cut", [0.3, 0.7, 0.97])
def test_a_packed_file_cut_short_is_refused(clinic: Clinic, form: str, cut: float) -> None:
    write, server = FORMATS[form]
    for ending, pack in PACKED.items():
        whole = pack(write())
        if ending or form in ("xlsx", "parquet"):
            with pytest.raises(DeliveryError, match=f"a.{form}{ending}"):
                clinic.take(f"a.{form}{ending}", whole[: int(len(whole) * cut)], server={"format": form, **server})
            (clinic.landing / "clinic" / f"a.{form}{ending}").unlink()
