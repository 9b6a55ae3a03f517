"""A small published registry to hand out."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from warehouse.layout import Layout
from warehouse.manifest import MadeOf, Manifest
from warehouse.release.publishing import publish
from warehouse.session import open_session
from warehouse.settings import SAMPLE_SOURCES, Settings
from warehouse.storage import write_rows
from warehouse.table import Column, Table

PERSONS = Table(
    "persons", "One person.", ("entity_id",),
    (Column("entity_id", "varchar", "The person.", False, "pseudonym"),
     Column("municipality", "varchar", "Where."), Column("birth_year", "integer", "When.")),
)  # fmt: skip
SPINE = Table(
    "spine", "One record.", ("record_id",),
    (Column("record_id", "varchar", "The record.", False, "pseudonym"), Column("source", "varchar", "Whose.", False),
     Column("entity_id", "varchar", "The person.", False, "pseudonym")),
    (("entity_id", "persons", "entity_id"),),
)  # fmt: skip
NOTES = Table(
    "notes", "One note.", ("number",),
    (Column("number", "bigint", "Its number.", False), Column("text", "varchar", "What it says; 100 % of it."),
     Column("words", "varchar[]", "Its words."), Column("day", "date", "When."),
     Column("is_short", "boolean", "Short."), Column("weight", "double", "How heavy.")),
)  # fmt: skip
ROWS: dict[Table, list[dict[str, object]]] = {
    PERSONS: [{"entity_id": f"p{n}", "municipality": f"m{n % 2}", "birth_year": 1980 + n} for n in range(6)],
    SPINE: [
        {"record_id": f"r{n}{source}", "source": source, "entity_id": f"p{n}"}
        for n in range(6)
        for source in ("health", "labour")
        if source == "health" or n % 3
    ],
    NOTES: [
        {
            "number": 1,
            "text": 'with "quotes", commas\nand lines',
            "words": ['a "b"', "c\\d", "{e}", ""],
            "is_short": True,
        },
        {"number": 2, "text": "", "words": [], "day": datetime(2026, 2, 28).date(), "weight": -1.5},
        {"number": 3, "text": None, "words": None, "is_short": False},
        {"number": 4, "text": "\\N año", "words": ["NULL"]},
    ],
}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, Manifest, dict[Table, Path]]:
    """A home with a release; the manifest and the tables it was made of."""
    home = tmp_path_factory.mktemp("exports") / "home"
    settings = Settings(home=home, sources=SAMPLE_SOURCES, landing=home / "landing", memory_limit="1GB")
    marts = {table: Layout(home).mart(table) for table in ROWS}
    with open_session(settings) as connection:
        for table, rows in ROWS.items():
            write_rows(connection, table, rows, marts[table])
    moment = datetime(2026, 11, 1, tzinfo=UTC)
    manifest = publish(settings, marts, MadeOf({"health.patients 2026-10": "ab" * 32}), "1", lambda: moment)
    return settings, manifest, marts
