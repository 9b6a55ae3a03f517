from collections.abc import Sequence
from typing import Any

import duckdb
import pytest

from sources.standardise.full_names import GIVEN, SURNAME, UNKNOWN, Order, Parting, part, source_order, word_classes
from sources.standardise.person_names import standardise_names

Name = tuple[str | None, str | None, str | None]
G, S, U = GIVEN, SURNAME, UNKNOWN


def told(session: duckdb.DuckDBPyConnection, rows: Sequence[dict[str, Any]], joint: bool = False) -> list[Name]:
    """The given names and two surnames that each row's columns tell."""
    names = ("sex", "full_name", "given_names", "surname_1", "surname_2")
    session.execute(
        "create or replace temp table rows (record_id varchar, sex varchar, full_name varchar, given_names varchar, "
        "surname_1 varchar, surname_2 varchar)"
    )
    session.executemany(
        "insert into rows values (?, ?, ?, ?, ?, ?)",
        [(f"{place:06}", *(row.get(name) for name in names)) for place, row in enumerate(rows)],
    )
    standardise_names(session, "rows", "told", joint_surnames=joint)
    return session.sql("select given_names_std, surname_1_std, surname_2_std from told order by record_id").fetchall()


def whole(session: duckdb.DuckDBPyConnection, cases: dict[str, Name]) -> None:
    """Check names that one source delivers in one column."""
    found = told(session, [{"full_name": name} for name in cases])
    assert dict(zip(cases, found, strict=True)) == cases


def test_given_names_first(connection: duckdb.DuckDBPyConnection) -> None:
    whole(
        connection,
        {
            "Juan Carlos Pérez López": ("JUAN CARLOS", "PEREZ", "LOPEZ"),
            "Ana Pérez": ("ANA", "PEREZ", None),
            "Juan Pérez López": ("JUAN", "PEREZ", "LOPEZ"),
            "José Luis Quispe": ("JOSE LUIS", "QUISPE", None),
            "María Guadalupe Hdz. de la Cruz": ("MARIA GUADALUPE", "HERNANDEZ", "CRUZ"),
            "María Guadalupe Elena Pérez López": ("MARIA GUADALUPE ELENA", "PEREZ", "LOPEZ"),
            "Zzyx Qwrt Pérez López": ("ZZYX QWRT", "PEREZ", "LOPEZ"),
            "Ana": ("ANA", None, None),
            "Quispe": (None, "QUISPE", None),
            "Juan San Martín Ruiz": ("JUAN", "SANMARTIN", "RUIZ"),
            "Ana Qwrt Ponce de León": ("ANA", "QWRT", "PONCE LEON"),
            "Ana María Montes de Oca": ("ANA MARIA", "MONTES OCA", None),
        },
    )


def test_surnames_first(connection: duckdb.DuckDBPyConnection) -> None:
    whole(
        connection,
        {
            "PEREZ LOPEZ JUAN CARLOS": ("JUAN CARLOS", "PEREZ", "LOPEZ"),
            "HERNANDEZ GARCIA MARIA": ("MARIA", "HERNANDEZ", "GARCIA"),
            "QUISPE MAMANI JOSE": ("JOSE", "QUISPE", "MAMANI"),
            "SAN MARTIN RUIZ ANA LUCIA": ("ANA LUCIA", "SANMARTIN", "RUIZ"),
            "RUIZ ANA": ("ANA", "RUIZ", None),
            "ZZYX QWRT VWXZ": ("VWXZ", "ZZYX", "QWRT"),
            "DE LA CRUZ MTZ. MA. ELENA": ("MARIA ELENA", "CRUZ", "MARTINEZ"),
        },
    )


def test_the_source_decides_what_one_name_leaves_open(connection: duckdb.DuckDBPyConnection) -> None:
    open_name = {"full_name": "Zzyx Qwrt"}
    given_first = [{"full_name": "Ana Pérez"}, {"full_name": "Juan Pérez López"}, open_name]
    surname_first = [{"full_name": "Pérez Ana"}, {"full_name": "Pérez López Juan"}, open_name]
    assert told(connection, given_first)[-1] == ("ZZYX", "QWRT", None)
    assert told(connection, surname_first)[-1] == ("QWRT", "ZZYX", None)


def test_a_name_that_plainly_breaks_the_order_is_followed(connection: duckdb.DuckDBPyConnection) -> None:
    rows = [{"full_name": "Ana Pérez López"}] * 3 + [{"full_name": "Pérez López Juan Carlos"}]
    assert told(connection, rows)[-1] == ("JUAN CARLOS", "PEREZ", "LOPEZ")


def test_portuguese_order(connection: duckdb.DuckDBPyConnection) -> None:
    whole(
        connection,
        {
            "João da Silva Santos": ("JOAO", "SILVA", "SANTOS"),
            "Maria Eduarda de Souza Oliveira": ("MARIA EDUARDA", "SOUZA", "OLIVEIRA"),
            "José dos Santos Neto": ("JOSE", "SANTOS", None),
            "Ana Clara Pereira de Almeida": ("ANA CLARA", "PEREIRA", "ALMEIDA"),
        },
    )


def test_a_comma_parts_surnames_from_given_names(connection: duckdb.DuckDBPyConnection) -> None:
    whole(
        connection,
        {
            "PEREZ LOPEZ, JUAN CARLOS": ("JUAN CARLOS", "PEREZ", "LOPEZ"),
            "De la Cruz,Ana": ("ANA", "CRUZ", None),
            "PEREZ, JUAN, JR": ("JUAN", "PEREZ", None),
            "SILVA, MARIA": ("MARIA", "SILVA", None),
            "ZZYX, QWRT": ("QWRT", "ZZYX", None),
            ", ANA": ("ANA", None, None),
        },
    )


@pytest.mark.parametrize("name", ["NN", "RN DE ANA PRUEBA", ",", "...", "SIN NOMBRE", None])
def test_no_name_in_one_column(connection: duckdb.DuckDBPyConnection, name: str | None) -> None:
    assert told(connection, [{"full_name": name}]) == [(None, None, None)]


def test_a_husbands_surname_is_none_of_hers(connection: duckdb.DuckDBPyConnection) -> None:
    cases: list[tuple[dict[str, Any], Name]] = [
        ({"full_name": "Ángela López de Portillo", "sex": "female"}, ("ANGELA", "LOPEZ", None)),
        ({"full_name": "María López García Vda. de Ruiz"}, ("MARIA", "LOPEZ", "GARCIA")),
        ({"given_names": "Ángela", "surname_1": "López de Portillo", "sex": "female"}, ("ANGELA", "LOPEZ", None)),
        ({"given_names": "Ángela", "surname_1": "López", "surname_2": "de Portillo", "sex": "female"},
         ("ANGELA", "LOPEZ", None)),
        ({"given_names": "Ana", "surname_1": "López", "surname_2": "viuda de Ruiz"}, ("ANA", "LOPEZ", None)),
    ]  # fmt: skip
    assert told(connection, [row for row, _ in cases]) == [name for _, name in cases]


def test_a_de_that_is_no_husbands_stays(connection: duckdb.DuckDBPyConnection) -> None:
    cases: list[tuple[dict[str, Any], Name]] = [
        ({"full_name": "Juan López de Portillo", "sex": "male"}, ("JUAN", "LOPEZ", "PORTILLO")),
        ({"full_name": "María de Lourdes Ruiz", "sex": "female"}, ("MARIA LOURDES", "RUIZ", None)),
        ({"given_names": "Ana", "surname_1": "Ponce de León", "sex": "female"}, ("ANA", "PONCE LEON", None)),
        ({"given_names": "Ana", "surname_1": "Ruiz", "surname_2": "de la Cruz", "sex": "female"},
         ("ANA", "RUIZ", "CRUZ")),
        ({"given_names": "Ana", "surname_1": "de Portillo", "sex": "female"}, ("ANA", "PORTILLO", None)),
    ]  # fmt: skip
    assert told(connection, [row for row, _ in cases]) == [name for _, name in cases]


def test_portuguese_wives_keep_every_surname(connection: duckdb.DuckDBPyConnection) -> None:
    rows = [{"full_name": "Ana da Silva de Souza", "sex": "female"}, {"full_name": "Rui dos Santos", "sex": "male"}]
    assert told(connection, rows)[0] == ("ANA", "SILVA", "SOUZA")


def test_two_surnames_in_one_column(connection: duckdb.DuckDBPyConnection) -> None:
    surnames = ["De la Cruz López", "San Martín", "Pérez", "Ponce de León García", "SIN APELLIDO"]
    rows = [{"given_names": "Ana", "surname_1": surname} for surname in surnames]
    assert told(connection, rows, joint=True) == [
        ("ANA", "CRUZ", "LOPEZ"),
        ("ANA", "SANMARTIN", None),
        ("ANA", "PEREZ", None),
        ("ANA", "PONCE LEON", "GARCIA"),
        ("ANA", None, None),
    ]
    assert told(connection, rows)[0] == ("ANA", "CRUZ LOPEZ", None)


def test_parts_come_before_the_whole(connection: duckdb.DuckDBPyConnection) -> None:
    assert told(connection, [{"full_name": "Zzyx Qwrt", "given_names": "Ana"}]) == [("ANA", None, None)]


def test_every_record_keeps_its_row(connection: duckdb.DuckDBPyConnection) -> None:
    rows = [{"full_name": name} for name in ["Ana Pérez", "Ana Pérez", None, "NN", "😀", "x" * 10_000, "Pérez, Ana"]]
    assert len(told(connection, rows)) == len(rows)


@pytest.mark.parametrize(
    ("classes", "order", "parting"),
    [
        ((G, G, S, S), "given first", Parting(2, "given first")),
        ((S, S, G, G), "surname first", Parting(2, "surname first")),
        ((G, S, S), "given first", Parting(1, "given first")),
        ((G, G, S), "given first", Parting(2, "given first")),
        ((U, U, U), "given first", Parting(1, "given first")),
        ((U, U, U), "surname first", Parting(1, "surname first")),
        ((U, U, U, U), "surname first", Parting(2, "surname first")),
        ((G, G, G, S, S), "given first", Parting(3, "given first")),
        ((S, S, G, G), "given first", Parting(2, "surname first")),
        ((S, G), "given first", Parting(1, "surname first")),
        ((U, G), "given first", Parting(1, "given first")),
        ((G,), "surname first", Parting(1, "surname first")),
        ((S,), "given first", Parting(0, "given first")),
        ((U,), "surname first", Parting(0, "surname first")),
    ],
)
def test_where_a_name_is_parted(classes: tuple[int, ...], order: Order, parting: Parting) -> None:
    assert part(classes, order) == parting


def test_the_order_is_what_most_names_show() -> None:
    given_then_surname, surname_then_given = (2, G + 3 * S, 5), (2, S + 3 * G, 6)
    assert word_classes(2, given_then_surname[1]) == (G, S)
    assert source_order([given_then_surname, surname_then_given]) == "surname first"
    assert source_order([given_then_surname]) == "given first"
    assert source_order([]) == "given first"
