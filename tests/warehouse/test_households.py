"""Parents and households, in small cases that must and must not be joined."""

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from warehouse.persons.households import Kinship, write_kinship
from warehouse.storage import write_rows
from warehouse.tables import PERSONS, RECORDS, SPINE

TODAY = date(2026, 10, 31)
HOME = {"address": "CALLE SOL 1", "locality": "CENTRO", "municipality": "01001"}
AWAY = {"address": "CALLE LUNA 9", "locality": "CENTRO", "municipality": "01001"}
FAR = {"municipality": "02002"}
MOTHER = {"given_names": "ANA", "surname_1": "LEON", "surname_2": "RIOS", "sex": "female", "birth_year": 1990}
FATHER = {"given_names": "LUIS", "surname_1": "CANO", "surname_2": "VEGA", "sex": "male", "birth_year": 1988}
CHILD = {"given_names": "EVA", "surname_1": "CANO", "surname_2": "LEON", "sex": "female", "birth_year": 2016}
OF_ANA, OF_LUIS = {"mother_name": "ANA LEON RIOS"}, {"father_name": "LUIS CANO VEGA"}

People = dict[str, dict[str, Any]]


@pytest.fixture
def kin(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> Any:
    """A function from people, and their household keys, to the rows of the tables that are made of them."""

    def make(people: People, keys: dict[str, str] | None = None) -> dict[str, list[dict[str, Any]]]:
        persons = [{"entity_id": name, "record_count": 1, "source_count": 1, **facts} for name, facts in people.items()]
        shared = {"source": "s", "contract_id": "s", "delivery_id": "d", "as_of_date": TODAY, "faults": []}
        records = [
            {"record_id": name, "record_key": name, "household_key": (keys or {}).get(name), **shared}
            for name in people
        ]
        spine = [{"source": "s", "record_key": name, "record_id": name, "entity_id": name} for name in people]
        for table, rows in ((PERSONS, persons), (RECORDS, records), (SPINE, spine)):
            write_rows(connection, table, rows, tmp_path / f"in_{table.name}.parquet")
        names = ("relationships", "households", "members")
        places = Kinship(*(tmp_path / f"{name}.parquet" for name in names))
        inputs = (tmp_path / "in_persons.parquet", [tmp_path / "in_records.parquet"], tmp_path / "in_spine.parquet")
        write_kinship(connection, *inputs, places)
        return {
            name: connection.sql(f"select * from '{tmp_path / name}.parquet'").to_arrow_table().to_pylist()
            for name in names
        }

    return make


def parents(tables: dict[str, list[dict[str, Any]]]) -> set[tuple[str, str, str]]:
    return {(row["entity_id"], row["relationship_type"], row["related_entity_id"]) for row in tables["relationships"]}


def together(tables: dict[str, list[dict[str, Any]]], grouping: str) -> set[str]:
    """The households of one grouping, each as its members' names."""
    rows = [row for row in tables["members"] if row["grouping"] == grouping]
    households = {row["household_id"] for row in rows}
    return {"+".join(sorted(row["entity_id"] for row in rows if row["household_id"] == each)) for each in households}


PARENTS = [
    ("named, and of an age", {"c": CHILD | OF_ANA, "m": MOTHER}, {("c", "MTH", "m")}),
    ("named in another order", {"c": CHILD | {"mother_name": "LEON RIOS ANA"}, "m": MOTHER}, {("c", "MTH", "m")}),
    ("named, but a man", {"c": CHILD | OF_ANA, "m": MOTHER | {"sex": "male"}}, set()),
    ("named, but too young", {"c": CHILD | OF_ANA, "m": MOTHER | {"birth_year": 2008}}, set()),
    ("named, but too old", {"c": CHILD | OF_ANA, "m": MOTHER | {"birth_year": 1950}}, set()),
    ("two of the name", {"c": CHILD | OF_ANA, "m": MOTHER, "n": MOTHER}, set()),
    (
        "two of the name, one at the child's address",
        {"c": CHILD | OF_ANA | HOME, "m": MOTHER | HOME, "n": MOTHER | AWAY},
        {("c", "MTH", "m")},
    ),
    ("another name", {"c": CHILD | OF_ANA, "m": MOTHER | {"surname_2": "SOTO"}}, set()),
    ("both", {"c": CHILD | OF_ANA | OF_LUIS, "m": MOTHER, "f": FATHER}, {("c", "MTH", "m"), ("c", "FTH", "f")}),
    (
        "an unnamed father whose surname the child bears at his address",
        {"c": CHILD | OF_ANA | HOME, "m": MOTHER | HOME, "f": FATHER | HOME},
        {("c", "MTH", "m"), ("c", "FTH", "f")},
    ),
    ("such a father elsewhere", {"c": CHILD | OF_ANA | HOME, "f": FATHER | AWAY}, set()),
    (
        "the mother's brother, whose surname the child of a mother alone bears",
        {"c": CHILD | OF_ANA | HOME | {"surname_1": "LEON", "surname_2": "RIOS"}, "m": MOTHER | HOME,
         "u": FATHER | HOME | {"surname_1": "LEON", "surname_2": "RIOS"}},
        {("c", "MTH", "m")},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("case", "people", "expected"), PARENTS, ids=[case for case, *_ in PARENTS])
def test_who_is_whose_parent(kin: Any, case: str, people: People, expected: set[tuple[str, str, str]]) -> None:
    assert parents(kin(people)) == expected


def test_groupings_stand_side_by_side(kin: Any) -> None:
    people = {
        "c": CHILD | OF_ANA | OF_LUIS | HOME,
        "m": MOTHER | HOME,
        "f": FATHER | FAR,
        "aunt": MOTHER | HOME | {"given_names": "INES"},
        "lodger": FATHER | AWAY | {"given_names": "HUGO"},
    }
    tables = kin(people, {"m": "s:1", "lodger": "s:1"})
    assert together(tables, "declared") == {"lodger+m"}
    assert together(tables, "address") == {"aunt+c+m"}
    assert together(tables, "family") == {"c+m"}
    assert together(tables, "combined") == {"aunt+c+lodger+m"}
    combined = {row["entity_id"]: row for row in tables["members"] if row["grouping"] == "combined"}
    assert combined["c"]["evidence"] == ["address", "parent"]
    assert combined["lodger"]["evidence"] == ["declared"]


def test_the_dead_and_the_unknown_live_nowhere(kin: Any) -> None:
    people = {"a": MOTHER | HOME, "b": FATHER | HOME | {"death_date": date(2020, 1, 1)}, "c": FATHER}
    tables = kin(people)
    assert together(tables, "combined") == {"a"}
    assert tables["members"][0]["evidence"] == []


def test_an_institution_is_no_household(kin: Any) -> None:
    inmates = {f"i{number}": FATHER | HOME | {"given_names": f"X{number}"} for number in range(16)}
    assert together(kin(inmates), "address") == set()
    inmates.popitem()
    assert len(together(kin(inmates), "address")) == 1


def test_a_minor_of_parents_apart_is_with_one_of_them(kin: Any) -> None:
    people = {"c": CHILD | OF_ANA | OF_LUIS, "m": MOTHER | HOME, "f": FATHER | AWAY}
    assert together(kin(people), "family") == {"c+m"}
    assert together(kin(people | {"c": CHILD | OF_ANA | OF_LUIS | AWAY}), "family") == {"c+f"}


def test_the_head_is_the_oldest_and_gives_the_household_its_name(kin: Any) -> None:
    tables = kin({"m": MOTHER | HOME, "f": FATHER | HOME, "c": CHILD | HOME})
    again = kin({"m": MOTHER | HOME, "f": FATHER | HOME})
    assert {row["head_entity_id"] for row in tables["households"]} == {"f"}
    assert {row["household_id"] for row in tables["households"]} == {row["household_id"] for row in again["households"]}
    assert {row["size"] for row in tables["households"]} == {3}
