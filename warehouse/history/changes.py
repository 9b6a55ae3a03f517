"""The change feed: what became of each person since the release before, and who must be assessed anew."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from warehouse.history.segments import Segment, known_rows, segments, settle_history
from warehouse.layout import Layout, private_folder
from warehouse.manifest import sha256_of
from warehouse.published.people import CHANGES, HOUSEHOLD_MEMBERS
from warehouse.published.registry import ENROLMENTS, PERSONS_PUBLISHED, PUBLISHED
from warehouse.session import identifier, literal, open_session
from warehouse.settings import Settings
from warehouse.storage import no_rows, read_any_version, read_table, row_count, write_table
from warehouse.table import Table
from warehouse.tables import ENTITIES, ENTITY_EVENTS

QUERY = Path(__file__).with_name("changes.sql")
FEED = "changes.jsonl"

COMPARED = (PERSONS_PUBLISHED, HOUSEHOLD_MEMBERS, ENROLMENTS)
COUNTS = frozenset({"entity_id", "record_count", "source_count", "updated_date"})
"""Columns of persons that change without the person being another."""


def write_changes(connection: duckdb.DuckDBPyConnection, layout: Layout, entities: Path, events: Path) -> int:
    """Write the changes from the release known last to the marts; return their number.

    `entities` and `events` are the tables of the identity ledger, which tell merged from left and split from created.
    A first release has nothing to be compared with, so it has no changes. Marts equal to those of the release before
    keep its feed: publishing the same again is no change.
    """
    settle_history(layout)
    known, target = segments(layout), layout.mart(CHANGES)
    if not known:
        return write_table(connection, CHANGES, f"select * from {no_rows(CHANGES)}", target)
    if known[-1].changes.exists() and _is_known(layout, known[-1]):
        private_folder(target.parent)
        target.unlink(missing_ok=True)
        shutil.copyfile(known[-1].changes, target)
        return row_count(target)
    return write_table(connection, CHANGES, _query(layout, known, entities, events), target)


def write_feed(settings: Settings, staged: Mapping[Table, Path], folder: Path) -> None:
    """Write the changes among the `staged` tables as JSON Lines to `folder`, one object a change."""
    if CHANGES in staged:
        with open_session(settings) as connection:
            changes = f"select * from {read_table(CHANGES, staged[CHANGES])} order by all"
            connection.execute(f"copy ({changes}) to {literal(folder / FEED)} (format json)")


def _is_known(layout: Layout, last: Segment) -> bool:
    """Every mart but the feed is, byte for byte, what the release of the segment was made of."""
    return all(last.tables.get(table.name) == sha256_of(layout.mart(table)) for table in PUBLISHED if table != CHANGES)


def _query(layout: Layout, known: Sequence[Segment], entities: Path, events: Path) -> str:
    relations = {table.name: read_any_version(table, layout.mart(table)) for table in COMPARED}
    relations |= {f"old_{table.name}": known_rows(table, known) for table in COMPARED}
    fields = [name for name in PERSONS_PUBLISHED.column_names if name not in COUNTS]
    differences = ", ".join(
        f"case when old.{identifier(name)} is distinct from new.{identifier(name)} then {literal(name)} end"
        for name in (*fields, "household")
    )
    return QUERY.read_text(encoding="utf-8").format(
        **relations,
        entities=read_table(ENTITIES, entities),
        entity_events=read_table(ENTITY_EVENTS, events),
        differences=differences,
        since=literal(known[-1].release_id),
    )
