import random

import duckdb
import phonenumbers
import pytest
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from sources.standardise.contacts import email_sql, standardise_phones

REGIONS = "AR BO BR BZ CL CO CR CU DO EC ES GT HN HT MX NI PA PE PR PT PY SV US UY VE"


def phones(session: duckdb.DuckDBPyConnection, rows: list[tuple[str, str | None]]) -> dict[tuple[str, str | None], str]:
    session.execute("create or replace temp table called (value varchar, region varchar)")
    session.executemany("insert into called values (?, ?)", rows)
    standardise_phones(session, "select * from called", "phones")
    return {(value, region): std for value, region, std in session.sql("from phones").fetchall()}


def test_numbers_are_read_as_the_phonenumbers_library_reads_them(connection: duckdb.DuckDBPyConnection) -> None:
    expected = {}
    for region in REGIONS.split():
        for kind in (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE):
            for number in _alike(region, kind):
                for form in (PhoneNumberFormat.NATIONAL, PhoneNumberFormat.INTERNATIONAL, PhoneNumberFormat.E164):
                    text = phonenumbers.format_number(number, form)
                    expected[text, region] = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    assert len(expected) > 1_000
    assert phones(connection, list(expected)) == expected


def _alike(region: str, kind: int) -> list[phonenumbers.PhoneNumber]:
    """Valid numbers like the library's example of that kind."""
    example, source = phonenumbers.example_number_for_type(region, kind), random.Random(region + str(kind))
    if example is None:
        return []
    stem = f"+{example.country_code}{str(example.national_number)[:-4]}"
    numbers = [phonenumbers.parse(f"{stem}{source.randrange(10_000):04}") for _ in range(20)]
    return [number for number in numbers if phonenumbers.is_valid_number(number)]


@pytest.mark.parametrize(
    ("text", "region", "number"),
    [
        ("55 1234 5678", "MX", "+525512345678"),
        ("044 55 1234 5678", "MX", "+525512345678"),
        ("01 (55) 1234-5678", "MX", "+525512345678"),
        ("+52 1 55 1234 5678", "MX", "+525512345678"),
        ("52 55 1234 5678", "MX", "+525512345678"),
        ("0052 55 1234 5678", "MX", "+525512345678"),
        ("55-1234-5678 ext. 12", "MX", "+525512345678"),
        ("55 1234 5678 / 55 8765 4321", "MX", "+525512345678"),
        ("+34 612 345 679", "MX", "+34612345679"),
        ("011 15 2345-6789", "AR", "+5491123456789"),
        ("(0xx11) 92345-6789", "BR", "+5511923456789"),
        ("9 8234 5678", "CL", "+56982345678"),
        ("55 1234 5678", None, "5512345678"),
        ("55 1234 5678", "XX", "5512345678"),
        ("234 5679", "MX", "2345679"),
        ("12345", "MX", None),
        ("5555555555", "MX", None),
        ("55 0000 0000", "MX", None),
        ("1234567890", "MX", None),
        ("0", "MX", None),
        ("no tiene", "MX", None),
        ("1" * 40, "MX", None),
    ],
)
def test_phones(connection: duckdb.DuckDBPyConnection, text: str, region: str | None, number: str | None) -> None:
    assert phones(connection, [(text, region)]) == {(text, region): number}


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Ana.Prueba@Correo.MX", "ana.prueba@correo.mx"),
        ("mailto:ana@uni.edu.mx", "ana@uni.edu.mx"),
        ("<ana+1@uni.edu.mx>", "ana+1@uni.edu.mx"),
        ("noemi@uni.mx", "noemi@uni.mx"),
        ("ana@localhost", None),
        ("ana prueba@uni.mx", None),
        ("ana@uni..mx", None),
        ("ana@@uni.mx", None),
        ("notiene@notiene.com", None),
        ("sincorreo@uni.mx", None),
        ("no@no.com", None),
        ("x@x.com", None),
        ("NO TIENE", None),
    ],
)
def test_e_mail(connection: duckdb.DuckDBPyConnection, text: str, address: str | None) -> None:
    assert connection.sql(f"select {email_sql('$1')}", params=[text]).fetchall() == [(address,)]
