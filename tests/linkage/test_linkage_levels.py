"""Pairs and the level that each must reach: what is alike, and just as much what must not pass for it."""

from pathlib import Path

import duckdb
import pytest
from linkage_records import Row, record, write_records

from linkage.features.building import build_features, schemes
from linkage.model.file import load_model
from linkage.pairs.comparison import vector_query
from warehouse.session import scan

NULL = "null"


def level(connection: duckdb.DuckDBPyConnection, folder: Path, comparison: str, left: Row, right: Row) -> str:
    model = load_model()
    write_records(connection, [left, right], folder)
    build_features(
        connection,
        scan(folder / "records.parquet"),
        scan(folder / "ids.parquet"),
        model,
        [],
        None,
        folder / "nodes.parquet",
        folder / "features.parquet",
    )
    pair = "(select 0::uinteger as node_l, 1::uinteger as node_r, 0::uinteger as passes)"
    query = vector_query(pair, scan(folder / "features.parquet"), model, schemes(folder / "features.parquet"))
    vector = connection.sql(f"select vector from ({query})").fetchall()[0][0]
    place = [each.name for each in model.comparisons].index(comparison)
    levels = model.comparisons[place].levels
    reached = vector >> 4 * place & 15
    return levels[len(levels) - reached].name if reached else NULL


def named(left: str, right: str) -> tuple[Row, Row]:
    return record("a", left), record("b", right)


def born(left: str, right: str) -> tuple[Row, Row]:
    return record("a", "ANA", left), record("b", "EVA", right)


def numbered(left: str, right: str) -> tuple[Row, Row]:
    return record("a", "ANA", number=left), record("b", "EVA", number=right)


def with_field(name: str, left: str | None, right: str | None) -> tuple[Row, Row]:
    return record("a", "ANA", **{name: left}), record("b", "EVA", **{name: right})


WHOLE = {"given_names": None, "full_name": "in one field"}

CASES = [
    ("given", named("ANA MARIA", "ANA MARIA"), "equal"),
    ("given", named("ANA MARIA", "MARIA ANA"), "rearranged"),
    ("given", named("MARIA JOSE", "MARIA"), "first alone"),
    ("given", named("MARIA JOSE", "JOSE"), "second alone"),
    ("given", named("CATALINA", "CATALNA"), "similar"),
    ("given", named("JIMENA", "XIMENA"), "sounds alike"),
    ("given", named("J", "JUAN"), "initial"),
    ("given", named("MARIA JOSE", "LUZ JOSE"), "one in common"),
    ("given", named("MARIA JOSE", "MARIA ELENA"), "first equal"),
    ("given", named("PATRICIA", "BEATRIZ"), "different"),
    ("given", named("JUAN", "PEDRO"), "different"),
    ("given", named("", "PEDRO"), NULL),
    ("given", named("РОСА", "РОСА"), "equal"),
    ("surnames", named("ANA/ROJAS/VEGA", "ANA/ROJAS/VEGA"), "both equal"),
    ("surnames", named("ANA/ROJAS/VEGA", "ANA/VEGA/ROJAS"), "swapped"),
    ("surnames", named("ANA/ROJAS VEGA", "ANA/ROJAS/VEGA"), "both equal"),
    ("surnames", named("ANA/ROJAS/MARTINEZ", "ANA/ROJAS/MARTINES"), "one equal and one similar"),
    ("surnames", named("ANA/ROJAS", "ANA/ROJAS/VEGA"), "first equal and second missing"),
    ("surnames", named("ROJAS/ANA", "ANA/ROJAS"), "whole name rearranged"),
    ("surnames", named("ANA/MARTINEZ", "ANA/MARTINES/VEGA"), "first similar and second missing"),
    ("surnames", named("ANA/VEGA", "ANA/ROJAS/VEGA"), "crossed and second missing"),
    ("surnames", named("ANA/MARTINES/GONZALES", "ANA/MARTINEZ/GONZALEZ"), "both similar"),
    ("surnames", named("ANA/ROJAS/VEGA", "ANA/ROJAS/PORTILLO"), "first equal"),
    ("surnames", named("ANA/ROJAS/VEGA", "ANA/PORTILLO/VEGA"), "second equal"),
    ("surnames", named("ANA/ROJAS/VEGA", "ANA/VEGA/SOTO"), "crossed"),
    ("surnames", named("ANA/ROJAS/VEGA", "ANA/QUISPE/MAMANI"), "different"),
    ("surnames", named("ANA/MUÑOZ", "ANA/MUNOZ"), "first equal and second missing"),
    ("surnames", named("ANA", "ANA/ROJAS"), NULL),
    (
        "surnames",
        (record("a", "ANA LUZ/ROJAS/VEGA"), record("b", "ANA/LUZ/ROJAS", **WHOLE)),
        "all found in a split name",
    ),
    ("birth_date", born("1980-05-17", "1980-05-17"), "equal"),
    ("birth_date", born("1980-01-01", "1980-01-01"), "equal default"),
    ("birth_date", born("1980-05-07", "1980-07-05"), "day and month swapped"),
    ("birth_date", born("1980-05-17", "1990-05-17"), "year off by one or ten"),
    ("birth_date", born("1980-05-17", "1980-05-19"), "same year and month"),
    ("birth_date", born("1980-05-17", "1980-08-17"), "same year and day"),
    ("birth_date", born("1980-05-17", "1980-01-01"), "same year and only the year known"),
    ("birth_date", born("1980-05-17", "1980-08-19"), "same year"),
    ("birth_date", born("1980-05-17", "1985-05-17"), "same day and month"),
    ("birth_date", born("1980-05-17", "1981-08-19"), "a year apart"),
    ("birth_date", born("1980-05-17", "2008-08-19"), "twelve years apart"),
    ("birth_date", born("1980-05-17", "1985-08-19"), "different"),
    ("birth_date", born("1980-05-17", ""), NULL),
    ("identifier", numbered("mx.curp=ABCD123456", "mx.curp=ABCD123456"), "agrees"),
    ("identifier", numbered("mx.curp=ABCD123456", "mx.curp=ABCD123465!"), "one edit away"),
    ("identifier", numbered("mx.curp=ABCD123456", "mx.curp=WXYZ987654"), "differs"),
    ("identifier", numbered("mx.curp=ABCD123456", "mx.curp=WXYZ987654!"), "differs from an invalid one"),
    ("identifier", numbered("mx.curp=ABCD123456", "cl.rut=123456785"), NULL),
    ("identifier", numbered("mx.curp=ABCD123456", ""), NULL),
    ("identifier", numbered("local.roll=123456", "local.roll=654321"), NULL),
    (
        "identifier",
        numbered("mx.curp=ABCD123456 mx.nss=11111111111", "mx.curp=ABCD123456 mx.nss=22222222222"),
        "agrees though shared or contradicted",
    ),
    (
        "identifier",
        (
            record("a", "CARMEN/ROJAS", "1970-02-03", number="mx.curp=ABCD123456"),
            record("b", "PEDRO/ROJAS", "2001-06-07", number="mx.curp=ABCD123456"),
        ),
        "agrees though shared or contradicted",
    ),
    (
        "identifier",
        (
            record("a", "CARMEN/ROJAS", "1970-02-03", number="cl.rut=123456785"),
            record("b", "CARMEN/ROJAS", "2001-06-07", number="cl.rut=123456785"),
        ),
        "agrees",
    ),
    ("phone", with_field("phone_std", "+51987654321", "987654321"), "equal"),
    ("phone", with_field("phone_std", "987654321", "987654322"), "different"),
    ("phone", with_field("phone_std", "123", "123"), NULL),
    ("address", with_field("address_std", "CALLE LIMA 12", "LIMA CALLE 12"), "equal"),
    ("address", with_field("address_std", "CALLE LIMA 12", "CALLE LIMA 21"), "different"),
    ("place", with_field("municipality_std", "AREQUIPA", "AREQUIPA"), "municipality equal"),
    ("place", with_field("municipality_std", "AREQUIPA", "TACNA"), "different"),
    ("household", with_field("household_key", "roll:1", "roll:1"), "equal"),
    ("household", with_field("household_key", "roll:1", "roll:2"), "another of the same source"),
    ("mother", with_field("mother_name_std", "ROSA QUISPE", "QUISPE ROSA"), "equal"),
    ("mother", with_field("mother_name_std", "ROSA QUISPE", "ELENA MAMANI"), "different"),
]


@pytest.mark.parametrize(("comparison", "pair", "expected"), CASES)
def test_level(
    session: duckdb.DuckDBPyConnection, tmp_path: Path, comparison: str, pair: tuple[Row, Row], expected: str
) -> None:
    left, right = pair
    assert level(session, tmp_path, comparison, left, right) == expected
    assert level(session, tmp_path, comparison, right, left) == expected
