import string
from collections.abc import Iterator

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.standardise import names
from sources.standardise.abbreviations import Part as Abbreviated
from sources.standardise.abbreviations import abbreviations
from sources.standardise.letters import fold
from sources.standardise.names import Part, names_query

SESSION = duckdb.connect()


@pytest.fixture(scope="module", autouse=True)
def _closing() -> Iterator[None]:
    yield
    SESSION.close()


def standard(values: list[str], part: Part) -> list[str | None]:
    """The comparable form of each value."""
    SESSION.execute("create or replace temp table given_texts as select unnest($1::varchar[]) as value", [values])
    fold(SESSION, "select value from given_texts", "texts")
    found = dict(SESSION.sql(names_query("select * from texts", part)).fetchall())
    return [found.get(value) for value in values]


def check(cases: dict[str, str | None], part: Part) -> None:
    assert dict(zip(cases, standard(list(cases), part), strict=True)) == cases


def test_letters() -> None:
    check(
        {
            "josé": "JOSE",
            "Ñusta": "ÑUSTA",
            "n\u0303andu": "ÑANDU",
            "Muñoz": "MUÑOZ",
            "Begoña Ágüeda": "BEGOÑA AGUEDA",
            "João Conceição": "JOAO CONCEICAO",
            "O'Higgins": "OHIGGINS",
            "D’Angelo": "DANGELO",
            "María-José": "MARIA JOSE",
            "  Ana \t Luz ": "ANA LUZ",
            "Ana\u200bLuz": "ANALUZ",
            "PE?A": "PEA",
            "Straße": "STRASSE",
            "Łukasz": "LUKASZ",
            "😀 Ana 😀": "ANA",
            "Иван": "IVAN",
            "李 小龍": "LI XIAO LONG",
            "Μαρία": "MARIA",
        },
        "given",
    )


def test_a_name_in_a_script_that_nobody_transliterates_is_kept() -> None:
    assert standard(["𞤀𞤁", "مريم"], "given") == ["𞤀𞤁", "MRYM"]


def test_given_names() -> None:
    check(
        {
            "Ma. Guadalupe": "MARIA GUADALUPE",
            "M.ª del Carmen": "MARIA CARMEN",
            "Mª Luisa": "MARIA LUISA",
            "MA.GPE.": "MARIA GUADALUPE",
            "FCO. JAVIER": "FRANCISCO JAVIER",
            "J. Jesús": "JOSE JESUS",
            "J. Pérez": "J PEREZ",
            "José E.": "JOSE E",
            "María de la Luz": "MARIA LUZ",
            "María de los Ángeles": "MARIA ANGELES",
            "María del Rosario": "MARIA ROSARIO",
            "San Juana": "SANJUANA",
            "Carlos Jr.": "CARLOS",
            "Carlos (hijo)": "CARLOS",
            "José Filho": "JOSE",
            "Junior": "JUNIOR",
            "Junior Alexander": "JUNIOR ALEXANDER",
            "DRA. ANA": "ANA",
            "Sofía": "SOFIA",
            "Dolores": "DOLORES",
        },
        "given",
    )


def test_surnames() -> None:
    check(
        {
            "De la Cruz": "CRUZ",
            "de las Casas": "CASAS",
            "DEL RÍO": "RIO",
            "da Silva": "SILVA",
            "dos Santos": "SANTOS",
            "de los Ríos": "RIOS",
            "Ortega y Gasset": "ORTEGA GASSET",
            "San Martín": "SANMARTIN",
            "Sta. Cruz": "SANTACRUZ",
            "Santos": "SANTOS",
            "La Torre": "LA TORRE",
            "HDZ.": "HERNANDEZ",
            "Glez": "GONZALEZ",
            "Gzz": "GONZALEZ",
            "Rdz": "RODRIGUEZ",
            "Mtz": "MARTINEZ",
            "Ma": "MA",
            "Do": "DO",
            "Peña": "PEÑA",
            "Doña": "DOÑA",
            "Yáñez": "YAÑEZ",
            "Souza Neto": "SOUZA",
            "Neto": "NETO",
            "Mamani": "MAMANI",
            "Quispe": "QUISPE",
            "Ng": "NG",
            "O": "O",
        },
        "surname",
    )


@pytest.mark.parametrize("part", ["given", "surname", "person"])
def test_placeholders_are_no_names(part: Part) -> None:
    said = [
        *(
            "NN",
            "N.N.",
            "n n",
            "X",
            "xx",
            "XXXX",
            "X X",
            "SIN APELLIDO",
            "sin nombre",
            "S/N",
            "NO TIENE",
            "no registra",
        ),
        *("RN", "RN DE ANA PRUEBA", "Recién nacido", "RECEM NASCIDO", "SEM NOME", "NAO INFORMADO", "NN SIN APELLIDO"),
        *(".", "-", "***", "0", "000", "null", "N/A", "Desconocido", "😀", "JR.", "123", "?"),
    ]
    assert standard(said, part) == [None] * len(said)


def test_a_placeholder_beside_a_name_leaves_the_name() -> None:
    check({"ANA PRUEBA SIN APELLIDO": "ANA PRUEBA", "ANA NN PRUEBA XX": "ANA PRUEBA"}, "person")


def test_real_names_that_resemble_placeholders_stay() -> None:
    real = ["NINA", "ROSA N", "NOE", "XOCHITL", "SINFOROSA", "NATALIA", "RNA", "E", "Y", "AN", "NOTIENE"]
    assert standard(real, "given") == real


def test_a_name_of_ten_thousand_letters_is_cut() -> None:
    endless, many = standard(["q" * 10_000, "ana " * 2_500], "given")
    assert endless == "Q" * 100
    assert many == " ".join(["ANA"] * 25)


@pytest.mark.parametrize("parts", [("given",), ("surname",), ("address",), ("place",), ("given", "surname")])
def test_no_long_form_is_itself_an_abbreviation(parts: tuple[Abbreviated, ...]) -> None:
    listed = abbreviations(parts)
    assert not set(listed) & set(listed.values())
    assert not set(listed) & {*names.PARTICLES, *names.ARTICLES, *names.SUFFIXES}


def test_there_are_many_abbreviations_of_the_region() -> None:
    assert len(abbreviations(("given", "surname"))) > 40


VOCABULARY = """
    DE DEL LA LAS LOS DA DOS E Y SAN SANTA STA JR HIJO FILHO NETO JUNIOR SR DRA MA FCO HDZ GLEZ J M X XX NN RN NO TIENE
    SIN APELLIDO ANA ROSA MARIA JESUS CRUZ PEÑA ÑU QUISPE 1 22 o' ª ß 李 😀 - . , ? TA N S NA
"""
TOKENS = st.sampled_from(VOCABULARY.split())
TEXTS = st.lists(TOKENS | st.text(string.ascii_letters + "áéñÑçü '.-ª𞤀Ø", max_size=8), max_size=9).map(" ".join)


@settings(max_examples=20, deadline=None)
@given(
    st.lists(TEXTS | st.text(max_size=30), max_size=40, unique=True), st.sampled_from(["given", "surname", "person"])
)
def test_standard_names_are_standard_already(values: list[str], part: Part) -> None:
    once = [name for name in standard([value.replace("\0", "") for value in values], part) if name]
    assert standard(once, part) == once


@settings(max_examples=20, deadline=None)
@given(st.lists(TEXTS, min_size=5, max_size=40, unique=True), st.sampled_from(["given", "surname", "person"]))
def test_names_without_marks_are_what_the_rules_would_leave(values: list[str], part: Part) -> None:
    quick = standard(values, part)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(names, "_marks", lambda part: ".*")
        assert standard(values, part) == quick


@settings(max_examples=10, deadline=None)
@given(st.lists(TEXTS, max_size=40, unique=True))
def test_a_standard_name_holds_capitals_and_single_blanks(values: list[str]) -> None:
    for name in standard(values, "person"):
        assert name is None or (name == name.upper() and name.split(" ") == name.split() and 0 < len(name) <= 100)
