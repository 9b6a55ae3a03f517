"""A small world of published tables that the queries made of them can be put to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import Any

import duckdb
import pyarrow as pa

from sources.arrivals import ARRIVALS, PROMISES
from warehouse.marts.mart import QUERIES
from warehouse.published.coordination import INDICATORS, SCORECARD
from warehouse.published.registry import PUBLISHED
from warehouse.referrals import SENT
from warehouse.rules.goals import GOAL_COLUMNS
from warehouse.rules.pack import Pack
from warehouse.rules.relations import register_rules
from warehouse.table import Table
from warehouse.tables import CORRECTIONS, EVENTS, PERSONS, RECORD_IDENTIFIERS, RECORDS, REVIEW_QUEUE, SPINE

LISTED = pa.schema([
    ("contract_id", pa.string()), ("source", pa.string()), ("institution", pa.string()), ("sector", pa.string()),
    ("level_of_government", pa.string()), ("role", pa.string()), ("kind", pa.string()), ("is_complete", pa.bool_()),
    ("purposes", pa.list_(pa.string())),
])  # fmt: skip
SCHEMAS = {table.name: table.schema for table in PUBLISHED} | {
    "records": RECORDS.schema,
    "linked_spine": SPINE.schema,
    "person_events": EVENTS.schema.append(pa.field("entity_id", pa.string())),
    "listed_sources": LISTED,
    "events": EVENTS.schema,
    "record_identifiers": RECORD_IDENTIFIERS.schema,
    "corrections": CORRECTIONS.schema,
    "arrivals": ARRIVALS,
    "promises": PROMISES,
    "sent_referrals": SENT,
    "goals": GOAL_COLUMNS,
    "small_cell": pa.schema([("least_people", pa.int64())]),
    "scorecard_before": SCORECARD.schema,
    "indicators_before": INDICATORS.schema,
    "review_queue": REVIEW_QUEUE.schema,
    "golden_persons": PERSONS.schema,
    "residences": PERSONS.schema,
    "listed_territories": pa.schema([("code", pa.string()), ("country", pa.string())]),
    "listed_programmes": pa.schema([("source", pa.string()), ("programme", pa.string())]),
}


def derived(
    table: Table, relations: Mapping[str, Sequence[Mapping[str, Any]]], packs: Sequence[Pack] = ()
) -> list[dict[str, Any]]:
    """The rows of `table` where the tables and lists of `relations` hold these rows and no other."""
    with closing(duckdb.connect()) as connection:
        for name, schema in SCHEMAS.items():
            nullable = pa.schema([field.with_nullable(True) for field in schema])
            connection.register(name, pa.Table.from_pylist([dict(row) for row in relations.get(name, ())], nullable))
        register_rules(connection, packs)
        relation = connection.sql((QUERIES / f"{table.name}.sql").read_text(encoding="utf-8"))
        return [dict(zip(relation.columns, row, strict=True)) for row in relation.order("all").fetchall()]


def contract(source: str, sector: str, kind: str | None = None, **values: Any) -> dict[str, Any]:
    """One contract: of persons, or of events of one kind."""
    known = {"institution": sector, "level_of_government": "national", "purposes": ["registry", "coverage"]}
    role = "persons" if kind is None else "events"
    name = f"{source}.{kind or 'roll'}"
    return {"contract_id": name, "source": source, "sector": sector, "role": role, "kind": kind, **known, **values}
