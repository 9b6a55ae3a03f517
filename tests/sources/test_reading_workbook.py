from datetime import date, datetime, time
from io import BytesIO
from typing import Any

import pytest
from invented import COLUMNS, Clinic
from openpyxl import Workbook

from warehouse.errors import DeliveryError

KEY, NAME, BORN = COLUMNS
SERVER = {"format": "xlsx"}
HEADER = ["KEY", "NAME", "BORN"]


def workbook(rows: list[list[Any]], *others: str, title: str = "people") -> bytes:
    """An .xlsx file with `rows` on its first sheet and a cell on each of the `others`."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    for other in others:
        book.create_sheet(other).append(["filled"])
    file = BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (7, "7"),
        (7.0, "7"),
        (2.5, "2.5"),
        (-0.0, "0"),
        (123456789012345, "123456789012345"),
        ("007", "007"),
        (" ANA ", "ANA"),
        (True, "true"),
        (date(1990, 2, 1), "1990-02-01"),
        (datetime(1990, 2, 1), "1990-02-01"),
        (datetime(1990, 2, 1, 3, 4, 5), "1990-02-01 03:04:05"),
        (time(3, 4), "03:04:00"),
        ("  ", None),
        (None, None),
        ("=1/0", None),
    ],
)
def test_cells_are_read_as_text(clinic: Clinic, cell: Any, text: str | None) -> None:
    taken = clinic.take("a.xlsx", workbook([["KEY", "NAME"], [1, cell]]), columns=(KEY, NAME), server=SERVER)
    assert taken.accepted == [(2, "1", text)]


def test_numbers_bear_the_declared_decimal_sign(clinic: Clinic) -> None:
    columns = (KEY, NAME, {"name": "PAY", "mapsTo": "income", "required": True})
    content = workbook([["KEY", "NAME", "PAY"], [1, "ANA", 2.5]])
    taken = clinic.take("a.xlsx", content, columns=columns, server={**SERVER, "decimal": ","})
    assert taken.accepted == [(2, "1", "ANA", "2,5")]


def test_dates_of_both_kinds_are_read(clinic: Clinic) -> None:
    columns = (KEY, NAME, {**BORN, "required": True})
    content = workbook([HEADER, [1, "ANA", date(1990, 2, 1)], [2, "LUZ", "01/02/1990"], [3, "EVA", "1/feb"]])
    taken = clinic.take("a.xlsx", content, columns=columns, server=SERVER)
    assert [row[0] for row in taken.accepted] == [2, 3]
    assert "BORN cannot be read as a date written %d/%m/%Y" in taken.reasons[4]


def test_blank_rows_and_columns_are_passed_over(clinic: Clinic) -> None:
    content = workbook([[], [*HEADER, None, " "], [], [1, "ANA"], [None, " "], [2, "LUZ", None, None]])
    taken = clinic.take("a.xlsx", content, server=SERVER)
    assert taken.accepted == [(4, "1", "ANA", None), (6, "2", "LUZ", None)]
    assert taken.quarantined == []


def test_a_cell_beyond_the_header_is_quarantined_with_its_row(clinic: Clinic) -> None:
    taken = clinic.take("a.xlsx", workbook([HEADER, [1, "ANA", None, "x"], [2, "LUZ"]]), server=SERVER)
    assert [row[0] for row in taken.accepted] == [3]
    ((line, reason, raw),) = taken.quarantined
    assert (line, raw) == (2, '["1", "ANA", "", "x"]')
    assert "beyond the last column" in reason


def test_the_sheet_is_chosen_by_name(clinic: Clinic) -> None:
    content = workbook([HEADER, [1, "ANA"]], "notes")
    taken = clinic.take("a.xlsx", content, server={**SERVER, "sheet": "people"})
    assert taken.intake.rows_accepted == 1


def test_an_empty_second_sheet_is_no_doubt(clinic: Clinic) -> None:
    book = Workbook()
    book.create_sheet("Hoja2")
    assert book.active is not None
    for row in (HEADER, [1, "ANA", None]):
        book.active.append(row)
    file = BytesIO()
    book.save(file)
    assert clinic.take("a.xlsx", file.getvalue(), server=SERVER).intake.rows_accepted == 1


REFUSED: dict[str, tuple[bytes, dict[str, Any], str]] = {
    "sheet missing": (workbook([HEADER]), {"sheet": "2026"}, "there is no sheet 2026; there are people"),
    "sheet in doubt": (workbook([HEADER], "notes"), {}, r"has 2 sheets \(people, notes\) and the contract names none"),
    "cut short": (workbook([HEADER])[:2000], {}, "damaged or cut short"),
    "old workbook": (b"\xd0\xcf\x11\xe0" + bytes(600), {}, r"is an old workbook \(.xls\) or protected by a password"),
    "text": (b"KEY,NAME,BORN\n", {}, "damaged or cut short"),
    "header only": (workbook([HEADER]), {}, "holds no rows"),
    "nothing": (workbook([]), {}, "none of the 3 columns"),
    "missing column": (workbook([["KEY", "NAME"], [1, "ANA"]]), {}, "row 1: .* missing column BORN"),
    "name twice": (workbook([[*HEADER, "KEY"], [1]]), {}, "more than once column KEY"),
    "column without a name": (workbook([["KEY", None, "NAME", "BORN"], [1]]), {}, r"unknown column \(without a name\)"),
}


@pytest.mark.parametrize(("content", "server", "told"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_not_the_sheet_is_refused(clinic: Clinic, content: bytes, server: dict[str, Any], told: str) -> None:
    with pytest.raises(DeliveryError, match=rf"a\.xlsx: .*{told}"):
        clinic.take("a.xlsx", content, server={**SERVER, **server})
