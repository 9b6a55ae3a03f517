"""The views of the analysts' database: common questions, one file each in `warehouse/release/views`.

A view's file opens with a comment that says what a row is; it becomes the view's own comment.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
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


DELIVERIES = "deliveries"
PRESENT = "present"
"""The view that says which day it is, and the table that it alone reads."""


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


def create_views(connection: duckdb.DuckDBPyConnection, tables: Collection[str], day: date | None = None) -> None:
    """Make the views in the current database, where it holds all the `tables` that they read.

    A database of another day names the `day`, which ages are counted to and which no delivery in it tells.
    """
    if not set(tables) >= (READS if day is None else READS - {DELIVERIES}):
        return
    for view in (_as_of(each, day) if day and each.name == PRESENT else each for each in views()):
        connection.execute(f"create view {identifier(view.name)} as {view.query}")
        connection.execute(f"comment on view {identifier(view.name)} is {literal(view.comment)}")


def _as_of(present: View, day: date) -> View:
    """The view of which day it is, on `day`."""
    then = f"date '{day.isoformat()}'"
    query = f"select {then} as as_of_date, year({then}) as as_of_year"
    return replace(present, comment="The day that this database describes. One row.", query=query)
