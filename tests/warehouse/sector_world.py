"""A small world of invented events that the queries across sectors can be put to."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from datetime import date
from typing import Any

import duckdb
import pyarrow as pa

from warehouse.code_lists.lists import code_list_rows
from warehouse.marts.derived import reads
from warehouse.marts.mart import ANSWERED, LEAVERS, SEEN, SILENCES, TOLD_HOMES, query_of
from warehouse.published.people import HOUSEHOLD_MEMBERS, RELATIONSHIPS
from warehouse.published.reference import CODE_LISTS
from warehouse.rules.incompatibility import Incompatibility
from warehouse.rules.life_cycle import read_life_cycles
from warehouse.rules.minimum_wage import MinimumWage
from warehouse.rules.pack import Pack
from warehouse.rules.poverty_line import PovertyLine
from warehouse.rules.relations import (
    register_incompatibilities,
    register_life_cycles,
    register_minimum_wages,
    register_poverty_lines,
    register_rules,
)
from warehouse.table import Table
from warehouse.tables import EVENTS, PERSONS, RECORDS

TODAY = date(2026, 10, 31)
PURPOSES = ["registry", "coverage", "co_responsibility", "informality", "portability", "poverty", "employment"]
PERSON_EVENTS = EVENTS.schema.append(pa.field("entity_id", pa.string()))


def event(entity: str, kind: str, contract: str, number: int, **values: Any) -> dict[str, Any]:
    """One event of one person, with an id of its own."""
    known = {"event_id": f"{contract}-{number}", "record_id": entity, "source": contract, "contract_id": contract}
    return {**known, "delivery_id": "d", "as_of_date": TODAY, "kind": kind, "entity_id": entity, "faults": [], **values}


def person(entity: str, born: date | None = None, **values: Any) -> dict[str, Any]:
    """One golden person."""
    return {"entity_id": entity, "birth_date": born, "record_count": 1, "source_count": 1, **values}


def source(contract: str, kind: str, is_complete: bool, **values: Any) -> dict[str, Any]:
    """One contract, as the marts see it; one that `delivers` nothing has not delivered yet."""
    return {
        "contract_id": contract, "source": contract, "kind": kind, "is_complete": is_complete, "territory": None,
        "complete_since": None, "sector": "labour", "role": "events", "purposes": PURPOSES,
        "institution": contract, "level_of_government": "national", **values,
    }  # fmt: skip


def asked(
    table: Table,
    packs: Sequence[Pack],
    people: Sequence[dict[str, Any]],
    events: Sequence[dict[str, Any]],
    sources: Sequence[dict[str, Any]],
    records: Sequence[dict[str, Any]] = (),
    wages: Sequence[MinimumWage] = (),
    *,
    kin: Sequence[dict[str, Any]] = (),
    lines: Sequence[PovertyLine] = (),
    programmes: Sequence[dict[str, str]] = (),
    pairs: Sequence[Incompatibility] = (),
) -> list[dict[str, Any]]:
    """The rows of the published `table` in this world."""
    with closing(duckdb.connect()) as connection:
        persons = pa.Table.from_pylist(list(people), schema=pa.schema([f.with_nullable(True) for f in PERSONS.schema]))
        connection.register("residences", persons)
        connection.register("golden_persons", persons)
        nullable = pa.schema([field.with_nullable(True) for field in PERSON_EVENTS])
        connection.register("person_events", pa.Table.from_pylist(list(events), schema=nullable))
        connection.register("listed_sources", pa.Table.from_pylist(list(sources), schema=SOURCE_COLUMNS))
        delivered = [None, *(each["contract_id"] for each in sources if each.get("delivers", True))]
        connection.register("deliveries", pa.table({"contract_id": delivered, "as_of_date": [TODAY] * len(delivered)}))
        nullable_records = pa.schema([field.with_nullable(True) for field in RECORDS.schema])
        connection.register("records", pa.Table.from_pylist(list(records), schema=nullable_records))
        spine = [{key: record[key] for key in ("record_id", "source", "entity_id")} for record in records]
        connection.register("linked_spine", pa.Table.from_pylist(spine, schema=SPINE_COLUMNS))
        connection.register("code_lists", pa.Table.from_pylist(list(code_list_rows()), schema=CODE_LISTS.schema))
        register_rules(connection, packs)
        register_life_cycles(connection, read_life_cycles())
        register_minimum_wages(connection, wages)
        register_poverty_lines(connection, lines)
        register_incompatibilities(connection, pairs)
        connection.register("listed_programmes", pa.Table.from_pylist(list(programmes), schema=LISTED))
        connection.register(
            "household_members", rows_of(HOUSEHOLD_MEMBERS, [each for each in kin if "grouping" in each])
        )
        connection.register("relationships", rows_of(RELATIONSHIPS, [each for each in kin if "grouping" not in each]))
        for view in (TOLD_HOMES, LEAVERS, ANSWERED, SEEN, SILENCES):
            connection.execute(view.read_text(encoding="utf-8"))
        for other in _read_before(table):
            connection.execute(f"create temp table {other.name} as {query_of(other)}")
        relation = connection.sql(query_of(table))
        return [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]


def _read_before(table: Table) -> list[Table]:
    """The tables made of events that the query of `table` reads, each after those that it reads itself."""
    made = [other for other in reads(table) if other not in (HOUSEHOLD_MEMBERS, RELATIONSHIPS)]
    return list(dict.fromkeys(each for other in made for each in (*_read_before(other), other)))


SOURCE_COLUMNS = pa.schema([
    ("contract_id", pa.string()), ("source", pa.string()), ("kind", pa.string()), ("is_complete", pa.bool_()),
    ("territory", pa.string()), ("complete_since", pa.date32()), ("sector", pa.string()), ("role", pa.string()),
    ("purposes", pa.list_(pa.string())), ("institution", pa.string()), ("level_of_government", pa.string()),
])  # fmt: skip

LISTED = pa.schema([
    ("source", pa.string()), ("programme", pa.string()), ("social_protection_function", pa.string()),
])  # fmt: skip

SPINE_COLUMNS = pa.schema([("record_id", pa.string()), ("source", pa.string()), ("entity_id", pa.string())])


def record(entity: str, source: str, number: int = 1, **values: Any) -> dict[str, Any]:
    """One record of one person in one source."""
    return {"entity_id": entity, "record_id": f"{source}-{entity}-{number}", "source": source, "faults": [], **values}


def rows_of(table: Table, rows: Sequence[dict[str, Any]]) -> pa.Table:
    """The rows as a relation of the table's columns, all of them nullable."""
    return pa.Table.from_pylist(list(rows), schema=pa.schema([field.with_nullable(True) for field in table.schema]))


def member(household: str, entity: str) -> dict[str, Any]:
    """One person in one household of the combined grouping."""
    return {"household_id": household, "entity_id": entity, "grouping": "combined", "is_head": False, "evidence": []}


def parent(child: str, entity: str, kind: str = "MTH") -> dict[str, Any]:
    """One person's parent."""
    return {
        "entity_id": child, "relationship_type": kind, "related_entity_id": entity, "evidence": [], "candidate_count": 1
    }  # fmt: skip
