from collections.abc import Callable

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sources.standardise.letters import fold
from sources.standardise.places import addresses_query, countries_query, places_query, postal_code_sql

Query = Callable[[str], str]


def standard(session: duckdb.DuckDBPyConnection, query: Query, values: list[str]) -> list[str | None]:
    session.execute("create or replace temp table stated as select unnest($1::varchar[]) as value", [values])
    fold(session, "select value from stated", "texts")
    found = dict(session.sql(query("select * from texts")).fetchall())
    return [found.get(value) for value in values]


def check(session: duckdb.DuckDBPyConnection, query: Query, cases: dict[str, str | None]) -> None:
    assert dict(zip(cases, standard(session, query, list(cases)), strict=True)) == cases


def test_addresses(connection: duckdb.DuckDBPyConnection) -> None:
    check(
        connection,
        addresses_query,
        {
            "Av. Juárez No. 12": "AVENIDA JUAREZ 12",
            "AVDA JUAREZ #12": "AVENIDA JUAREZ 12",
            "Avenida Juárez Nº 12": "AVENIDA JUAREZ 12",
            "C/ Mayor 5-B": "CALLE MAYOR 5B",
            "C. Mayor 5 B": "CALLE MAYOR 5B",
            "Calle Mayor núm. 5b": "CALLE MAYOR 5B",
            "R. das Flores, 100 - Apto 3": "RUA FLORES 100 DEPARTAMENTO 3",
            "Rua das Flores 100 ap. 3": "RUA FLORES 100 DEPARTAMENTO 3",
            "Cra 7 # 45-10": "CARRERA 7 45 10",
            "Calle de la Paz S/N": "CALLE LA PAZ SN",
            "Calle de la Paz sin número": "CALLE LA PAZ SN",
            "Mz. 3 Lt. 14 Col. Peña": "MANZANA 3 LOTE 14 COLONIA PEÑA",
            "Domicilio conocido S/N": None,
            "S/N": None,
            "NO TIENE": None,
            "-": None,
        },
    )


def test_places(connection: duckdb.DuckDBPyConnection) -> None:
    check(
        connection,
        places_query,
        {
            "Edo. de México": "ESTADO DE MEXICO",
            "São Paulo": "SAO PAULO",
            "Ñuñoa": "ÑUÑOA",
            "Cd. Juárez": "CIUDAD JUAREZ",
            "Sta. Rosa": "SANTA ROSA",
            "015": "015",
            "09-007": "09 007",
            "Sin información": None,
            "000": None,
            "N/A": None,
        },
    )


def test_countries(connection: duckdb.DuckDBPyConnection) -> None:
    check(
        connection,
        countries_query,
        {"México": "MX", "MEX": "MX", "mx": "MX", "Brasil": "BR", "EE.UU.": "US", "Perú": "PE", "España": "ES",
         "República Dominicana": "DO", "Atlántida": "ATLANTIDA", "Desconocido": None},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "code"),
    [("06700", "06700"), ("01310-100", "01310100"), ("c1425 abc", "C1425ABC"), ("6700.0", "6700"), ("00000", None)],
)
def test_postal_codes(connection: duckdb.DuckDBPyConnection, text: str, code: str | None) -> None:
    assert connection.sql(f"select {postal_code_sql('$1')}", params=[text]).fetchall() == [(code,)]


VOCABULARY = "AV CALLE C/ R. NO 12 5 B S/N DE LA COL PEÑA # EDO CD STA X MAYOR - é"
TEXTS = st.lists(st.sampled_from(VOCABULARY.split()), max_size=7).map(" ".join)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(TEXTS, max_size=30, unique=True),
    st.sampled_from([addresses_query, places_query, countries_query]),
)
def test_standard_places_are_standard_already(
    connection: duckdb.DuckDBPyConnection, values: list[str], query: Query
) -> None:
    once = [place for place in standard(connection, query, values) if place]
    assert standard(connection, query, once) == once
