"""What is readable and yet doubtful: identifiers against declared values, dates of two orders, work and school."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from invented import Clinic
from test_standardise_records import PEOPLE, TERMS, Row, standardised, written

from sources.standardise.classifications import education_query, occupations_query
from sources.standardise.document_forms import PATTERNS, UNVERIFIED
from sources.standardise.identifiers import FORMS, canonical, is_valid
from sources.standardise.letters import fold
from warehouse.tables import RECORD_FLAGS, RECORDS

CURP = "AAAA900101MDFBBB05"


def flags(clinic: Clinic, *rows: Row, columns: Sequence[dict[str, object]] = PEOPLE) -> list[tuple[str, str]]:  # type: ignore[assignment]
    contract = clinic.contract(columns=columns, terms=TERMS)
    standardised(clinic, contract, *rows)
    return sorted((row["flag"], row["field"]) for row in written(clinic, RECORD_FLAGS, contract))


HELD = [
    ("all agrees", CURP, "01/01/1990", "M", []),
    ("another day", CURP, "02/01/1990", "M", [("identifier_birth_date", "birth_date")]),
    ("another century", CURP, "01/01/1890", "M", [("identifier_birth_date", "birth_date")]),
    ("another sex", CURP, "01/01/1990", "H", [("identifier_sex", "sex")]),
    (
        "both", CURP, "01/01/1960", "H",
        [("identifier_birth_date", "birth_date"), ("identifier_sex", "sex")],
    ),
    ("nothing declared", CURP, None, None, []),
    ("an unknown sex contradicts nothing", CURP, "01/01/1990", "9", []),
    ("a CURP that fails its check digit tells nothing", "AAAA900101MDFBBB06", "02/01/1990", "H", []),
]  # fmt: skip


@pytest.mark.parametrize(("what", "curp", "born", "sex", "expected"), HELD, ids=[case[0] for case in HELD])
def test_the_date_and_sex_in_a_curp_are_held_against_the_declared(
    what: str, curp: str, born: str | None, sex: str | None, expected: list[tuple[str, str]], clinic: Clinic
) -> None:
    row = {"KEY": "1", "CURP": curp, "BORN": born, "SEX": sex}
    assert flags(clinic, {name: value for name, value in row.items() if value is not None}) == expected, what


SCHEMED = [
    ("cu.ni", "91021027775", "10/02/1991", "M", []),
    ("cu.ni", "91021027775", "10/02/1991", "H", [("identifier_sex", "sex")]),
    ("cu.ni", "91021027775", "02/10/1991", None, [("identifier_day_month", "birth_date")]),
    ("ni.cedula", "001-020385-0001A", "02/03/1985", None, []),
    ("ni.cedula", "001-020385-0001A", "03/02/1985", None, [("identifier_day_month", "birth_date")]),
    ("ni.cedula", "001-020385-0001A", "02/03/1984", None, [("identifier_birth_date", "birth_date")]),
]


@pytest.mark.parametrize(("scheme", "number", "born", "sex", "expected"), SCHEMED)
def test_other_countries_numbers_are_held_against_the_declared_too(
    scheme: str, number: str, born: str, sex: str | None, expected: list[tuple[str, str]], clinic: Clinic
) -> None:
    columns = [{**column, "scheme": scheme} if column["name"] == "CURP" else column for column in PEOPLE]
    row = {"KEY": "1", "CURP": number, "BORN": born} | ({"SEX": sex} if sex else {})
    assert flags(clinic, row, columns=columns) == expected


BOTH_ORDERS = [
    {**column, "format": ["%d/%m/%Y", "%m/%d/%Y"]} if column["name"] == "BORN" else column for column in PEOPLE
]
ORDERS = [
    ("day first shows", ["25/04/2001", "03/04/2001"], ["2001-04-25", "2001-04-03"], 0),
    ("month first shows", ["04/25/2001", "03/04/2001"], ["2001-04-25", "2001-03-04"], 0),
    ("the most decide, and the doubt is told", ["04/25/2001", "04/26/2001", "27/04/2001", "03/04/2001"],
     ["2001-04-25", "2001-04-26", "2001-04-27", "2001-03-04"], 1),
    ("nothing shows: the contract's order, and the doubt is told", ["03/04/2001"], ["2001-04-03"], 1),
    ("a day and month of one number are in no doubt", ["03/03/2001"], ["2001-03-03"], 0),
]  # fmt: skip


@pytest.mark.parametrize(("what", "texts", "days", "doubts"), ORDERS, ids=[case[0] for case in ORDERS])
def test_the_order_of_dates_is_settled_by_the_source_itself(
    what: str, texts: list[str], days: list[str], doubts: int, clinic: Clinic
) -> None:
    rows = [{"KEY": str(number), "BORN": text} for number, text in enumerate(texts)]
    found = flags(clinic, *rows, columns=BOTH_ORDERS)
    records = written(clinic, RECORDS, clinic.contract(columns=BOTH_ORDERS, terms=TERMS))
    born = {record["record_key"]: record["birth_date"].isoformat() for record in records}
    assert [born[str(number)] for number in range(len(texts))] == days, what
    assert found == [("ambiguous_date_order", "birth_date")] * doubts


FORMED = [
    ("py.ci", ["4123567", "45679"], ["123", "ABC1234", "413256789"]),
    ("hn.dni", ["0801199012345", "1805200100001"], ["1901199012345", "0801179012345", "080119901234"]),
    ("ni.cedula", ["0010203850001A", "2813112990004Y"], ["0013203850001A", "0010213850001A", "0010203850001I"]),
    ("pa.cedula", ["8123456", "PE1234567", "E8123456", "13AV12345", "N1923456"], ["14X12", "PX123456", "8"]),
    ("bo.ci", ["4123567", "41235671A", "4123567LP", "41235671ALP"], ["1234", "4123567XX", "A4123567"]),
    ("ve.ci", ["V14235678", "E82345671", "14235678"], ["J142356789", "V1", "14235678901"]),
    ("uy.ci", ["12345672"], ["12345673"]),
    ("sv.dui", ["000162975"], ["000162976"]),
    ("gt.cui", ["2449523610101"], ["2449523612301", "2449523620101"]),
    ("br.nis", ["17033259504"], ["17033259505"]),
]


@pytest.mark.parametrize(("scheme", "right", "wrong"), FORMED, ids=[case[0] for case in FORMED])
def test_numbers_of_each_country_by_the_rule_that_is_known(scheme: str, right: list[str], wrong: list[str]) -> None:
    judged = is_valid(scheme, pa.chunked_array([pa.array([*right, *wrong])]))
    assert judged.tolist() == [True] * len(right) + [False] * len(wrong)


def test_every_rule_that_nobody_confirmed_is_marked() -> None:
    assert set(PATTERNS) <= UNVERIFIED <= {*PATTERNS, *FORMS}
    assert canonical("pa.cip") == "pa.cedula"


@pytest.mark.parametrize("scheme", sorted(PATTERNS))
def test_no_placeholder_has_a_form(scheme: str) -> None:
    placeholders = pa.chunked_array([pa.array(["00000000", "11111111", "12345678901234", "999999999"])])
    assert not np.any(is_valid(scheme, placeholders) & np.array([True, True, False, True]))


@pytest.fixture(scope="module")
def session() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


def classified(session: duckdb.DuckDBPyConnection, kind: str, texts: list[str]) -> list[str | None]:
    session.register("told", pa.table({"value": texts}))
    fold(session, "select value from told", "folded")
    query = {"occupation": occupations_query, "education": education_query}[kind]("select * from folded")
    found = dict(session.sql(query).fetchall())
    return [found.get(text) for text in texts]


CLASSES = [
    ("occupation", "Albañil", "7112"),
    ("occupation", "ALBANIL", "7112"),
    ("occupation", "trabajadora  del hogar", "9111"),
    ("occupation", "Médica general", None),
    ("occupation", "médico", "2211"),
    ("occupation", "Pedreiro", "7112"),
    ("occupation", "5", "5"),
    ("occupation", "2221", "2221"),
    ("occupation", "222", "222"),  # a coarser code is a code
    ("occupation", "22", "22"),
    ("occupation", "0110", "0110"),
    ("occupation", "Traditional chiefs and heads of villages", "1113"),
    ("occupation", "BRICKLAYERS AND RELATED WORKERS", "7112"),
    ("occupation", "cooks", "5120"),  # the title of a minor group and of the one unit group in it
    ("occupation", "Managers", "1"),
    ("occupation", "Profesionales de la enseñanza", "23"),
    ("occupation", "Profesionales de la ensenanza", "23"),
    ("occupation", "2799", None),  # no such sub-major group
    ("occupation", "1115", None),  # a minor group that has no such unit group
    ("occupation", "7110", None),  # no unit group ends in 0 beside others
    ("occupation", "110", None),  # 0110 without its first digit is no group, and not guessed at
    ("occupation", "22210", None),
    ("occupation", "97", None),
    ("occupation", "2221.0", None),
    ("occupation", "Bricklayers", None),
    ("occupation", "astronauta", None),
    ("education", "Licenciatura", "6"),
    ("education", "Educación media superior", "3"),
    ("education", "ENSINO MÉDIO", "3"),
    ("education", "Pós-graduação", "7"),
    ("education", "6", "6"),
    ("education", "344", "344"),
    ("education", "34", "34"),
    ("education", "010", "010"),
    ("education", "100", "100"),
    ("education", "Short-cycle tertiary education", "5"),
    ("education", "Upper secondary education, vocational", "35"),
    ("education", "Educación secundaria baja", "2"),
    ("education", "10", None),  # years of schooling, perhaps
    ("education", "03", None),
    ("education", "345", None),
    ("education", "340", None),
    ("education", "999", None),
    ("education", "12", None),
    ("education", "9", None),
    ("education", "no sabe", None),
]


@pytest.mark.parametrize(("kind", "text", "code"), CLASSES)
def test_titles_and_codes_become_the_international_ones(
    kind: str, text: str, code: str | None, session: duckdb.DuckDBPyConnection
) -> None:
    assert classified(session, kind, [text]) == [code]


@settings(deadline=None, max_examples=15)
@given(texts=st.lists(st.text(max_size=20), max_size=8, unique=True), kind=st.sampled_from(["occupation", "education"]))
def test_what_is_a_code_already_stays_what_it_is(
    texts: list[str], kind: str, session: duckdb.DuckDBPyConnection
) -> None:
    codes = [code for code in classified(session, kind, [*texts, "Albañil", "Primaria"]) if code]
    assert classified(session, kind, codes) == codes
