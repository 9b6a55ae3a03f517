"""The views of the analysts' database: common questions, one file each in `warehouse/views`.

A view's file opens with a comment that says what a row is; it becomes the view's own comment.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import duckdb

from warehouse.session import identifier, literal

FOLDER = Path(__file__).parent / "views"

ORDER = (
    "present",
    "living_persons",
    "current_enrolments",
    "sectors",
    "case_overview",
    "case_rows",
    "work_without_contributions",
    "children_unseen_by_school",
    "household_overview",
    "siblings",
    "source_overlap",
    "source_ages",
)
"""Each view after those that it reads."""

READS = frozenset({
    "attendance", "benefits", "checkups", "compliance", "concurrences", "conflicts", "contributions", "coverage_gaps",
    "deliveries", "deprivations", "eligibility", "enrolments", "freshness", "household_members", "households",
    "incomes", "incomes_per_capita", "informality", "persons", "portability", "programmes", "referrals",
    "relationships", "source_records", "sources", "spine", "targeting", "transitions", "vaccinations", "work",
})  # fmt: skip
"""The tables that the views read; a database without all of them has no views."""


@dataclass(frozen=True)
class View:
    """A view's name, its comment and its query."""

    name: str
    comment: str
    query: str


def views() -> tuple[View, ...]:
    """Every view, in the order in which they can be made."""
    return tuple(_view(name, *(FOLDER / f"{name}.sql").read_text(encoding="utf-8").split("\n", 1)) for name in ORDER)


def _view(name: str, comment: str, query: str) -> View:
    return View(name, comment.removeprefix("-- "), query.strip())


def create_views(connection: duckdb.DuckDBPyConnection, tables: Collection[str]) -> None:
    """Make the views in the current database, where it holds all the `tables` that they read."""
    if not set(tables) >= READS:
        return
    for view in views():
        connection.execute(f"create view {identifier(view.name)} as {view.query}")
        connection.execute(f"comment on view {identifier(view.name)} is {literal(view.comment)}")
