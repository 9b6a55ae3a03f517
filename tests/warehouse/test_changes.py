"""What became of each person between two releases, and who must be assessed anew."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import duckdb
import pytest

from warehouse.history.changes import write_changes
from warehouse.history.segments import settle_history, stage_segment
from warehouse.layout import Layout
from warehouse.manifest import MadeOf, Manifest
from warehouse.privacy.keyring import ANALYSTS, open_keyring
from warehouse.privacy.pseudonyms import pseudonym
from warehouse.published.people import CHANGES, HOUSEHOLD_MEMBERS
from warehouse.published.registry import ENROLMENTS, PERSONS_PUBLISHED, PUBLISHED
from warehouse.release.publishing import publish
from warehouse.settings import Settings
from warehouse.storage import no_rows, write_rows, write_table
from warehouse.table import Table
from warehouse.tables import ENTITIES, ENTITY_EVENTS

START = datetime(2026, 11, 1, tzinfo=UTC)
SMALL = (PERSONS_PUBLISHED, HOUSEHOLD_MEMBERS, ENROLMENTS, CHANGES)
"""The tables that the feed is made of, and itself; a whole release needs no more to be published here."""

Marts = dict[Table, list[dict[str, Any]]]


def people(**facts: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"entity_id": name, "record_count": 1, "source_count": 1, **each} for name, each in facts.items()]


def enrolled(*names: str, end: date | None = None) -> list[dict[str, Any]]:
    shared = {"record_id": "r", "source": "s", "programme": "food", "end_date": end}
    return [{"event_id": f"e {name}", "entity_id": name, **shared} for name in names]


def living_together(*names: str) -> list[dict[str, Any]]:
    shared = {"household_id": "h", "grouping": "combined", "evidence": ["declared"]}
    return [{"entity_id": name, "is_head": name == names[0], **shared} for name in names]


@pytest.fixture
def released(connection: duckdb.DuckDBPyConnection, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A function that publishes marts and returns the manifest and the changes, as its feed tells them."""
    monkeypatch.setattr("warehouse.history.changes.PUBLISHED", SMALL)
    layout = Layout(settings.home)
    moments = iter(START + timedelta(days=day) for day in range(9))

    def release(marts: Marts, ids: list[dict[str, Any]], events: list[dict[str, Any]]) -> tuple[Manifest, Any]:
        entities, entity_events = layout.state / "entities.parquet", layout.state / "entity_events.parquet"
        write_rows(connection, ENTITIES, ids, entities)
        write_rows(connection, ENTITY_EVENTS, events, entity_events)
        for table in SMALL:
            write_table(connection, table, f"select * from {no_rows(table)}", layout.mart(table))
        for table, rows in marts.items():
            write_rows(connection, table, rows, layout.mart(table))
        write_changes(connection, layout, entities, entity_events)
        tables = {table: layout.mart(table) for table in SMALL}
        stage_segment(connection, layout, tables)
        manifest = publish(settings, tables, MadeOf({}), "1", lambda: next(moments))
        settle_history(layout)
        feed = (layout.current / "changes.jsonl").read_text(encoding="utf-8").splitlines()
        return manifest, [json.loads(line) for line in feed]

    # these tables lack what they refer to
    monkeypatch.setattr("warehouse.release.publishing.audit_staged", lambda *_: None)
    return release


BEFORE: Marts = {
    PERSONS_PUBLISHED: people(a={"sex": "female"}, b={}, c={"municipality": "01"}, d={}, e={}, f={}),
    ENROLMENTS: enrolled("a", "b", "c", "d", "f"),
    HOUSEHOLD_MEMBERS: living_together("d", "e"),
}
AFTER: Marts = {
    PERSONS_PUBLISHED: people(
        a={"sex": "female", "record_count": 7}, c={"municipality": "02"}, d={"death_year": 2026}, e={}, n={}, s={}
    ),
    ENROLMENTS: [*enrolled("c", "n"), *enrolled("e", end=date(2020, 1, 1))],
}
IDS = [
    {"entity_id": name, "minted_in": 1, "status": "merged" if heir else "active", "superseded_by": heir}
    for name, heir in [("a", None), ("b", "c"), ("c", None), ("f", None), ("s", None)]
]
SPLIT = {"run": 2, "kind": "split", "entity_id": "a", "other_entity_id": "s", "record_count": 1}


def test_what_became_of_each(released: Any, settings: Settings) -> None:
    first, nothing = released(BEFORE, [], [])
    assert nothing == [], "a first release has nothing to be compared with"
    _, changes = released(AFTER, IDS, [SPLIT])
    key = open_keyring(settings).current(ANALYSTS)
    name_of = {pseudonym(key, name): name for name in "abcdefns"} | {None: None}
    told = {
        name_of[row["entity_id"]]: (row["change"], name_of[row["other_entity_id"]], row["fields"], row["must_reassess"])
        for row in changes
    }
    assert told == {
        "b": ("merged", "c", [], True),
        "c": ("changed", None, ["municipality"], True),
        "d": ("died", None, ["death_year", "household"], True),
        "e": ("changed", None, ["household"], False),
        "f": ("left", None, [], True),
        "n": ("created", None, [], True),
        "s": ("split", "a", [], False),
    }
    assert {row["since_release_id"] for row in changes} == {first.release_id}


def test_the_same_again_keeps_its_feed_and_is_no_release(released: Any) -> None:
    released(BEFORE, [], [])
    manifest, changes = released(AFTER, IDS, [SPLIT])
    assert released(AFTER, IDS, [SPLIT]) == (manifest, changes)


def test_the_feed_is_published() -> None:
    assert CHANGES in PUBLISHED
