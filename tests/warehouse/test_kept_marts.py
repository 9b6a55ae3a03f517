"""A published table is kept while all that its query reads is the same, which is held against DuckDB's own parser."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from warehouse import receipts
from warehouse.marts.derived import reads, renew_derived, write_derived
from warehouse.marts.grounds import relations_named
from warehouse.marts.mart import VIEWS, RegistryInputs, create_views, query_of
from warehouse.published.reference import DELIVERIES
from warehouse.published.registry import BENEFITS, MARTS, PERSONS_PUBLISHED, POPULATION, SPINE_PUBLISHED
from warehouse.receipts import receipt_of
from warehouse.session import open_session
from warehouse.settings import Settings
from warehouse.storage import write_rows
from warehouse.table import Table
from warehouse.tables import EVENTS, PERSONS, RECORD_IDENTIFIERS, RECORDS, SPINE

OF_THE_PROGRAM = {
    "code_lists", "rules", "programme_codes", "agreements", "agreement_parties", "agreement_kinds", "agreement_units",
    "pension_laws", "stages", "age_transitions", "birth_transitions", "minimum_wages", "poverty_lines", "questions",
    "incompatible_pairs",
}  # fmt: skip
"""Relations that files of the program tell, whose fingerprint is in every receipt."""

OF_FILES = {"records", "record_identifiers", "events", "deliveries", "golden_persons", "linked_spine"}
LISTS = {"listed_sources", "listed_programmes", "listed_territories"}
EVENT = {"contract_id": "pay", "delivery_id": "d", "faults": [], "as_of_date": date(2026, 10, 31)}
ROWS: dict[Table, list[dict[str, Any]]] = {
    RECORDS: [],
    RECORD_IDENTIFIERS: [],
    DELIVERIES: [],
    PERSONS: [
        {"entity_id": name, "sex": "female", "birth_year": 1985, "municipality": "01001", "record_count": 1,
         "source_count": 1}
        for name in ("p1", "p2")
    ],
    SPINE: [
        {"source": source, "record_key": "k", "record_id": f"{source}{number}", "entity_id": f"p{number}"}
        for source in ("pay", "health") for number in (1, 2)
    ],
    EVENTS: [{"event_id": "e1", "record_id": "pay1", "source": "pay", "kind": "benefit", "amount": 5.0, **EVENT}],
}  # fmt: skip


class World:
    """A registry of two sources, one of which tells of benefits; `renewed` makes a table of it or keeps it."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
        self.connection, self.folder = connection, folder
        self.rows = {table: [dict(row) for row in rows] for table, rows in ROWS.items()}
        names = ("source", "programme", "benefit_type", "code", "level", "name", "parent_code", "country")
        nothing = pa.table({name: pa.nulls(0, pa.string()) for name in names})
        sources = pa.table({
            "contract_id": ["pay"], "source": ["pay"], "purposes": [["registry"]], "role": ["events"],
            "sector": ["work"],
            "kind": ["work"],
            "territory": pa.nulls(1, pa.string()),
            "is_complete": [False],
            "complete_since": pa.nulls(1, pa.date32()),
        })  # fmt: skip
        lists = {"listed_sources": sources, "listed_programmes": nothing, "listed_territories": nothing}
        file = {table: folder / f"{table.name}.parquet" for table in ROWS}
        self.inputs = RegistryInputs(
            records=[file[RECORDS]], identifiers=[file[RECORD_IDENTIFIERS]], events=[file[EVENTS]],
            deliveries=[file[DELIVERIES]], spine=file[SPINE], persons=file[PERSONS], lists=lists,
        )  # fmt: skip
        self.write()

    def write(self) -> None:
        for table, rows in self.rows.items():
            write_rows(self.connection, table, rows, self.folder / f"{table.name}.parquet")

    def target(self, table: Table) -> Path:
        return self.folder / "marts" / f"{table.name}.parquet"

    def renewed(self, table: Table, inputs: RegistryInputs | None = None) -> str:
        """When the table was made where it was kept; in either case it is what it would be if it were made anew."""
        inputs = inputs or self.inputs
        since = renew_derived(self.connection, table, inputs, {}, self.target(table))
        fresh = self.folder / "fresh.parquet"
        write_derived(self.connection, table, inputs, {}, fresh)
        assert self.target(table).read_bytes() == fresh.read_bytes()
        return since


@pytest.fixture
def world(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> World:
    return World(connection, tmp_path)


@pytest.mark.parametrize(
    "table", [BENEFITS, POPULATION, PERSONS_PUBLISHED, SPINE_PUBLISHED], ids=lambda each: each.name
)
def test_a_table_is_kept_while_nothing_has_changed(world: World, table: Table) -> None:
    assert world.renewed(table) == ""
    before = world.target(table).stat().st_ino
    world.write()
    assert world.renewed(table)
    assert world.target(table).stat().st_ino == before


def pay_more(world: World) -> None:
    world.rows[EVENTS][0]["amount"] = 6.0
    world.write()


def take_another_person(world: World) -> None:
    world.rows[SPINE][0]["entity_id"] = "p2"
    world.write()


def know_another_birth_year(world: World) -> None:
    world.rows[PERSONS][0]["birth_year"] = 1990
    world.write()


def list_a_programme(world: World) -> None:
    row = {"source": "pay", "programme": "X", "benefit_type": "2"}
    listed = pa.table({name: [row.get(name)] for name in world.inputs.lists["listed_programmes"].column_names})
    world.inputs = replace(world.inputs, lists={**world.inputs.lists, "listed_programmes": listed})


def erase(world: World) -> None:
    world.rows[SPINE] = [row for row in world.rows[SPINE] if row["entity_id"] != "p1"]
    world.rows[PERSONS] = [row for row in world.rows[PERSONS] if row["entity_id"] != "p1"]
    world.rows[EVENTS][0]["record_id"] = "pay2"
    world.write()


def block(world: World) -> None:
    world.inputs = replace(world.inputs, blocked=frozenset({"pay1"}))


CHANGES: list[tuple[Callable[[World], None], set[str]]] = [
    (pay_more, {"benefits"}),
    (take_another_person, {"benefits", "spine", "population"}),
    (know_another_birth_year, {"population", "persons"}),
    (list_a_programme, {"benefits"}),
    (erase, {"benefits", "spine", "population", "persons"}),
    (block, {"population"}),
]


@pytest.mark.parametrize(("change", "made"), CHANGES, ids=[change.__name__ for change, _ in CHANGES])
def test_a_change_has_made_anew_what_reads_it(world: World, change: Callable[[World], None], made: set[str]) -> None:
    tables = (BENEFITS, POPULATION, PERSONS_PUBLISHED, SPINE_PUBLISHED)
    for table in tables:
        world.renewed(table)
    change(world)
    assert {table.name for table in tables if not world.renewed(table)} == made
    assert all(world.renewed(table) for table in tables)


def test_another_sources_records_reach_no_table_of_events(world: World) -> None:
    inputs = replace(world.inputs, sources=("pay",))
    world.renewed(BENEFITS, inputs)
    world.rows[SPINE] = [row for row in world.rows[SPINE] if row["source"] == "pay"]
    world.write()
    assert world.renewed(BENEFITS, inputs)
    take_another_person(world)
    assert not world.renewed(BENEFITS, inputs)


def test_another_program_makes_all_anew(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.renewed(BENEFITS)
    monkeypatch.setattr(receipts, "running_program", lambda: "another")
    assert not world.renewed(BENEFITS)


def damage(world: World) -> None:
    world.target(BENEFITS).write_bytes(b"")


def lose(world: World) -> None:
    world.target(BENEFITS).unlink()


def lose_the_receipt(world: World) -> None:
    receipt_of(world.target(BENEFITS)).unlink()


@pytest.mark.parametrize("change", [damage, lose, lose_the_receipt])
def test_what_is_not_as_it_was_written_is_made_anew(world: World, change: Callable[[World], None]) -> None:
    world.renewed(BENEFITS)
    change(world)
    assert not world.renewed(BENEFITS)


def test_a_table_that_was_stopped_halfway_is_made_anew_even_of_what_it_was_made_of_before(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.renewed(BENEFITS)
    pay_more(world)
    with monkeypatch.context() as patched:
        patched.setattr(receipts, "write_receipt", killed)
        with pytest.raises(KeyboardInterrupt):
            world.renewed(BENEFITS)
    world.rows[EVENTS][0]["amount"] = 5.0
    world.write()
    assert not world.renewed(BENEFITS)


def killed(*_: object) -> None:
    raise KeyboardInterrupt


def read_by(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[set[str], set[str]]:
    """The tables that DuckDB's parser finds in `query`, and the names that the query gives to its own parts."""
    ((text,),) = connection.sql("select json_serialize_sql($1)", params=[query]).fetchall()
    tables, parts, nodes = set[str](), set[str](), [json.loads(text)]
    while nodes:
        node = nodes.pop()
        if isinstance(node, dict):
            tables |= {node["table_name"]} if node.get("type") == "BASE_TABLE" else set()
            parts |= {part["key"] for part in node.get("cte_map", {}).get("map", ())}
        nodes += node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return tables, parts


@pytest.mark.parametrize("table", MARTS, ids=lambda each: each.name)
def test_what_a_query_reads_is_known(table: Table, connection: duckdb.DuckDBPyConnection) -> None:
    views = {view.stem: view.read_text(encoding="utf-8").partition(" as\n")[2].rstrip().rstrip(";") for view in VIEWS}
    known = OF_THE_PROGRAM | OF_FILES | LISTS | views.keys() | {other.name for other in reads(table)}
    found, asked = set[str](), [query_of(table)]
    while asked:
        read, parts = read_by(connection, asked.pop())
        assert read - parts - known == set()
        asked += [views[name] for name in read - found if name in views]
        found |= read
    assert found
    assert found <= relations_named(query_of(table))


def test_every_relation_of_the_session_is_one_of_these(world: World, settings: Settings) -> None:
    with open_session(settings) as connection:
        create_views(connection, world.inputs)
        names = {
            name for (name,) in connection.sql("select view_name from duckdb_views() where not internal").fetchall()
        }
    assert names == OF_THE_PROGRAM | OF_FILES | LISTS | {view.stem for view in VIEWS}


@pytest.mark.parametrize("table", MARTS, ids=lambda each: each.name)
def test_no_query_asks_what_day_it_is(table: Table) -> None:
    texts = [query_of(table), *(view.read_text(encoding="utf-8") for view in VIEWS)]
    passing = r"current_\w+|localtime\w*|\b(now|today|random|uuid\w*|age|nextval)\s*\("
    assert not [text for text in texts if re.search(passing, text)]
