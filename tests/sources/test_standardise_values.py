from collections.abc import Iterator
from datetime import date
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources import fields
from sources.contract import ContractColumn
from sources.standardise.dates import last_year
from sources.standardise.values import is_readable_sql, value_sql
from sources.terms import ColumnTerms, ServerTerms

SESSION = duckdb.connect()


@pytest.fixture(scope="module", autouse=True)
def _closing() -> Iterator[None]:
    yield
    SESSION.close()


def column(field: str, **terms: Any) -> ContractColumn:
    return ContractColumn('a "column"', False, ColumnTerms(mapsTo=field, **terms), None)  # type: ignore[arg-type]


def read(field: str, text: str | None, decimal: str = ".", **terms: Any) -> tuple[Any, bool]:
    """The value, and whether it was readable."""
    of, reading = column(field, **terms), ServerTerms(decimal=decimal)  # type: ignore[arg-type]
    query = (
        f'select {value_sql(of, reading)}, {is_readable_sql(of, reading)} from (select $1::varchar as "a ""column""")'
    )
    return SESSION.sql(query, params=[text]).fetchall()[0]


@pytest.mark.parametrize("field", sorted(fields.PERSON | fields.EVENT))
@pytest.mark.parametrize("blank", [None, "", "   ", "\t", "\u00a0\r\n"])
def test_a_blank_is_readable_and_null(field: str, blank: str | None) -> None:
    assert read(field, blank) == (None, True)


@pytest.mark.parametrize(
    ("text", "formats", "day"),
    [
        ("07/03/1985", ["%d/%m/%Y"], date(1985, 3, 7)),
        ("7/3/1985", ["%d/%m/%Y"], date(1985, 3, 7)),
        (" 07/03/1985 ", ["%d/%m/%Y"], date(1985, 3, 7)),
        ("03/07/1985", ["%m/%d/%Y"], date(1985, 3, 7)),
        ("13/07/1985", ["%m/%d/%Y", "%d/%m/%Y"], date(1985, 7, 13)),
        ("03/07/1985", ["%m/%d/%Y", "%d/%m/%Y"], date(1985, 3, 7)),
        ("07/03/85", ["%d/%m/%Y", "%d/%m/%y"], date(1985, 3, 7)),
        ("19850307", ["%Y%m%d"], date(1985, 3, 7)),
        ("07-MAR-1985", ["%d-%b-%Y"], date(1985, 3, 7)),
        ("07-ene-1985", ["%d-%b-%Y"], date(1985, 1, 7)),
        ("07-DEZ-1985", ["%d-%b-%Y"], date(1985, 12, 7)),
        ("7 de septiembre de 1985", ["%d de %B de %Y"], date(1985, 9, 7)),
        ("7 de março de 1985", ["%d de %B de %Y"], date(1985, 3, 7)),
        ("1985-03-07", [], date(1985, 3, 7)),
        ("1985-03-07T23:30:00-03:00", [], date(1985, 3, 7)),
        ("1985-03-07 00:00:00", [], date(1985, 3, 7)),
        ("1985-03-07", ["%d/%m/%Y"], date(1985, 3, 7)),
        ("07/03/1985 00:00:00", ["%d/%m/%Y"], date(1985, 3, 7)),
        ("1985-07-03", ["%Y-%d-%m"], date(1985, 3, 7)),
        ("29/02/2000", ["%d/%m/%Y"], date(2000, 2, 29)),
        ("01/01/1890", ["%d/%m/%Y"], date(1890, 1, 1)),
    ],
)
def test_a_date_is_read_by_its_formats(text: str, formats: list[str], day: date) -> None:
    assert read("birth_date", text, format=formats) == (day, True)


@pytest.mark.parametrize(
    ("text", "formats"),
    [
        ("31/02/1985", ["%d/%m/%Y"]),
        ("29/02/1900", ["%d/%m/%Y"]),
        ("00/00/0000", ["%d/%m/%Y"]),
        ("07/03/85", ["%d/%m/%Y"]),
        ("07/03/1885", ["%d/%m/%Y"]),
        ("07/03/9999", ["%d/%m/%Y"]),
        ("1985-07-13", ["%Y-%d-%m"]),
        ("19850307", []),
        ("1985-02-30", []),
        ("no sabe", ["%d/%m/%Y"]),
    ],
)
def test_a_date_that_never_was_is_unreadable(text: str, formats: list[str]) -> None:
    assert read("birth_date", text, format=formats) == (None, False)


def test_two_digit_years_of_births_are_never_in_the_future() -> None:
    soon = date.today().year % 100 + 5
    assert read("birth_date", f"07/03/{soon}", format="%d/%m/%y") == (date(1900 + soon, 3, 7), True)
    assert read("birth_date", "07/03/68", format="%d/%m/%y") == (date(1968, 3, 7), True)
    assert read("birth_date", "07/03/05", format="%d/%m/%y") == (date(2005, 3, 7), True)


def test_planned_ends_may_lie_ahead_but_not_births() -> None:
    ahead = last_year() + 20
    assert read("end_date", f"{ahead}-01-01")[1]
    assert not read("birth_date", f"{ahead}-01-01")[1]
    assert not read("end_date", "9999-12-31")[1]


@settings(max_examples=40, deadline=None)
@given(st.dates(date(1890, 1, 1), date.today()))
def test_every_date_survives_its_format(day: date) -> None:
    assert read("birth_date", day.strftime("%d.%m.%Y"), format="%d.%m.%Y") == (day, True)


@pytest.mark.parametrize(
    ("text", "decimal", "number"),
    [
        ("1234", ".", 1234.0),
        ("1,234.5", ".", 1234.5),
        ("1.234,5", ",", 1234.5),
        ("1 234 567", ".", 1234567.0),
        ("$ 1,000.00", ".", 1000.0),
        ("R$ 1.000,50", ",", 1000.5),
        ("S/.250", ".", 250.0),
        ("-3", ".", -3.0),
        (".5", ".", 0.5),
        ("1.5e3", ".", 1500.0),
        ("1,5", ".", None),
        ("1.5", ",", None),
        ("12,34,567", ".", None),
        ("1e999", ".", None),
        ("nan", ".", None),
        ("inf", ".", None),
        ("mil", ".", None),
        ("3 pesos", ".", None),
        ("$", ".", None),
    ],
)
def test_a_number_is_read_by_its_decimal_sign(text: str, decimal: str, number: float | None) -> None:
    assert read("income", text, decimal) == (number, number is not None)


@settings(max_examples=40, deadline=None)
@given(st.integers(-(10**9), 10**9), st.sampled_from([".", ","]))
def test_every_whole_number_is_read_with_its_thousands(number: int, decimal: str) -> None:
    text = f"{number:,}".replace(",", {".": ",", ",": "."}[decimal])
    assert read("amount", text, decimal) == (float(number), True)


@pytest.mark.parametrize(
    ("field", "text", "number"),
    [
        ("days", "30", 30),
        ("days", "30.0", 30),
        ("days", "30.5", None),
        ("birth_year", "1985", 1985),
        ("birth_year", "1985.0", 1985),
        ("birth_year", "85", None),
        ("birth_year", "1889", None),
        ("birth_year", "2985", None),
        ("days", "99999999999", None),
    ],
)
def test_whole_numbers_and_years(field: str, text: str, number: int | None) -> None:
    assert read(field, text) == (number, number is not None)


CODES = {"H": "male", "M": "female", "m": "male", "9": "unknown"}


@pytest.mark.parametrize(
    ("text", "codes", "expected"),
    [
        ("H", CODES, ("male", True)),
        (" H ", CODES, ("male", True)),
        ("h", CODES, ("male", True)),
        ("M", CODES, ("female", True)),
        ("m", CODES, ("male", True)),
        ("9", CODES, (None, True)),
        ("X", CODES, (None, False)),
        ("Female", {}, ("female", True)),
        ("unknown", {}, (None, True)),
        ("F", {}, (None, False)),
        ("mujer", {}, (None, False)),
    ],
)
def test_sex_is_read_by_its_codes_alone(text: str, codes: dict[str, str], expected: tuple[Any, bool]) -> None:
    assert read("sex", text, codes=codes) == expected


def test_two_spellings_that_disagree_leave_other_capitals_unread() -> None:
    assert read("education_level", "Ab", codes={"ab": "1", "AB": "2"}) == (None, False)


def test_a_code_may_stand_for_nothing() -> None:
    assert read("education_level", "99", codes={"99": "", "1": "primary"}) == (None, True)


def test_a_number_column_may_list_its_special_values() -> None:
    assert read("present", "SI", codes={"SI": "1", "NO": "0"}) == (1.0, True)
    assert read("present", "0.5", codes={"SI": "1", "NO": "0"}) == (0.5, True)


def test_other_text_is_trimmed_and_kept() -> None:
    assert read("given_names", "\u00a0 María  José\t") == ("María  José", True)
    assert read("occupation", "o'b\"r;--") == ("o'b\"r;--", True)


def test_codes_with_quotes_are_quoted() -> None:
    assert read("education_level", "O'H", codes={"O'H": "d'or"}) == ("d'or", True)
