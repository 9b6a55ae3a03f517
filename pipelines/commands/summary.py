"""What a finished build shows: where each row went, what was linked, and what to ask next."""

import os
import shutil
import sys

import duckdb
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table as Grid

from pipelines.running import JobOutcome
from warehouse.layout import Layout
from warehouse.manifest import Manifest
from warehouse.release.database import read_only
from warehouse.session import scan
from warehouse.settings import Settings
from warehouse.storage import row_count
from warehouse.tables import LINKS, REVIEW_QUEUE, SPINE

SOURCES_SQL = """
with delivered as (
    select
        source, sum(rows_delivered) as delivered, sum(rows_accepted) as accepted,
        sum(rows_quarantined) as quarantined, max(deliveries.as_of_date) as as_of
    from deliveries join sources using (contract_id)
    group by source
), people as (
    select source, count(distinct entity_id) as people from spine group by source
)
select source, delivered, accepted, quarantined, coalesce(people, 0), as_of
from delivered left join people using (source)
order by source
"""

QUERIES = (
    (
        "Who is known to how many sources?",
        "select source_count, count(*) as people from persons group by all order by all",
    ),
    (
        "Children of school age whom no school reports",
        "select count(*) as children from persons where year(current_date) - birth_year between 6 and 14 "
        "and death_year is null and entity_id not in (select entity_id from attendance where entity_id is not null)",
    ),
    (
        "People at work for whom nobody contributes",
        "select count(distinct entity_id) as people from work where end_date is null "
        "and entity_id not in (select entity_id from contributions where entity_id is not null)",
    ),
)


def show_release(layout: Layout, manifest: Manifest, console: Console) -> None:
    """Print the sources, the counts and the place of the current release."""
    with read_only(layout) as connection:
        rows = connection.sql(SOURCES_SQL).fetchall()
    grid = Grid(title=f"Release {manifest.release_id}", box=SIMPLE, pad_edge=False, padding=(0, 1, 0, 0))
    grid.add_column("source", no_wrap=True)
    for heading in ("delivered", "accepted", "quarantined", "people"):
        grid.add_column(heading, justify="right")
    grid.add_column("as of")
    for source, *counts, as_of in rows:
        grid.add_row(source, *(f"{int(count):,}" for count in counts), str(as_of or "–"))
    console.print(grid)
    tables = ", ".join(f"{name} {table.rows:,}" for name, table in manifest.tables.items())
    console.print(f"Tables: {tables}", soft_wrap=True)


def show_linkage(layout: Layout, console: Console) -> None:
    """Print how many pairs the last linkage scored, linked and left in doubt, and how many persons came of it."""
    if not all(layout.linkage(table).exists() for table in (SPINE, LINKS, REVIEW_QUEUE)):
        console.print("Linkage: its tables are not in a home that was restored; the next build makes them again.")
        return
    spine = scan(layout.linkage(SPINE))
    links = scan(layout.linkage(LINKS))
    with duckdb.connect() as connection:
        ((records, persons),) = connection.sql(f"select count(*), count(distinct entity_id) from {spine}").fetchall()
        ((pairs, linked),) = connection.sql(f"select count(*), count(*) filter (where is_link) from {links}").fetchall()
    to_review = row_count(layout.linkage(REVIEW_QUEUE))
    console.print(
        f"Linkage: {records:,} records; {pairs:,} pairs scored near or above the threshold, {linked:,} of them "
        f"links; {persons:,} persons; {to_review:,} pairs for clerical review",
        soft_wrap=True,
    )


def show_outcome(outcome: JobOutcome, console: Console) -> None:
    """Print how many checks passed and which warnings stand."""
    silent = f", {outcome.not_evaluated} could not be evaluated yet" if outcome.not_evaluated else ""
    console.print(f"Checks: {outcome.checks_passed} of {outcome.checks_total} passed{silent}")
    for warning in outcome.warnings:
        console.print(f"  [yellow]warning[/] {warning}")


def show_queries(settings: Settings, console: Console) -> None:
    """Print where the registry lies and three questions to begin with, as they can be typed here."""
    program = "padron" if shutil.which("padron") else os.path.relpath(sys.argv[0])
    home = "" if settings.home == Settings.from_environment({}).home else f" --home {settings.home}"
    console.print(f"The registry lies at [bold]{Layout(settings.home).current / 'registry.duckdb'}[/]", soft_wrap=True)
    console.print("Three questions to begin with:")
    for title, sql in QUERIES:
        console.print(f"  {title}", style="dim")
        console.print(f'    {program} query{home} "{sql}"', soft_wrap=True, highlight=False)
