import importlib
import random

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from stdnum import luhn
from stdnum.mx import curp

from sources.standardise.check_digits import FORMS
from sources.standardise.identifiers import identifiers_query, is_valid, judge, scheme_name

DIGITS = "0123456789"


def valid(scheme: str, *numbers: str) -> list[bool]:
    return [bool(passed) for passed in is_valid(scheme, pa.chunked_array([list(numbers)], pa.string()))]


def drawn(seed: int, count: int, length: int, alphabet: str = DIGITS) -> list[str]:
    source = random.Random(seed)
    return ["".join(source.choices(alphabet, k=length)) for _ in range(count)]


def forms(scheme: str, numbers: list[str]) -> list[bool]:
    """By form and check digit alone, placeholders or not."""
    codes = np.frombuffer("".join(numbers).encode(), np.uint8).reshape(len(numbers), -1)
    return [bool(passed) for passed in FORMS[scheme].check(codes)]


@pytest.mark.parametrize(
    ("scheme", "numbers"),
    [
        ("br.cpf", drawn(1, 20_000, 11)),
        ("cl.rut", drawn(2, 10_000, 9, DIGITS + "K")),
        ("cl.rut", drawn(3, 10_000, 8)),
        ("do.cedula", drawn(4, 10_000, 11)),
        ("do.cedula", ["00000000018", "40200401324", "00114532333"]),
        ("ec.ci", drawn(5, 40_000, 10)),
        ("ar.cuit", ["20" + number for number in drawn(6, 10_000, 9)] + drawn(7, 10_000, 11)),
        ("ar.dni", drawn(8, 100, 7) + drawn(8, 100, 7, DIGITS + "A")),
        ("pe.cui", drawn(9, 10_000, 9, DIGITS + "ABCDEFGHIJK")),
        ("mx.rfc", ["GODE561231GR8", "GODE561331GR8", "GODE000229GR8", "GODE010229GR8", "G0DE561231GR8"]),
    ],
)
def test_check_digits_are_those_of_python_stdnum(scheme: str, numbers: list[str]) -> None:
    oracle = importlib.import_module(f"stdnum.{scheme}")
    expected = [oracle.is_valid(number) for number in numbers]
    assert forms(scheme, numbers) == expected
    assert any(expected)


def test_curps_are_those_of_python_stdnum() -> None:
    source, numbers = random.Random(10), []
    for _ in range(5_000):
        letters, inner = "".join(source.choices("ABCEOUPRTX", k=4)), "".join(source.choices("BCDFG", k=3))
        born = f"{source.randrange(100):02}{source.randrange(14):02}{source.randrange(33):02}"
        body = letters + born + source.choice("HMJ") + source.choice(["DF", "NE", "VZ", "ZZ"]) + inner
        body += source.choice(DIGITS + "AB")
        numbers.append(body + source.choice([curp.calc_check_digit(body), source.choice(DIGITS)]))
    expected = [curp.is_valid(number) for number in numbers]
    assert forms("mx.curp", numbers) == expected
    assert 500 < sum(expected) < 4_500


def test_a_curp_of_neither_sex_is_valid() -> None:
    body = "AAAA900101XDFBBB0"
    assert valid("mx.curp", body + curp.calc_check_digit(body)) == [True]


def test_social_security_numbers_of_mexico_have_a_luhn_digit() -> None:
    numbers = [body + luhn.calc_check_digit(body) for body in drawn(11, 200, 10)]
    assert all(forms("mx.nss", numbers))
    assert not any(forms("mx.nss", [number[:-1] + str((int(number[-1]) + 1) % 10) for number in numbers]))


@pytest.mark.parametrize(
    ("scheme", "right", "wrong"),
    [
        ("br.nis", "17033259504", "17033259505"),
        ("br.pis", "12056412547".replace("47", "45"), "12056412547"),
        ("br.cns", "898001160660761", "898001160660762"),
        ("uy.ci", "12345672", "12345673"),
        ("sv.dui", "000162975", "000162974"),
        ("cl.run", "123456785", "123456784"),
        ("ar.cuil", "20267565393", "20267565392"),
    ],
)
def test_schemes_that_python_stdnum_lacks(scheme: str, right: str, wrong: str) -> None:
    assert valid(scheme, right, wrong) == [True, False]


@pytest.mark.parametrize(
    ("scheme", "number"),
    [
        ("br.cpf", "11111111111"),
        ("br.cpf", "99999999999"),
        ("br.cpf", "12345678909"),
        ("cl.rut", "111111111"),
        ("cl.rut", "222222222"),
        ("ec.ci", "1111111116"),
        ("do.cedula", "00000000000"),
        ("pe.dni", "00000000"),
        ("pe.dni", "12345678"),
        ("ar.cuit", "27000000006"),
        ("mx.curp", "XEXX010101HNEXXXA4"),
        ("mx.curp", "XEXX010101MNEXXXA8"),
        ("mx.rfc", "XAXX010101000"),
        ("mx.nss", "00000000000"),
        ("co.cc", "1234567890"),
        ("xx.anything", "0000"),
        ("local.clinic", "000"),
    ],
)
def test_placeholders_are_not_valid_whatever_their_check_digit(scheme: str, number: str) -> None:
    assert valid(scheme, number) == [False]


def test_numbers_of_unknown_schemes_pass() -> None:
    assert valid("xx.anything", "A1", "7") == [True, True]
    assert valid("local.clinic", "1", "11", "12345") == [True, True, True]
    assert valid("au.febrl", "5304218") == [True]


def test_another_length_or_script_fails() -> None:
    assert valid("mx.curp", "", "A", "ÑÑÑÑ900101HDFBBB01", "A" * 10_000) == [False] * 4
    assert valid("br.cpf", "５２９９８２２４７２５") == [False]


def test_schemes_known_to_python_stdnum_alone() -> None:
    assert valid("cu.ni", "91021027775", "9102102777A") == [True, False]


@pytest.mark.parametrize(
    ("scheme", "text", "number"),
    [
        ("br.cpf", "529.982.247-25", "52998224725"),
        ("br.cpf", "1.234.567-97", "00123456797"),
        ("cl.rut", "12.345.678-k", "12345678K"),
        ("cl.run", "0012.345.678-5", "123456785"),
        ("mx.curp", " gode561231hdfrrr09 ", "GODE561231HDFRRR09"),
        ("mx.nss", "123", "123"),
        ("ec.ci", "912345678.0", "0912345678"),
        ("ar.dni", "01.234.567", "1234567"),
        ("ar.dni", "000", "000"),
        ("mx.rfc", "ñaab850101aa1", "ÑAAB850101AA1"),
        ("local.clinic", "a-77/3", "A773"),
        ("local.clinic", "007", "007"),
    ],
)
def test_comparable_form(connection: duckdb.DuckDBPyConnection, scheme: str, text: str, number: str) -> None:
    told = f"select 'r' as record_id, '{scheme}' as scheme, '{text}' as text"
    assert connection.sql(identifiers_query(told)).fetchall() == [("r", scheme, number)]


@pytest.mark.parametrize("text", ["NO TIENE", "s/n", "N/A", "---", ".", "sin curp", "En trámite", "XXXX", "NULL"])
def test_a_text_that_tells_of_no_number_gives_no_row(connection: duckdb.DuckDBPyConnection, text: str) -> None:
    told = f"select 'r' as record_id, 'local.clinic' as scheme, '{text}' as text"
    assert connection.sql(identifiers_query(told)).fetchall() == []


def test_each_distinct_number_is_judged_by_its_scheme(connection: duckdb.DuckDBPyConnection) -> None:
    numbers = "values ('br.cpf', '52998224725'), ('br.cpf', '52998224725'), ('br.cpf', '1'), ('zz.zz', '1')"
    judge(connection, f"select * from ({numbers}) as numbers(scheme, identifier_std)", "judged_here")
    judged = connection.sql("select * from judged_here order by all").fetchall()
    assert judged == [("br.cpf", "1", False), ("br.cpf", "52998224725", True), ("zz.zz", "1", True)]


def test_a_local_number_names_its_source() -> None:
    assert scheme_name("local", "clinic") == "local.clinic"
    assert scheme_name("mx.curp", "clinic") == "mx.curp"
